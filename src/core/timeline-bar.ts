import type { SaveOutcome, SavePhase } from "./dashboard.ts";
import type { Phase } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Cause } from "./notice.ts";

/** A bar of the timeline while it is made. Times are monotonic milliseconds. */
export interface Bar {
  readonly generation: number;
  readonly since: number;
  readonly cause: Cause;
  readonly outcome: SaveOutcome;
  readonly phases: readonly SavePhase[];
  readonly totalMs: number | null;
  readonly downtimeMs: number | null;
  readonly failure: Failure | null;
  readonly route: string | null;
  /** How many phases of its build are in it already: later notices repeat them. */
  readonly placed: number;
  /** The generation that it has replaced, until that one has ended. */
  readonly replaced: number | null;
}

export function begin(generation: number, cause: Cause, since: number): Bar {
  return {
    generation,
    since,
    cause,
    outcome: "working",
    phases: [],
    totalMs: null,
    downtimeMs: null,
    failure: null,
    route: null,
    placed: 0,
    replaced: null,
  };
}

/** Lays phases behind what is there; none goes past `until`. What took no time is left out. */
export function lay(bar: Bar, phases: readonly Phase[], until: number): Bar {
  let result = bar;
  for (const { name, durationMs } of phases) {
    const startMs = endOf(result);
    const room = until - result.since - startMs;
    const fits = Math.min(durationMs, room);
    if (fits > 0) result = add(result, { name, startMs, durationMs: fits });
  }
  return result;
}

/** Whatever is still open before `until` gets this name. */
export function cover(bar: Bar, name: string, until: number): Bar {
  const startMs = endOf(bar);
  const durationMs = until - bar.since - startMs;
  if (durationMs <= NOTHING_MS) return bar;
  const last = bar.phases.at(-1);
  if (last?.name !== name) return add(bar, { name, startMs, durationMs });
  const longer = { ...last, durationMs: last.durationMs + durationMs };
  return { ...bar, phases: [...bar.phases.slice(0, -1), longer] };
}

/** It is decided what became of it. */
export function endBar(bar: Bar, outcome: SaveOutcome, at: number): Bar {
  return { ...bar, outcome, totalMs: at - bar.since };
}

/** Less than this between two clocks is no phase. */
const NOTHING_MS = 0.05;

function add(bar: Bar, phase: SavePhase): Bar {
  return { ...bar, phases: [...bar.phases, phase] };
}

function endOf({ phases }: Bar): number {
  const last = phases.at(-1);
  return last === undefined ? 0 : last.startMs + last.durationMs;
}
