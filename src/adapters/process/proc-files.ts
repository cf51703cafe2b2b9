import { readFileSync, readdirSync } from "node:fs";

/** What `/proc/PID/stat` says. `startTime` is in clock ticks since boot. */
export interface ProcStat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly startTime: number;
  /** It is ending already, though it can still be seen: its descriptors may be closed. */
  readonly exiting: boolean;
}

/** A flag of the kernel's include/linux/sched.h: set before a process that ends closes anything. */
const PF_EXITING = 0x4;

/** Reads `pid (name) state ppid group session … start`; a name may hold anything. */
export function parseStat(text: string): ProcStat | null {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 1 || close < open) return null;
  const fields = text
    .slice(close + 1)
    .trim()
    .split(/\s+/u);
  const [state, parent, group, session] = fields;
  const startTime = Number(fields[19]);
  if (state === undefined || !Number.isSafeInteger(startTime)) return null;
  return {
    pid: Number(text.slice(0, open)),
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTime,
    exiting: state === "Z" || state === "X" || (Number(fields[6]) & PF_EXITING) !== 0,
  };
}

/** Null when there is no such process, or no /proc. */
export function statOf(pid: number): ProcStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return null;
  }
}

/**
 * The living processes for which `wanted` says yes. The environment of those of other users reads
 * as empty. Synchronous: /proc is memory, and a thread pool makes it eight times slower.
 */
export function processesWhere(
  wanted: (environment: string, stat: ProcStat) => boolean,
): ProcStat[] {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return [];
  }
  const found: ProcStat[] = [];
  for (const name of names) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const stat = statOf(pid);
    if (stat === null || stat.state === "Z") continue;
    if (wanted(environmentOf(pid), stat)) found.push(stat);
  }
  return found;
}

/** Whether an environment, as /proc has it, sets `name` to `value`. */
export function sets(environment: string, name: string, value: string): boolean {
  return `\0${environment}`.includes(`\0${name}=${value}\0`);
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}
