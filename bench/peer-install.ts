import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { benchEnv, runGo } from "./commands.ts";
import { type PeerName, peerNames } from "./options.ts";

/** How each tool that could be installed is started, before its arguments. */
export type PeerCommands = ReadonlyMap<PeerName, readonly [string, ...string[]]>;

/** Versions by the name of the tool. */
export type PeerVersions = Readonly<Partial<Record<PeerName, string>>>;

const pinned = { reflex: "v0.3.1", modd: "v0.8.1", nodemon: "3.1.14" } as const;

/** Installs the tools where they are not yet; what cannot be is said and left out. */
export async function installPeers(
  work: string,
  wanted: readonly string[],
  say: (text: string) => void,
): Promise<PeerCommands> {
  const commands = new Map<PeerName, readonly [string, ...string[]]>();
  for (const name of peerNames) {
    if (!wanted.includes(name)) continue;
    const command = await install(name, work);
    if (command === null)
      say(`${name} is left out: it is not in the PATH, and apt-get cannot help`);
    else commands.set(name, command);
  }
  return commands;
}

/** The versions of what was installed. */
export function versionsOf(commands: PeerCommands): PeerVersions {
  const all: PeerVersions = { ...pinned, entr: entrVersion(commands.get("entr")?.[0]) };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => [...commands.keys()].some((one) => one === name)),
  );
}

/** It comes from the system, in the version that this has. */
function entrVersion(path: string | undefined): string {
  if (path === undefined) return "";
  // Without arguments it tells its release and how it is used.
  const { stderr } = spawnSync(path, [], { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  return /release: (\S+)/.exec(stderr)?.[1] ?? "";
}

function install(
  name: PeerName,
  work: string,
): Promise<readonly [string, ...string[]] | null> | readonly [string, ...string[]] | null {
  switch (name) {
    case "reflex":
      return goTool(work, "github.com/cespare/reflex", `reflex@${pinned.reflex}`);
    case "modd":
      return goTool(work, "github.com/cortesi/modd/cmd/modd", `modd@${pinned.modd}`);
    case "entr":
      return entr();
    case "nodemon":
      return nodemon(work);
  }
}

async function goTool(
  work: string,
  path: string,
  versioned: string,
): Promise<readonly [string, ...string[]]> {
  const bin = resolve(work, "bin", versioned);
  const [name = "", version = ""] = versioned.split("@");
  const env = { GOBIN: bin, GOFLAGS: "" };
  if (!existsSync(join(bin, name)))
    await runGo(["install", `${path}@${version}`], { dir: ".", env });
  return [join(bin, name)];
}

function entr(): readonly [string, ...string[]] | null {
  const found = inPath("entr");
  if (found !== null) return [found];
  if (process.getuid?.() !== 0 || inPath("apt-get") === null) return null;
  try {
    execFileSync("apt-get", ["install", "-y", "entr"], { stdio: "ignore" });
  } catch {
    // Without it there is one tool less to compare with, which is said.
    return null;
  }
  const installed = inPath("entr");
  return installed === null ? null : [installed];
}

/** In a directory of its own: the project does not depend on it. */
function nodemon(work: string): readonly [string, ...string[]] {
  const dir = resolve(work, `nodemon-${pinned.nodemon}`);
  const script = join(dir, "node_modules/nodemon/bin/nodemon.js");
  if (!existsSync(script)) {
    execFileSync("npm", ["install", "--prefix", dir, `nodemon@${pinned.nodemon}`], {
      env: benchEnv(),
      stdio: "ignore",
    });
  }
  return [process.execPath, script];
}

function inPath(name: string): string | null {
  for (const dir of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(dir, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this directory; the next one may have it.
    }
  }
  return null;
}
