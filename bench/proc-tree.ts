import { readFileSync, readdirSync } from "node:fs";

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** CPU seconds of itself and of its children that have ended, user and system. */
  readonly cpuSeconds: number;
  /** CPU seconds of itself alone. */
  readonly ownSeconds: number;
  readonly memoryMb: number;
}

/** A process and all its descendants, the root first; empty where there is no /proc. */
export function processTree(root: number): readonly ProcessFacts[] {
  const all = allProcesses();
  const found = all.filter((one) => one.pid === root);
  for (const one of found) found.push(...all.filter((other) => other.parent === one.pid));
  return found;
}

/** CPU seconds that a tree has used up, with all that has ended in it. Counted in 10 ms. */
export function cpuSecondsOf(root: number): number {
  return processTree(root).reduce((sum, one) => sum + one.cpuSeconds, 0);
}

/** A tree without the trees of some processes in it. */
export function treeWithout(root: number, without: readonly number[]): readonly ProcessFacts[] {
  const others = new Set(without.flatMap((pid) => processTree(pid).map((one) => one.pid)));
  return processTree(root).filter((one) => !others.has(one.pid));
}

/** The resident memory of a tree in MB, without the trees of some processes in it. */
export function memoryOf(root: number, without: readonly number[]): number {
  return treeWithout(root, without).reduce((sum, one) => sum + one.memoryMb, 0);
}

/** Processes whose environment has this entry, wherever they have got to. */
export function processesWith(entry: string): readonly number[] {
  return allProcesses()
    .map((one) => one.pid)
    .filter((pid) => {
      const environment = read(`/proc/${pid}/environ`);
      return pid !== process.pid && environment?.split("\0").includes(entry) === true;
    });
}

const pageMb = 4096 / 1e6;
const ticksPerSecond = 100;

function allProcesses(): readonly ProcessFacts[] {
  let names: readonly string[];
  try {
    names = readdirSync("/proc");
  } catch {
    // No such directory on this system: the columns of CPU and memory stay empty.
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => factsOf(Number(name)));
}

function factsOf(pid: number): readonly ProcessFacts[] {
  // It may have ended since the directory was read.
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return [];
  // The name of the program may contain spaces and brackets: the fields begin after the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (index: number): number => Number(fields[index]);
  // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime; counted here from the third, state.
  const own = field(11) + field(12);
  const ticks = own + field(13) + field(14);
  return [
    {
      pid,
      parent: field(1),
      cpuSeconds: ticks / ticksPerSecond,
      ownSeconds: own / ticksPerSecond,
      memoryMb: field(21) * pageMb,
    },
  ];
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return null;
  }
}
