import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { connect, createServer } from "node:net";

/** Proofs of this kind need Linux's /proc; elsewhere they are left out. */
export const hasProc: boolean = process.platform === "linux";

/** Every living process whose environment has this variable, as `pid command line`. */
export function processesWith(variable: string, value: string): Map<number, string> {
  const found = new Map<number, string>();
  if (!hasProc) return found;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const environment = `\0${readProc(pid, "environ")}`;
    if (!environment.includes(`\0${variable}=${value}\0`)) continue;
    found.set(pid, readProc(pid, "cmdline").replaceAll("\0", " ").trim());
  }
  return found;
}

export interface Descriptors {
  readonly open: number;
  /** Those of them that lead to kept output of programs. */
  readonly logs: number;
  /** Directories and files watched by inotify, over all of its instances. */
  readonly watches: number;
  readonly inotifyInstances: number;
  /** Resident memory. */
  readonly rssBytes: number;
}

/** What a process holds of the system's. */
export function descriptorsOf(pid: number): Descriptors {
  const names = readdirSync(`/proc/${pid}/fd`);
  const notify = names.filter((name) => linkOf(`/proc/${pid}/fd/${name}`) === "anon_inode:inotify");
  const watches = notify.flatMap((name) =>
    readProc(pid, `fdinfo/${name}`)
      .split("\n")
      .filter((line) => line.startsWith("inotify ")),
  );
  const pages = Number(readProc(pid, "statm").split(" ")[1] ?? 0);
  return {
    open: names.length,
    logs: names.filter((name) => linkOf(`/proc/${pid}/fd/${name}`).endsWith(".log")).length,
    watches: watches.length,
    inotifyInstances: notify.length,
    rssBytes: pages * 4096,
  };
}

export function isAlive(pid: number): boolean {
  if (!hasProc) return signalReaches(pid);
  const stat = readProc(pid, "stat");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

/** True when something accepts connections there. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** The first port that the system may give to any client. */
const EPHEMERAL = 32_768;
const LOWEST = 10_000;
let nextPort = LOWEST + ((process.pid * 61) % (EPHEMERAL - LOWEST));

/**
 * A port that nobody listens on. Not one that the system chooses: such a port may be given to some
 * client before the program takes it, and gust does not wait for one again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    nextPort = nextPort + 1 < EPHEMERAL ? nextPort + 1 : LOWEST;
    if (await canListen(nextPort)) return nextPort;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A process that ends meanwhile, or belongs to somebody else, has nothing to read. */
function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
