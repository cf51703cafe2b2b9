import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, join } from "node:path";
import type { Env } from "./candidate.ts";
import type { SeenProcess } from "./running.ts";

/**
 * The processes of this user that may be editors: on Linux from /proc, on macOS from `ps`, where no
 * directory is known. On Windows none is looked at.
 */
export function userProcesses(env: Env, platform: NodeJS.Platform): readonly SeenProcess[] {
  if (platform === "linux") return fromProc(env);
  return platform === "darwin" ? fromPs() : [];
}

function fromProc(env: Env): readonly SeenProcess[] {
  const uid = process.getuid?.();
  const sockets = vimSockets(env);
  return namesIn("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const dir = `/proc/${name}`;
    try {
      if (statSync(dir).uid !== uid) return [];
      const path = readlinkSync(`${dir}/exe`).replace(/ \(deleted\)$/, "");
      if (!MAY_BE_EDITOR.test(basename(path))) return [];
      const argv = readFileSync(`${dir}/cmdline`, "utf8");
      const socket = basename(path).startsWith("emacs") ? emacsSocket(env) : sockets.get(name);
      const cwd = readlinkSync(`${dir}/cwd`);
      return [{ pid: Number(name), path, argv: argv.split("\0"), cwd, socket: socket ?? null }];
    } catch {
      // It has ended meanwhile, or is none of ours.
      return [];
    }
  });
}

/** What is not read on, as a system may have thousands. */
const MAY_BE_EDITOR = /^(?:n?g?vim|emacs|code|codium|cursor|windsurf|zed|sublime|goland|idea|java)/;

/** Neovim has a socket with its number in a directory of the user's: `nvim.1234.0`. */
function vimSockets(env: Env): ReadonlyMap<string, string> {
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  const shared = join(env["TMPDIR"] ?? "/tmp", `nvim.${userName()}`);
  const below = namesIn(shared).map((name) => join(shared, name));
  const dirs = [...(runtime === "" ? [] : [runtime]), ...below];
  const sockets = dirs.flatMap((dir) =>
    namesIn(dir).flatMap((name) => {
      const pid = /^nvim\.(\d+)\.\d+$/.exec(name)?.[1];
      return pid === undefined || !isOwnSocket(join(dir, name))
        ? []
        : [[pid, join(dir, name)] as const];
    }),
  );
  return new Map(sockets);
}

/** Where the server of Emacs listens; null where it does not. */
function emacsSocket(env: Env): string | null {
  const name = env["EMACS_SOCKET_NAME"] ?? "";
  if (name.startsWith("/")) return isOwnSocket(name) ? name : null;
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  const dirs = [
    ...(runtime === "" ? [] : [join(runtime, "emacs")]),
    join(env["TMPDIR"] ?? "/tmp", `emacs${process.getuid?.() ?? ""}`),
  ];
  const places = dirs.map((dir) => join(dir, name === "" ? "server" : name));
  return places.find(isOwnSocket) ?? null;
}

/** In a directory that all may write to, somebody else may have put one. */
function isOwnSocket(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isSocket() && found.uid === process.getuid?.();
  } catch {
    // Not there.
    return false;
  }
}

function fromPs(): readonly SeenProcess[] {
  try {
    const args = ["-x", "-o", "pid=,comm="];
    return psProcesses(execFileSync("/bin/ps", args, { encoding: "utf8", timeout: 2000 }));
  } catch {
    // A system that does not tell has no editor to choose.
    return [];
  }
}

/** The lines of `ps -o pid=,comm=`, where comm is the whole path. */
export function psProcesses(text: string): readonly SeenProcess[] {
  return [...text.matchAll(/^ *(\d+) +(\/.*)$/gm)].map(([, pid = "", path = ""]) => ({
    pid: Number(pid),
    path: path.trimEnd(),
    argv: [],
    cwd: null,
    socket: null,
  }));
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name has no directory by it.
    return "";
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    // Not there, or not for us.
    return [];
  }
}
