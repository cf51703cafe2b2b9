import type { ClassifiedFact } from "./pending.ts";
import type { Effect } from "./effect.ts";
import type { Event, Phase } from "./event.ts";
import type { Failure } from "./failure.ts";
import { servingVersion } from "./instance.ts";
import { asksForWork } from "./pending.ts";
import type { FileKind } from "./notice.ts";
import type { State, Target } from "./state.ts";
import type { HeldForTests, TestStage } from "./test-state.ts";
import { offer } from "./waiting.ts";
import { type Step, announce, chain } from "./step.ts";
import type { RecordOutcome, SelectionSummary, TestOutcome, TestReport } from "./test-report.ts";
import { verdictOf } from "./test-verdict.ts";

/** Which tests: those that a change may have broken, those that failed last, or every one. */
export type TestWhat = "affected" | "failed" | "all";

export interface DebuggedTest {
  /** Import path. */
  readonly package: string;
  /** A test at the top level, which `-test.run` takes. */
  readonly name: string;
}

/** How long nothing has to be done before it is found out what tests reach. */
const quietMs = 2000;

/** So many changed files are remembered for rules of the user's. */
const pathsMost = 5000;

/** Files that tests may read, by their kind. */
const readByTests: ReadonlySet<FileKind> = new Set<FileKind>([
  ...(["go", "go-test", "test-input", "native", "embed", "module", "env"] as const),
  ...(["runtime", "static", "rule-input", "rule-output"] as const),
]);

/** What is told of tests, by the world or by a key. */
export function testEvent(state: State, event: TestEvent): Step {
  const { at } = event;
  switch (event.type) {
    case "tests-selected":
      return testsSelected(state, event.run, event.summary);
    case "tests-finished":
      return testsFinished(state, event.run, event.outcome, at);
    case "tests-recorded":
      return testsRecorded(state, event.outcome, at);
    case "tests-requested":
      return requestTests(state, event.what);
    case "test-debug-requested":
      return requestDebug(state);
  }
}

export type TestEvent = Extract<Event, { readonly type: `test${string}` }>;

export const isTestEvent = (event: Event): event is TestEvent => event.type.startsWith("test");

/** Comments in these say nothing to a program, and nothing to a test. */
const blind: ReadonlySet<FileKind> = new Set(["go", "module"]);

/** Remembers what has changed for the tests, whether or not the program is built for it. */
export function noteForTests(state: State, facts: readonly ClassifiedFact[]): State {
  if (state.settings.tests === undefined) return state;
  const changed = facts.filter(({ fact, classified }) => {
    if (fact.change === "unchanged" || !readByTests.has(classified.kind)) return false;
    // A comment of code is nothing to run for; in a test it may be the output of an example.
    return !(fact.sameMeaning === true && blind.has(classified.kind));
  });
  if (changed.length === 0) return state;
  const paths = new Set(state.tests.paths);
  for (const { fact } of changed) if (paths.size < pathsMost) paths.add(fact.path);
  const wanted = strongest(state.tests.wanted, "affected");
  return { ...state, tests: { ...state.tests, paths, wanted } };
}

/** Whether a version has to pass its tests before it may serve: there must be one that serves. */
export function isGated(state: State): boolean {
  return state.settings.tests?.mode === "gate" && state.fleet.good.length > 0;
}

/** A version is built, and waits for its tests. */
export function holdForTests(
  state: State,
  target: Target,
  { swap, restart }: HeldForTests["taken"],
): State {
  const wanted = strongest(state.tests.wanted, "affected");
  return {
    ...state,
    tests: { ...state.tests, wanted, held: { target, taken: { swap, restart }, failed: false } },
  };
}

/** True while it is not decided whether what was built may serve. */
export function awaitsTests({ tests }: State): boolean {
  return tests.held !== null && !tests.held.failed;
}

/** Starts, gives up and records tests, whatever is due. Called after every event. */
export function advanceTests(state: State, at: number): Step {
  if (state.settings.tests === undefined && state.tests.phase.type === "idle") {
    return letGo(state, at);
  }
  const { tests } = state;
  const { phase } = tests;
  if (phase.type === "running") return isStale(state) ? cancelRun(state) : [state, []];
  if (phase.type === "recording") {
    // A look at what a test has written itself is no reason.
    const over = isInterrupted(state) || tests.wanted !== null;
    if (!over || phase.cancelling) return [state, []];
    return [withPhase(state, { ...phase, cancelling: true }), [{ type: "cancel-recording" }]];
  }
  if (isGone(state.tests.held, state)) return [{ ...state, tests: { ...tests, held: null } }, []];
  if (tests.wanted !== null && isQuiet(state)) return startRun(state, at);
  return advanceRecording(state);
}

/** Tests were switched off while a version waited for them. */
function letGo(state: State, at: number): Step {
  const { held } = state.tests;
  if (held === null) return [state, []];
  return promote(state, held, at);
}

/** A version that waits is nobody's concern any more once a newer one is worked on. */
function isGone(held: TestStage["held"], { work, quitting, generation }: State): boolean {
  if (held === null) return false;
  return work.phase === "build" || quitting !== null || held.target.version.generation < generation;
}

function startRun(state: State, at: number): Step {
  const { tests, generation } = state;
  const run = tests.run + 1;
  const gate = tests.held !== null;
  const what = gate ? strongest("affected", tests.wanted) : (tests.wanted ?? "affected");
  const phase: TestStage["phase"] = {
    type: "running",
    run,
    generation,
    what,
    taken: tests.paths,
    gate,
    since: at,
    summary: null,
    cancelling: false,
  };
  const held = tests.held === null ? null : { ...tests.held, failed: false };
  const effects: Effect[] =
    tests.phase.type === "waiting" ? [{ type: "cancel-timer", timer: "record" }] : [];
  return [
    { ...state, tests: { ...tests, run, phase, held, wanted: null, paths: new Set() } },
    [...effects, { type: "start-tests", run, what, paths: [...tests.paths], gate }],
  ];
}

/** What it tests is not the newest any more. */
function isStale(state: State): boolean {
  const { phase, wanted } = state.tests;
  if (phase.type !== "running" || phase.cancelling) return false;
  return wanted !== null || isInterrupted(state) || state.settings.tests === undefined;
}

/** Something more urgent has begun. */
function isInterrupted(state: State): boolean {
  const { work, intake, configuring, quitting } = state;
  if (quitting !== null || configuring !== null || work.phase !== "idle") return true;
  const { pending } = intake;
  if (pending === null || !asksForWork(pending)) return false;
  return !state.paused || pending.request !== null;
}

/** What it was to do is still to be done. */
function cancelRun(state: State): Step {
  const { tests } = state;
  const { phase } = tests;
  if (phase.type !== "running") return [state, []];
  const paths = new Set([...phase.taken, ...tests.paths]);
  const wanted = strongest(tests.wanted, phase.what);
  const next = { ...tests, paths, wanted, phase: { ...phase, cancelling: true } };
  return [{ ...state, tests: next }, [{ type: "cancel-tests", run: phase.run }]];
}

function testsSelected(state: State, run: number, summary: SelectionSummary): Step {
  const { phase } = state.tests;
  if (phase.type !== "running" || phase.run !== run || phase.cancelling) return [state, []];
  const { generation, gate } = phase;
  const next = withPhase(state, { ...phase, summary });
  return [next, [announce({ type: "tests-started", generation, gate, summary })]];
}

function testsFinished(state: State, run: number, outcome: TestOutcome, at: number): Step {
  const { phase } = state.tests;
  if (phase.type !== "running" || phase.run !== run) return [state, []];
  const { generation, gate, since } = phase;
  const idle = ended(state, at);
  if (phase.cancelling || outcome.type === "cancelled") {
    // It ended by itself in the same moment, or was ended by somebody else.
    const [next] = phase.cancelling ? [idle] : cancelled(idle, phase);
    return [next, [announce({ type: "tests-cancelled", generation })]];
  }
  if (outcome.type === "failed") {
    const said = announce({ type: "tests-unknown", failure: outcome.failure });
    // The next run has to know of these files as well.
    const paths = new Set([...phase.taken, ...idle.tests.paths]);
    const kept: State = { ...idle, tests: { ...idle.tests, paths } };
    return gate
      ? refuseHeld(kept, { failure: outcome.failure, since }, [said], at)
      : [kept, [said]];
  }
  const { report } = outcome;
  const tests: TestStage = { ...idle.tests, recordDue: true, last: { generation, report } };
  const told: State = { ...idle, tests };
  const said = announce({ type: "tests-finished", generation, gate, report });
  if (!gate) return [told, [said]];
  const failure = verdict(report, state);
  if (failure !== null) return refuseHeld(told, { failure, since }, [said], at);
  const { held } = told.tests;
  if (held === null) return [told, [said]];
  const phases = withTest(held, since, at);
  const target = { ...held.target, phases };
  return chain([told, [said]], (s) => promote(s, { ...held, target }, at));
}

function cancelled(
  state: State,
  phase: Extract<TestStage["phase"], { type: "running" }>,
): readonly [State] {
  const paths = new Set([...phase.taken, ...state.tests.paths]);
  const wanted = strongest(state.tests.wanted, phase.what);
  return [{ ...state, tests: { ...state.tests, paths, wanted } }];
}

/** What its build took, and its tests after that. */
function withTest({ target }: HeldForTests, since: number, at: number): readonly Phase[] {
  return [...target.phases, { name: "test", durationMs: at - since }];
}

/** It has passed: from now on it is like any other that was built. */
function promote(state: State, { target, taken }: HeldForTests, at: number): Step {
  const { generation, artifact } = target.version;
  const passed: State = {
    ...state,
    fleet: { ...state.fleet, newest: artifact },
    red: state.red?.generation === generation ? null : state.red,
    tests: { ...state.tests, held: null },
  };
  return offer(passed, target, taken, at);
}

/** The last good version serves on. A change of nothing but tests may still let this one pass. */
function refuseHeld(
  state: State,
  { failure, since }: { readonly failure: Failure; readonly since: number },
  said: readonly Effect[],
  at: number,
): Step {
  const { held } = state.tests;
  if (held === null) return [state, said];
  const { generation } = held.target.version;
  const failed = announce({
    type: "failed",
    generation,
    cause: held.target.cause,
    failure,
    serving: servingVersion(state.fleet)?.generation ?? null,
    lead: held.target.lead,
    phases: withTest(held, since, at),
    totalMs: at - held.target.since,
  });
  return [
    {
      ...state,
      red: { generation, failure, sources: false },
      tests: { ...state.tests, held: { ...held, failed: true } },
    },
    [...said, failed],
  ];
}

const verdict = (report: TestReport, { settings }: State): Failure | null =>
  verdictOf(report, settings.tests?.coverage ?? 0);

function advanceRecording(state: State): Step {
  const { tests, preparing, settings } = state;
  const waits = tests.phase.type === "waiting";
  const due = tests.recordDue && settings.tests?.record === true && tests.wanted === null;
  // What makes the next save fast goes first.
  const free = preparing.phase === "idle";
  const quiet = due && free && isQuiet(state) && tests.held === null;
  if (waits && !quiet) {
    return [withPhase(state, { type: "idle" }), [{ type: "cancel-timer", timer: "record" }]];
  }
  if (waits || !quiet || servingVersion(state.fleet) === null) return [state, []];
  const started = { type: "start-timer", timer: "record", ms: quietMs } as const;
  return [withPhase(state, { type: "waiting" }), [started]];
}

/** It has been quiet for long enough. */
export function recordingDue(state: State): Step {
  if (state.tests.phase.type !== "waiting") return [state, []];
  const recording = withPhase(state, { type: "recording", cancelling: false });
  return [
    { ...recording, tests: { ...recording.tests, recordDue: false } },
    [{ type: "record-tests" }],
  ];
}

function testsRecorded(state: State, outcome: RecordOutcome, at: number): Step {
  if (state.tests.phase.type !== "recording") return [state, []];
  const idle = ended(state, at);
  if (outcome.type === "cancelled") {
    return [{ ...idle, tests: { ...idle.tests, recordDue: true } }, []];
  }
  const nothing = outcome.type === "recorded" && outcome.tests === 0 && outcome.failed.length === 0;
  return [idle, nothing ? [] : [announce({ type: "tests-recorded", outcome })]];
}

/** A key: tests that are asked for run also where nothing has changed. */
function requestTests(state: State, what: "failed" | "all"): Step {
  const refusal = testsRefused(state, what);
  if (refusal !== null) return refused(state, refusal);
  const wanted = strongest(state.tests.wanted, what);
  return [{ ...state, tests: { ...state.tests, wanted } }, []];
}

/** Why tests that are asked for do not run; null when they do. */
export function testsRefused(state: State, what: "failed" | "all"): Failure | null {
  if (state.settings.tests === undefined) return testsAreOff;
  return what === "failed" && failedOf(state).length === 0 ? noneFailed : null;
}

function requestDebug(state: State): Step {
  if (state.settings.tests === undefined) return refused(state, testsAreOff);
  const [test] = failedOf(state);
  if (test === undefined) return refused(state, noneFailed);
  return [state, [{ type: "debug-test", test }]];
}

function failedOf({ tests }: State): readonly DebuggedTest[] {
  const results = tests.last?.report.results ?? [];
  return results
    .filter(({ outcome, name }) => outcome === "failed" && !name.includes("/"))
    .map((one) => ({ package: one.package, name: one.name }));
}

const refused = (state: State, failure: Failure): Step => [
  state,
  [announce({ type: "refused", failure })],
];

const testsAreOff: Failure = {
  code: "REQUEST_INVALID",
  message: "tests are off",
  hint: 'set mode = "watch" in [test]: docs/testing.md',
};

const noneFailed: Failure = {
  code: "NO_FAILED_TEST",
  message: "no test has failed",
  hint: "a runs all of them",
};

/** Nothing is built or exchanged, and no change waits. */
function isQuiet(state: State): boolean {
  const { work, intake, fleet, red, tests } = state;
  if (isInterrupted(state) || work.phase !== "idle" || intake.burst.armed) return false;
  // A version that waits for its tests has been built, and nothing else is on its way.
  if (tests.held === null && red?.sources === true) return false;
  const settled = fleet.instances.every(({ status }) => settledStatus.has(status.type));
  return intake.open.length === 0 && fleet.next === null && settled;
}

const settledStatus: ReadonlySet<string> = new Set(["ready", "draining", "stopping", "ended"]);

const order: readonly (TestWhat | null)[] = [null, "failed", "affected", "all"];

function strongest<T extends TestWhat | null>(a: T, b: TestWhat | null): T | TestWhat {
  return b !== null && order.indexOf(b) > order.indexOf(a) ? b : a;
}

const ended = (state: State, at: number): State => ({
  ...state,
  tests: { ...state.tests, phase: { type: "idle" }, endedAt: at },
});

const withPhase = (state: State, phase: TestStage["phase"]): State => ({
  ...state,
  tests: { ...state.tests, phase },
});
