import { readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";

/** What the system allows a user of inotify, and what is in use. */
export interface InotifyUse {
  /** Watches of one user; one is needed for each directory. */
  readonly maxWatches: number;
  /** Instances of one user; every process that watches has at least one. */
  readonly maxInstances: number;
  readonly watches: number;
  readonly instances: number;
  /** Processes of this user that could not be looked into, so that more may be in use. */
  readonly hidden: number;
}

/**
 * Reads the limits, and counts what the processes of this user have. Null where there is no inotify.
 * Synchronous: /proc is memory. `proc` replaces `/proc` in tests.
 */
export function readInotifyUse(proc: string = "/proc"): InotifyUse | null {
  const maxWatches = readNumber(`${proc}/sys/fs/inotify/max_user_watches`);
  const maxInstances = readNumber(`${proc}/sys/fs/inotify/max_user_instances`);
  if (maxWatches === null || maxInstances === null) return null;
  const use = { watches: 0, instances: 0, hidden: 0 };
  for (const pid of namesIn(proc) ?? []) {
    if (!/^\d+$/.test(pid) || !isOwn(`${proc}/${pid}`)) continue;
    const seen = useOf(`${proc}/${pid}`);
    if (seen === null) use.hidden += 1;
    use.watches += seen?.watches ?? 0;
    use.instances += seen?.instances ?? 0;
  }
  return { maxWatches, maxInstances, ...use };
}

/** How many directories this process watches; null where there is no inotify. */
export function watchesOfProcess(): number | null {
  return useOf("/proc/self")?.watches ?? null;
}

/** Null for a process that may not be looked into. */
function useOf(dir: string): { watches: number; instances: number } | null {
  const descriptors = namesIn(`${dir}/fd`);
  if (descriptors === null) return null;
  const inotify = descriptors.filter((one) => linkOf(`${dir}/fd/${one}`).includes("inotify"));
  const counts = inotify.map((one) => watchesIn(readText(`${dir}/fdinfo/${one}`)));
  return { watches: counts.reduce((sum, one) => sum + one, 0), instances: inotify.length };
}

/** Every watch is a line that begins with `inotify wd:`. */
function watchesIn(fdinfo: string): number {
  return fdinfo.split("\n").filter((line) => line.startsWith("inotify wd:")).length;
}

function isOwn(dir: string): boolean {
  try {
    return statSync(dir).uid === process.getuid?.();
  } catch {
    // It ended meanwhile.
    return false;
  }
}

function namesIn(dir: string): readonly string[] | null {
  try {
    return readdirSync(dir);
  } catch {
    return null;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return "";
  }
}

function readNumber(path: string): number | null {
  const value = Number.parseInt(readText(path), 10);
  return Number.isNaN(value) ? null : value;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not this system, or gone meanwhile: nothing is known, and the caller says so.
    return "";
  }
}
