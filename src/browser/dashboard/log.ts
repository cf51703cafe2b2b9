import type { LogLine } from "../../core/dashboard.ts";

/** The last lines of a program, the oldest first. */
export interface Log {
  readonly lines: readonly LogLine[];
  /** How many lines were left out, as there were too many. */
  readonly dropped: number;
  /** What is missing before a line, by its id. */
  readonly gaps: ReadonlyMap<number, Gap>;
}

/** `bytes` came faster than they could be shown; else `lines` came while the page did not follow. */
export type Gap = { readonly bytes: number } | { readonly lines: number };

export const noLog: Log = { lines: [], dropped: 0, gaps: new Map() };

/** Which lines are shown. */
export interface LogFilter {
  /** Lines of this level and above; lines without a level are shown with "debug" only. */
  readonly level: Level;
  /** Part of the text, in any case. */
  readonly search: string;
  readonly generation: number | null;
}

export type Level = "debug" | "info" | "warn" | "error";

export const everything: LogFilter = { level: "debug", search: "", generation: null };

/** The log with further lines. Those that are known already (after a reconnection) are left out. */
export function logWith(log: Log, lines: readonly LogLine[], missing = 0): Log {
  const last = log.lines.at(-1)?.id ?? -1;
  const fresh = lines.filter(({ id }) => id > last);
  const [first] = fresh;
  if (first === undefined) return log;
  const all = [...log.lines, ...fresh];
  const over = Math.max(0, all.length - mostLines);
  const kept = over === 0 ? all : all.slice(over);
  const skipped = last < 0 ? 0 : first.id - last - 1;
  const gap = missing > 0 ? { bytes: missing } : skipped > 0 ? { lines: skipped } : null;
  const begin = kept[0]?.id ?? 0;
  const gaps =
    gap === null
      ? log.gaps
      : new Map([...log.gaps].filter(([id]) => id >= begin)).set(first.id, gap);
  return { lines: kept, dropped: log.dropped + over, gaps };
}

/** The lines that the filter lets through. */
export function filteredLines(
  lines: readonly LogLine[],
  { level, search, generation }: LogFilter,
): readonly LogLine[] {
  const wanted = search.toLowerCase();
  const least = ranks[level];
  return lines.filter(
    (line) =>
      (least === 0 || (line.level !== null && ranks[line.level] >= least)) &&
      (generation === null || line.generation === generation) &&
      (wanted === "" || line.text.toLowerCase().includes(wanted)),
  );
}

/** The builds that lines are from, the newest first. */
export function generationsOf(lines: readonly LogLine[]): readonly number[] {
  const all = new Set<number>();
  for (const { generation } of lines) if (generation !== null) all.add(generation);
  return [...all].toSorted((a, b) => b - a);
}

const mostLines = 10_000;
const ranks: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
