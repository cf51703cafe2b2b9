import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { SeenProcess } from "./running.ts";

/**
 * The processes of this user that may be editors: on Linux from /proc, on macOS from `ps`, where no
 * directory is known. On Windows none is looked at.
 */
export function userProcesses(platform: NodeJS.Platform): readonly SeenProcess[] {
  if (platform === "linux") return fromProc();
  return platform === "darwin" ? fromPs() : [];
}

function fromProc(): readonly SeenProcess[] {
  const uid = process.getuid?.();
  let listeners: ReadonlyMap<string, string> | null = null;
  return namesIn("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const dir = `/proc/${name}`;
    try {
      if (statSync(dir).uid !== uid) return [];
      const path = readlinkSync(`${dir}/exe`).replace(/ \(deleted\)$/, "");
      if (!MAY_BE_EDITOR.test(basename(path))) return [];
      const argv = readFileSync(`${dir}/cmdline`, "utf8").split("\0");
      const cwd = readlinkSync(`${dir}/cwd`);
      const asked = HAS_SOCKET.test(basename(path));
      if (asked) listeners ??= unixListeners(readFileSync("/proc/net/unix", "utf8"));
      const socket = asked && listeners !== null ? socketOf(dir, listeners) : null;
      return [{ pid: Number(name), path, argv, cwd, socket }];
    } catch {
      // It has ended meanwhile, or is none of ours.
      return [];
    }
  });
}

/** What is not read on, as a system may have thousands. */
const MAY_BE_EDITOR = /^(?:n?g?vim|emacs|code|codium|cursor|windsurf|zed|sublime|goland|idea|java)/;

const HAS_SOCKET = /^(?:nvim|emacs)/;

/** Its descriptors tell which socket is a process's own, whatever the version calls it. */
function socketOf(dir: string, listeners: ReadonlyMap<string, string>): string | null {
  for (const descriptor of namesIn(`${dir}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`${dir}/fd/${descriptor}`))?.[1] ?? "";
    const path = listeners.get(inode);
    if (path !== undefined) return path;
  }
  return null;
}

/** Paths of the sockets that accept connections, by inode, from the lines of /proc/net/unix. */
export function unixListeners(text: string): ReadonlyMap<string, string> {
  const line = /^\S+: \S+ \S+ 00010000 0001 \S+ +(\d+) (\/.*)$/gm;
  return new Map([...text.matchAll(line)].map(([, inode = "", path = ""]) => [inode, path]));
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

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
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
