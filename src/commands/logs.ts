import type { LogItem, LogLine } from "../adapters/logs/lines.ts";
import type { ProgramLogs } from "../adapters/logs/programs.ts";
import { OutputReader } from "../adapters/logs/output-reader.ts";
import type { CommandIo } from "./io.ts";
import { type Filter, type FilterArguments, readFilter } from "./logs/filter.ts";
import { LevelMemory } from "./logs/level-memory.ts";
import { openPrinter } from "./logs/print.ts";
import { failureText } from "./io.ts";

export interface LogsArguments extends FilterArguments {
  readonly logs: ProgramLogs;
  readonly follow: boolean;
  readonly json: boolean;
  /** Puts the time before each line. */
  readonly time: boolean;
  /** Output goes to a terminal: escape sequences stay. */
  readonly terminal: boolean;
  /** Ends following. */
  readonly signal: AbortSignal;
}

/**
 * `gust logs`: what the program has written, by version. Exit codes: 0, or 2 for wrong use.
 */
export async function runLogs(args: LogsArguments, io: CommandIo): Promise<number> {
  const reader = new OutputReader(args.logs.dir);
  const filter = readFilter(args, await reader.versions(), Date.now());
  if ("code" in filter) {
    io.stderr(failureText("error", filter));
    return 2;
  }
  const printer = openPrinter({ ...args, oneVersion: filter.generation !== null }, io);
  const levels = new LevelMemory();
  const wanted = chooser(filter, levels);
  const last = filter.lines === null ? null : new Ring(filter.lines);
  for await (const item of reader.read(filter.version)) {
    const shown = wanted(item);
    if (shown === null) continue;
    if (last === null) printer.print(shown);
    else last.add(shown);
  }
  if (!args.follow) {
    for (const item of reader.rest()) {
      const shown = wanted(item);
      if (shown !== null && last !== null) last.add(shown);
      else if (shown !== null) printer.print(shown);
    }
  }
  for (const item of last?.items() ?? []) printer.print(item);
  if (args.follow) {
    await follow(reader, args.signal, async () => {
      for await (const item of reader.read(filter.version)) {
        const shown = wanted(item);
        if (shown !== null) printer.print(shown);
      }
    });
  }
  return 0;
}

/** An item as it is shown. */
export type Shown = Exclude<LogItem, LogLine> | (LogLine & { readonly level: string | null });

function chooser(filter: Filter, levels: LevelMemory): (item: LogItem) => Shown | null {
  return (item) => {
    if (item.type === "gap") return item;
    // Also of lines that are not shown: those below them may have their level.
    const level = levels.of(item);
    return filter.line(item, level.weight) ? { ...item, level: level.told } : null;
  };
}

/** Reads again whenever something may have come, one time after the other. */
async function follow(
  reader: OutputReader,
  signal: AbortSignal,
  read: () => Promise<void>,
): Promise<void> {
  let again = true;
  let wake: () => void = nobody;
  const stop = reader.follow(() => {
    again = true;
    wake();
  });
  signal.addEventListener("abort", () => wake(), { once: true });
  while (!signal.aborted) {
    if (again) {
      again = false;
      await read();
      continue;
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  stop();
}

const nobody = (): void => undefined;

/** The last items, up to a number of lines. */
class Ring {
  readonly #most: number;
  #items: Shown[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(item: Shown): void {
    this.#items.push(item);
    if (this.#items.length > 2 * this.#most + 100) this.#items = this.#items.slice(-this.#most);
  }

  items(): readonly Shown[] {
    return this.#most === 0 ? [] : this.#items.slice(-this.#most);
  }
}
