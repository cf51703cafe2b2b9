import { statOf, processesWhere, sets } from "./proc-files.ts";

/** What a gust wrote down of itself and its children. */
export interface RunRecord {
  /** The GUST_RUN of its children; null when it is not known. */
  readonly runId: string | null;
  readonly processes: readonly ProcessRecord[];
}

export interface ProcessRecord {
  readonly pid: number;
  /** In clock ticks since boot; with the pid it names a process for ever. */
  readonly startTime: number;
}

/** When a process started, or null when it is gone or this system does not tell. */
export function startTimeOf(pid: number): number | null {
  const stat = statOf(pid);
  return stat === null || stat.state === "Z" ? null : stat.startTime;
}

/** Processes of a dead gust that still live. Linux only; elsewhere none are found. */
export function findOrphans(record: RunRecord): ProcessRecord[] {
  const { runId } = record;
  const recorded = record.processes.filter(isAlive);
  const marked =
    runId === null ? [] : processesWhere((environment) => sets(environment, "GUST_RUN", runId));
  const unique = new Map<number, ProcessRecord>();
  for (const { pid, startTime } of [...recorded, ...marked]) unique.set(pid, { pid, startTime });
  return [...unique.values()];
}

/** Milliseconds between SIGTERM and SIGKILL, and between SIGKILL and giving up. */
const GRACE_MS = 2000;
/** Milliseconds between two looks: the end of a process that is not ours comes without an event. */
const LOOK_MS = 10;

/** Ends these processes, politely first. Resolves with those that could not be ended. */
export async function reapOrphans(
  orphans: readonly ProcessRecord[],
  graceMs: number = GRACE_MS,
): Promise<ProcessRecord[]> {
  let left = send(orphans.filter(isAlive), "SIGTERM");
  left = await waitForEnd(left, graceMs);
  left = send(left, "SIGKILL");
  return waitForEnd(left, GRACE_MS);
}

function isAlive(orphan: ProcessRecord): boolean {
  return startTimeOf(orphan.pid) === orphan.startTime;
}

function send(
  orphans: readonly ProcessRecord[],
  signal: "SIGTERM" | "SIGKILL",
): readonly ProcessRecord[] {
  for (const { pid } of orphans) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile, or is not ours to signal: waitForEnd tells which.
    }
  }
  return orphans;
}

async function waitForEnd(orphans: readonly ProcessRecord[], ms: number): Promise<ProcessRecord[]> {
  const deadline = performance.now() + ms;
  let left = orphans.filter(isAlive);
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    left = left.filter(isAlive);
  }
  return left;
}
