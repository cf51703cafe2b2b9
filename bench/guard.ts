import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ratio } from "./stats.ts";

/** What is compared of a run: all that two runs on different machines may have in common. */
export interface GuardedProgram {
  readonly program: string;
  readonly series: readonly GuardedSeries[];
}

export interface GuardedSeries {
  readonly tool: string;
  readonly answerMs: readonly number[];
  readonly downMs: readonly number[];
  readonly cpuSeconds: readonly number[];
}

const limit = 1.1;

const measures = [
  ["answer", (one: GuardedSeries) => one.answerMs],
  ["down", (one: GuardedSeries) => one.downMs],
  ["CPU", (one: GuardedSeries) => one.cpuSeconds],
] as const;

/**
 * One line for each ratio of gust to the floor that is worse than in the last run by more than a
 * tenth. Times themselves are not compared: they say more about the machine than about gust.
 */
export function regressions(
  now: readonly GuardedProgram[],
  last: readonly GuardedProgram[],
): readonly string[] {
  return now.flatMap((program) => {
    const before = last.find((one) => one.program === program.program);
    if (before === undefined) return [];
    return measures.flatMap(([name, pick]) => {
      const [is, was] = [toFloor(program, pick), toFloor(before, pick)];
      // A run without the floor has no ratio, and NaN is worse than nothing.
      if (!(is > was * limit)) return [];
      const percent = Math.round((is / was - 1) * 100);
      return [
        `worse: ${program.program}, ${name}: ${is.toFixed(2)} × floor, ` +
          `${was.toFixed(2)} in the last recorded run (+${percent} %)`,
      ];
    });
  });
}

function toFloor(
  program: GuardedProgram,
  pick: (series: GuardedSeries) => readonly number[],
): number {
  const of = (tool: string): readonly number[] => {
    const series = program.series.find((one) => one.tool === tool);
    return series === undefined ? [] : pick(series);
  };
  return ratio(of("gust"), of("floor"));
}

/** The programs of the run that was recorded last, and its date; null when there is none. */
export async function lastRecorded(
  dir: string,
): Promise<{ readonly date: string; readonly programs: readonly GuardedProgram[] } | null> {
  let names: readonly string[];
  try {
    names = await readdir(dir);
  } catch {
    // Nothing has been recorded yet.
    return null;
  }
  const name = names
    .filter((one) => /^\d{4}-\d\d-\d\d\.json$/.test(one))
    .toSorted()
    .at(-1);
  if (name === undefined) return null;
  const value: unknown = JSON.parse(await readFile(join(dir, name), "utf8"));
  return { date: name.replace(".json", ""), programs: list(value, "programs").map(readProgram) };
}

const readProgram = (value: unknown): GuardedProgram => ({
  program: text(value, "program"),
  series: list(value, "series").map((one) => ({
    tool: text(one, "tool"),
    answerMs: numbers(one, "answerMs"),
    downMs: numbers(one, "downMs"),
    cpuSeconds: numbers(one, "cpuSeconds"),
  })),
});

/** A save that was never answered is kept as null, JSON's word for NaN. */
const numbers = (value: unknown, key: string): readonly number[] =>
  list(value, key).map((one) => (typeof one === "number" ? one : Number.NaN));

function list(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

function text(value: unknown, key: string): string {
  const found = field(value, key);
  return typeof found === "string" ? found : "";
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
