import type { Drained, KeptBuild, Save, SavePhase, ServiceBoard, TestBoard } from "./dashboard.ts";
import type { Failure } from "./failure.ts";
import type { Notice } from "./notice.ts";
import type { ShownFailure } from "./shown-failure.ts";
import { toldState } from "./told-state.ts";
import { type Bar, type Timeline, noTimeline, tellTimeline } from "./timeline.ts";
import type { Version } from "./version.ts";
import type { View } from "./view.ts";

/** What is remembered of one program for its board. Times are monotonic milliseconds. */
export interface BoardRecord {
  readonly timeline: Timeline;
  /** When each build was built, the newest first, at most a thousand. */
  readonly builtAt: readonly { readonly build: number; readonly at: number }[];
  readonly tests: TestBoard | null;
  readonly drain: (Omit<Drained, "at"> & { readonly at: number }) | null;
}

export const noRecord: BoardRecord = {
  timeline: noTimeline,
  builtAt: [],
  tests: null,
  drain: null,
};

/** Takes a notice in; the same record where it tells nothing that a board shows. */
export function tellRecord(record: BoardRecord, notice: Notice, at: number): BoardRecord {
  const timeline = tellTimeline(record.timeline, notice, at);
  const told = timeline === record.timeline ? record : { ...record, timeline };
  if (notice.type === "built") {
    const builtAt = [{ build: notice.generation, at }, ...record.builtAt].slice(0, MOST_BUILDS);
    return { ...told, builtAt };
  }
  if (notice.type === "stopped") return { ...told, drain: drainedOf(notice, at) };
  return isOfTests(notice) ? { ...told, tests: testsAfter(record.tests, notice) } : told;
}

/** What a board is made from. */
export interface BoardFacts {
  readonly name: string;
  readonly main: string;
  readonly record: BoardRecord;
  readonly view: View;
  readonly good: readonly Version[];
  /** Milliseconds since the epoch of a monotonic time. */
  readonly wallOf: (monotonic: number) => number;
  readonly show: (failure: Failure) => ShownFailure;
}

/** The board of one program, as the dashboard shows it. */
export function boardOf({
  name,
  main,
  record,
  view,
  good,
  wallOf,
  show,
}: BoardFacts): ServiceBoard {
  const { activity, failure, serving } = view;
  const { drain, tests, timeline } = record;
  return {
    name,
    main,
    state: toldState(view),
    liveSince: serving === null ? null : wallOf(serving.since),
    activeSince: "since" in activity ? wallOf(activity.since) : null,
    failure: failure === null ? null : show(failure),
    saves: timeline.bars.map((bar) => saveOf(bar, { wallOf, show })),
    builds: good.flatMap((version) => keptOf(version, { record, view, wallOf })),
    tests,
    drain: drain === null ? null : { ...drain, at: wallOf(drain.at) },
  };
}

/** A bar as the dashboard shows it. */
export function saveOf(bar: Bar, { wallOf, show }: Pick<BoardFacts, "wallOf" | "show">): Save {
  const { generation, since, cause, outcome, phases, totalMs, downtimeMs, failure, route } = bar;
  return {
    generation,
    at: wallOf(since),
    cause,
    outcome,
    phases: phases.map(rounded),
    totalMs: totalMs === null ? null : round(totalMs),
    downtimeMs: downtimeMs === null ? null : round(downtimeMs),
    failure: failure === null ? null : show(failure),
    route,
  };
}

/** Ends are rounded, so that phases that follow each other still do. */
function rounded({ name, startMs, durationMs }: SavePhase): SavePhase {
  const from = round(startMs);
  return { name, startMs: from, durationMs: round(round(startMs + durationMs) - from) };
}

/** To hundredths of a millisecond. */
const round = (ms: number): number => Math.round(ms * 100) / 100;

function keptOf(
  { generation, artifact }: Version,
  { record, view, wallOf }: Pick<BoardFacts, "record" | "view" | "wallOf">,
): readonly KeptBuild[] {
  const { build, sizeBytes } = artifact;
  const at = record.builtAt.find((one) => one.build === build)?.at;
  // So long ago that nobody knows when.
  if (at === undefined) return [];
  const serving = view.serving?.build === build;
  return [{ generation, build, builtAt: wallOf(at), bytes: sizeBytes, serving }];
}

const MOST_BUILDS = 1000;

function drainedOf(
  { generation, ms, forced, drain }: Extract<Notice, { type: "stopped" }>,
  at: number,
): BoardRecord["drain"] {
  return { generation, at, ms, forced, report: drain, goroutines: drain.goroutines };
}

type TestNotice = Extract<Notice, { type: "tests-started" | "tests-cancelled" | "tests-finished" }>;

const isOfTests = (notice: Notice): notice is TestNotice =>
  ["tests-started", "tests-cancelled", "tests-finished"].includes(notice.type);

function testsAfter(before: TestBoard | null, notice: TestNotice): TestBoard {
  const { report = null, generation = null } = before ?? {};
  switch (notice.type) {
    case "tests-started":
      return { running: notice.summary, report, generation };
    case "tests-cancelled":
      return { running: null, report, generation };
    case "tests-finished":
      return { running: null, report: notice.report, generation: notice.generation };
  }
}
