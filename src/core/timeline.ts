import type { SavePhase } from "./dashboard.ts";
import type { Phase } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Cause, Notice } from "./notice.ts";
import type { Route } from "./event.ts";
import { type Bar, begin, cover, endBar, lay } from "./timeline-bar.ts";

export type { Bar } from "./timeline-bar.ts";

/** What became of each generation, from notices alone. All times are monotonic milliseconds. */
export interface Timeline {
  /** The newest first, at most a hundred. */
  readonly bars: readonly Bar[];
  /** The generation that serves, as far as notices tell. */
  readonly serving: number | null;
}

export const noTimeline: Timeline = { bars: [], serving: null };

export const MOST_BARS = 100;

/** Takes a notice in that was told at `at`; the same timeline where it tells nothing of a save. */
export function tellTimeline(timeline: Timeline, notice: Notice, at: number): Timeline {
  return isOfSave(notice) ? tell(timeline, notice, at) : timeline;
}

type SaveType = Extract<
  Notice["type"],
  | "build-started"
  | "built"
  | "build-cancelled"
  | "live"
  | "awaiting-swap"
  | "failed"
  | "nothing-to-do"
  | "finished"
  | "crashed"
  | "rolled-back"
  | "stopped"
>;

type SaveNotice = Extract<Notice, { readonly type: SaveType }>;

const ofSaves: ReadonlySet<Notice["type"]> = new Set<SaveType>([
  "build-started",
  "built",
  "build-cancelled",
  "live",
  "awaiting-swap",
  "failed",
  "nothing-to-do",
  "finished",
  "crashed",
  "rolled-back",
  "stopped",
]);

const isOfSave = (notice: Notice): notice is SaveNotice => ofSaves.has(notice.type);

function tell(timeline: Timeline, notice: SaveNotice, at: number): Timeline {
  switch (notice.type) {
    case "build-started": {
      const { generation, cause, lead } = notice;
      // The go command puts right what the one before has failed for.
      const others = supersede(timeline, at, (bar) => bar.route === null);
      return put(others, begun({ generation, cause, lead, until: at }));
    }
    case "built": {
      const { route, phases } = notice;
      const add = (bar: Bar): Bar => {
        const laid = cover(lay(bar, phases, at), "other", at);
        return { ...laid, route: routeText(route), placed: phases.length };
      };
      return change(timeline, notice.generation, add);
    }
    case "build-cancelled":
      return change(timeline, notice.generation, (bar) =>
        endBar(cover(bar, "build", at), "superseded", at),
      );
    case "live":
      return live(timeline, notice, at);
    case "awaiting-swap":
      return put(
        supersede(timeline, at, isOlder(notice.generation)),
        awaiting(timeline, notice, at),
      );
    case "failed":
      return failed(timeline, notice, at);
    case "nothing-to-do":
      return notice.generation === null ? timeline : sameBinary(timeline, notice.generation, at);
    case "finished":
      return finished(timeline, notice.generation, at);
    case "crashed":
      return gone(
        change(timeline, notice.generation, (bar) => ({ ...bar, failure: notice.failure })),
        notice.generation,
      );
    case "rolled-back":
      return rolledBack(supersede(timeline, at, isBuilt), notice.from, notice.to);
    case "stopped":
      return drained(timeline, notice.generation, at);
  }
}

type Of<Type extends Notice["type"]> = Extract<Notice, { readonly type: Type }>;

interface Beginning {
  readonly generation: number;
  readonly cause: Cause;
  readonly lead: readonly Phase[];
  /** When what leads to the build was over. */
  readonly until: number;
}

function begun({ generation, cause, lead, until }: Beginning): Bar {
  return lay(begin(generation, cause, until - sum(lead)), lead, until);
}

/** One that no build began: a restart, or a rule that failed. */
function known(timeline: Timeline, beginning: Beginning, since: number): Bar {
  const { generation, cause, lead } = beginning;
  const bar = find(timeline, generation);
  // A rule has failed before, so that the number is used again.
  const again = bar?.outcome === "failed" && bar.route === null;
  return bar === null || again ? lay(begin(generation, cause, since), lead, Infinity) : bar;
}

function live(timeline: Timeline, notice: Of<"live">, at: number): Timeline {
  const { generation, phases, swapMs, downtimeMs, totalMs } = notice;
  const serving = {
    ...supersede(timeline, at, isOlder(generation)),
    serving: generation,
  };
  const before = find(timeline, generation);
  if (before?.outcome === "live") {
    // Started again after a crash: it is the same save.
    return change(serving, generation, (bar) => ({ ...bar, failure: null }));
  }
  const bar = known(timeline, { ...notice, until: at }, at - totalMs);
  const start = phases.at(-1)?.durationMs ?? 0;
  const startedAt = at - start;
  const between = lay(bar, phases.slice(bar.placed, -1), startedAt);
  const stopping = downtimeMs > start ? cover(between, "wait", at - downtimeMs) : between;
  const stopped = cover(stopping, downtimeMs > start ? "stop" : "wait", startedAt);
  const started = cover(cover(stopped, "start", at - swapMs), "swap", at);
  const ended = endBar(started, "live", at);
  return put(serving, { ...ended, downtimeMs, failure: null, replaced: timeline.serving });
}

function awaiting(timeline: Timeline, notice: Of<"awaiting-swap">, at: number): Bar {
  const bar = known(timeline, { ...notice, until: at }, at - notice.totalMs);
  const { phases } = notice;
  const laid = lay(bar, phases.slice(bar.placed), at);
  return { ...endBar(cover(laid, "other", at), "waiting", at), placed: phases.length };
}

function failed(timeline: Timeline, notice: Of<"failed">, at: number): Timeline {
  const { generation, failure, phases, totalMs } = notice;
  const before = find(timeline, generation);
  if (before?.outcome === "live") return crashedSoon(timeline, before, failure);
  const bar = known(timeline, { ...notice, until: at }, at - totalMs);
  const rest = phases.slice(bar.placed);
  const start = rest.at(-1)?.name === "start" ? rest.at(-1) : undefined;
  const early = start === undefined ? rest : rest.slice(0, -1);
  const laid = lay(bar, early, at - (start?.durationMs ?? 0));
  const all =
    start === undefined
      ? cover(laid, "other", at)
      : cover(cover(laid, "wait", at - start.durationMs), "start", at);
  return put(timeline, { ...endBar(all, "failed", at), failure });
}

/** On probation: it was live, and what it took to become so stays as it was. */
function crashedSoon(timeline: Timeline, bar: Bar, failure: Failure): Timeline {
  return gone(put(timeline, { ...bar, outcome: "failed", failure }), bar.generation);
}

/** What serves is called by the number of this save from now on. */
function sameBinary(timeline: Timeline, generation: number, at: number): Timeline {
  const ended = change(timeline, generation, (bar) => endBar(bar, "nothing", at));
  return { ...ended, serving: generation };
}

function finished(timeline: Timeline, generation: number, at: number): Timeline {
  const end = (bar: Bar): Bar =>
    bar.outcome === "working" ? endBar(cover(bar, "start", at), "finished", at) : bar;
  return gone(change(timeline, generation, end), generation);
}

function rolledBack(timeline: Timeline, from: number, to: number): Timeline {
  const left = change(timeline, from, (bar) =>
    bar.outcome === "live" ? { ...bar, outcome: "rolled-back" } : bar,
  );
  const back = change(left, to, (bar) =>
    // It runs again, whatever it has ended by before.
    bar.outcome === "rolled-back" ? { ...bar, outcome: "live", failure: null } : bar,
  );
  return { ...back, serving: to };
}

/** What was on its way, and is not wanted any more. */
function supersede(timeline: Timeline, at: number, which: (bar: Bar) => boolean): Timeline {
  const left = timeline.bars.filter(
    (bar) => (bar.outcome === "working" || bar.outcome === "waiting") && which(bar),
  );
  return left.reduce(
    (changed, bar) => put(changed, endBar(cover(bar, "other", at), "superseded", at)),
    timeline,
  );
}

const isOlder =
  (than: number) =>
  (bar: Bar): boolean =>
    bar.generation < than;
const isBuilt = (bar: Bar): boolean => bar.route !== null;

/** The drain belongs to the save that has replaced the version. */
function drained(timeline: Timeline, generation: number, at: number): Timeline {
  const heir = timeline.bars.find((bar) => bar.replaced === generation);
  if (heir === undefined) return gone(timeline, generation);
  const { since, totalMs } = heir;
  if (totalMs === null) return timeline;
  const drain: SavePhase = {
    name: "drain",
    startMs: totalMs,
    durationMs: Math.max(0, at - since - totalMs),
  };
  return put(timeline, { ...heir, replaced: null, phases: [...heir.phases, drain] });
}

function gone(timeline: Timeline, generation: number): Timeline {
  return timeline.serving === generation ? { ...timeline, serving: null } : timeline;
}

const find = ({ bars }: Timeline, generation: number): Bar | null =>
  bars.find((bar) => bar.generation === generation) ?? null;

function change(timeline: Timeline, generation: number, how: (bar: Bar) => Bar): Timeline {
  const bar = find(timeline, generation);
  return bar === null ? timeline : put(timeline, how(bar));
}

function put(timeline: Timeline, bar: Bar): Timeline {
  const { bars } = timeline;
  // Nearly always it is the first, or goes before that.
  const found = bars.findIndex(({ generation }) => generation <= bar.generation);
  const at = found < 0 ? bars.length : found;
  if (bars[at]?.generation === bar.generation) return { ...timeline, bars: bars.with(at, bar) };
  return { ...timeline, bars: bars.toSpliced(at, 0, bar).slice(0, MOST_BARS) };
}

function routeText(route: Route): string {
  switch (route.type) {
    case "direct":
      return route.preloaded ? "direct, by a linker that waited" : "direct";
    case "go":
      return `go: ${route.reason}`;
    case "foreign":
      return "a command of yours";
  }
}

const sum = (phases: readonly Phase[]): number =>
  phases.reduce((total, { durationMs }) => total + durationMs, 0);
