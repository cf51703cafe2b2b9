import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import type { Failure } from "../../core/failure.ts";
import { errorCode, ioFailure } from "../../core/io-failure.ts";

/** What a gust writes down of itself, so that another can tell whether it lives. */
export interface RunRecord {
  readonly pid: number;
  /** Tells the process from a later one with the same pid; null where the system has no such. */
  readonly startTime: number | null;
  readonly runId: string;
  readonly root: string;
  /** Processes that were started and are not known to be gone. */
  readonly processes: readonly RecordedProcess[];
}

export interface RecordedProcess {
  readonly pid: number;
  readonly startTime: number | null;
}

/** When a process started; null when it is gone, or this system does not tell. */
export type StartTimeOf = (pid: number) => number | null;

export type Claim =
  | { readonly type: "claimed"; readonly previous: RunRecord | null }
  | { readonly type: "taken"; readonly by: RunRecord };

/** Makes `file` hold the record of `self`, unless it holds that of a process that lives. */
export async function claimRecord(
  file: string,
  self: RunRecord,
  startTimeOf: StartTimeOf,
): Promise<Claim> {
  const own = `${file}.${self.pid}`;
  await writeFile(own, textOf(self));
  let previous: RunRecord | null = null;
  try {
    for (;;) {
      // A link is made for one of several at once, and is never half written.
      if (await linked(own, file)) return { type: "claimed", previous };
      const holder = parseRecord(await readText(file));
      if (holder !== null && isAlive(holder, startTimeOf)) return { type: "taken", by: holder };
      previous = (await takeAway(file, `${own}.dead`, holder)) ?? previous;
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Replaces the record in one step. */
export async function writeRecord(file: string, record: RunRecord): Promise<Failure | null> {
  const temporary = `${file}.${record.pid}`;
  try {
    await writeFile(temporary, textOf(record));
    await rename(temporary, file);
    return null;
  } catch (error) {
    return ioFailure(error, "write", file);
  }
}

export function parseRecord(text: string): RunRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Removes the record of a dead process, and returns it. Another gust may have done so and put its
 * own there in between; then that one is put back.
 */
async function takeAway(
  file: string,
  aside: string,
  dead: RunRecord | null,
): Promise<RunRecord | null> {
  try {
    await rename(file, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
  const taken = parseRecord(await readText(aside));
  if (taken?.runId !== dead?.runId) await linked(aside, file);
  await rm(aside, { force: true });
  return dead;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Whether the gust that wrote this record still runs. */
export function isAlive(record: RunRecord, startTimeOf: StartTimeOf): boolean {
  const startTime = startTimeOf(record.pid);
  if (record.startTime !== null && startTime !== null) return startTime === record.startTime;
  // Where a process has no start time to compare, one with the same number is taken for it, but
  // a record that has one is of a process that is gone.
  return record.startTime === null && exists(record.pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  }
}

function textOf(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function isRecord(value: unknown): value is RunRecord {
  if (typeof value !== "object" || value === null) return false;
  const { pid, startTime, runId, processes } = value as Partial<Record<keyof RunRecord, unknown>>;
  return (
    typeof pid === "number" &&
    (startTime === null || typeof startTime === "number") &&
    typeof runId === "string" &&
    Array.isArray(processes)
  );
}
