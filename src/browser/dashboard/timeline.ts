import { max, median, ticks } from "d3-array";
import { curveMonotoneX, line } from "d3-shape";
import type { Save, SavePhase } from "../../core/dashboard.ts";

/** A chart of saves: numbers only, in pixels from the upper left corner. */
export interface Timeline {
  /** The oldest first. */
  readonly bars: readonly Bar[];
  readonly ticks: readonly Tick[];
  readonly width: number;
  /** The path of the typical time; null with too few saves. */
  readonly trend: string | null;
}

export interface Bar {
  readonly save: Save;
  readonly x: number;
  readonly segments: readonly Segment[];
  /** It is longer than the chart is high. */
  readonly cut: boolean;
}

export interface Segment {
  readonly name: string;
  readonly y: number;
  readonly height: number;
}

export interface Tick {
  readonly ms: number;
  readonly y: number;
}

/** Lays out saves (the newest first, as the server has them) in a chart of this height. */
export function timelineOf(saves: readonly Save[], height: number): Timeline {
  const inOrder = saves.toReversed();
  const ceiling = ceilingOf(saves);
  const yOf = (ms: number): number => height - (Math.min(ms, ceiling) / ceiling) * height;
  return {
    bars: inOrder.map((save, index) => ({
      save,
      x: index * pitch,
      segments: segmentsOf(save.phases, yOf),
      cut: (save.totalMs ?? 0) > ceiling,
    })),
    ticks: ticks(0, ceiling, 3).map((ms) => ({ ms, y: yOf(ms) })),
    width: inOrder.length * pitch,
    trend: trendOf(inOrder, yOf),
  };
}

/** Pixels from one bar to the next. */
export const pitch = 14;
/** Width of a bar. */
export const barWidth = 10;

/** The phases in the order of their colours; what has another name is shown as "other". */
export const phaseNames: readonly string[] = [
  "classify",
  "watch",
  "wait",
  "queue",
  "rules",
  "modules",
  "build",
  "plan",
  "compile",
  "link",
  "check",
  "test",
  "stop",
  "start",
  "swap",
  "drain",
];

export function phaseClass(name: string): string {
  // Services wait for each other: `wait for api`.
  const known = name.startsWith("wait") ? "wait" : name;
  return `phase-${phaseNames.includes(known) ? known : "other"}`;
}

/** The median of the last saves that became live, and how it differs from those before. */
export interface Pace {
  readonly typicalMs: number;
  /** 0.1 is a tenth slower than before; null with too few saves. */
  readonly change: number | null;
}

/** How fast saves are; null when none was live. */
export function paceOf(saves: readonly Save[]): Pace | null {
  const totals = liveTotals(saves);
  const typicalMs = median(totals.slice(0, paceLength));
  if (typicalMs === undefined) return null;
  const before = median(totals.slice(paceLength, 2 * paceLength));
  const enough = totals.length >= paceLength + 3 && before !== undefined && before > 0;
  return { typicalMs, change: enough ? typicalMs / before - 1 : null };
}

const paceLength = 10;

const liveTotals = (saves: readonly Save[]): readonly number[] =>
  saves.flatMap(({ outcome, totalMs, cause }) =>
    outcome === "live" && totalMs !== null && cause.type !== "first" ? [totalMs] : [],
  );

/** A first build takes many times as long as a save, and would make all others invisible. */
function ceilingOf(saves: readonly Save[]): number {
  const totals = saves.map(lengthOf).filter((ms) => ms > 0);
  const most = max(totals) ?? 0;
  const usual = median(totals) ?? 0;
  const ceiling = most > 3 * usual ? 2.5 * usual : most;
  return ceiling > 0 ? ceiling * 1.08 : 1000;
}

function lengthOf({ totalMs, phases }: Save): number {
  return totalMs ?? max(phases, ({ startMs, durationMs }) => startMs + durationMs) ?? 0;
}

function segmentsOf(phases: readonly SavePhase[], yOf: (ms: number) => number): readonly Segment[] {
  return phases.flatMap(({ name, startMs, durationMs }) => {
    const y = yOf(startMs + durationMs);
    const height = yOf(startMs) - y;
    return height > 0 ? [{ name, y, height }] : [];
  });
}

/** The median of five saves around each, so that a single slow one does not bend it. */
function trendOf(saves: readonly Save[], yOf: (ms: number) => number): string | null {
  const live = saves.flatMap((save, index) =>
    save.outcome === "live" && save.totalMs !== null && save.cause.type !== "first"
      ? [{ x: index * pitch + barWidth / 2, ms: save.totalMs }]
      : [],
  );
  if (live.length < 5) return null;
  const smooth = live.map(({ x }, index): [number, number] => [
    x,
    yOf(median(live.slice(Math.max(0, index - 2), index + 3), ({ ms }) => ms) ?? 0),
  ]);
  return line().curve(curveMonotoneX)(smooth);
}
