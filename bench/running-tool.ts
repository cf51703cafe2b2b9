import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { GustEvent } from "./gust-events.ts";
import type { ToolName } from "./options.ts";
import { memoryOf, processTree } from "./proc-tree.ts";
import { stop } from "./started.ts";

/** Where a tool runs: its own copy of a program, and a port. */
export interface Place {
  readonly dir: string;
  readonly port: number;
  /** For programs that want more than PORT. */
  readonly env?: Readonly<Record<string, string>>;
  /** Unix socket, short enough for the system. */
  readonly socket: string;
}

export interface RunningTool {
  readonly name: ToolName;
  readonly place: Place;
  readonly pid: number;
  /** Resolves when it cannot go on: it has ended, or its first build has failed. */
  readonly lost: Promise<string>;
  /** Told of each save; "" for tools that watch. */
  readonly socket: string;
  /** Events of gust, in order. */
  readonly events: readonly GustEvent[];
  /** Lines that it wrote, except for gust. */
  readonly lines: readonly string[];
  /** Resident memory of the tool itself in MB: without the program; null for the floors. */
  memoryMb(): number | null;
  stop(): Promise<void>;
}

/** A tool of which nothing is known but its process. */
export function common(name: ToolName, place: Place, child: ChildProcess): RunningTool {
  return {
    name,
    place,
    pid: pidOf(child),
    lost: ended(name, child),
    socket: "",
    events: [],
    lines: [],
    memoryMb: () => null,
    stop: () => stop(child),
  };
}

/** A tool of one process, with all that is below it started for the program. */
export function ofOneProcess(name: ToolName, place: Place, child: ChildProcess): RunningTool {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream, (line) => lines.push(line));
  }
  const memoryMb = (): number => {
    const [root, ...below] = processTree(pidOf(child));
    return memoryOf(
      root?.pid ?? 0,
      below.map((one) => one.pid),
    );
  };
  return { ...common(name, place, child), lines, memoryMb };
}

export const envOf = (place: Place): Record<string, string> => ({
  ...place.env,
  PORT: String(place.port),
});

export const ended = (name: string, child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.on("exit", () => resolve(`${name} has ended`)));

export function readLines(stream: Readable | null, take: (line: string) => void): void {
  if (stream === null) throw new Error("the stream is no pipe");
  createInterface({ input: stream }).on("line", take);
}

export function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error(`${child.spawnfile} could not be started`);
  return child.pid;
}
