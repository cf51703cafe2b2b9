import type { Effect } from "./effect.ts";
import type { BuildOutcome, Phase } from "./event.ts";
import type { Failure } from "./failure.ts";
import { addPending, rescan } from "./intake.ts";
import { patchInstance, servingInstance, servingVersion } from "./instance.ts";
import { leadOf } from "./lead.ts";
import { causeOf, mergePending } from "./pending.ts";
import { preparingAfter } from "./preparing.ts";
import { noChanges, withReason } from "./source-changes.ts";
import { holdForTests, isGated } from "./test-stage.ts";
import { type Pending, type State, type Target, type Work, nothingOwed } from "./state.ts";
import { type Step, announce, chain } from "./step.ts";
import type { Version } from "./version.ts";
import { offer } from "./waiting.ts";

/** Whether a build is what this change leads to, and no restart alone. */
export function asksForBuild(state: State, { need }: Pending): boolean {
  // What is built may still have to pass its tests: then no binary has what is on the disk.
  const held = state.tests.held !== null;
  const startable = state.fleet.newest !== null && state.red?.sources !== true && !held;
  return need === "build" || (need === "restart" && !startable);
}

/**
 * Takes the next generation, for a build or, where that is enough, for a restart. `unfetched` is why
 * modules are missing that could not be fetched: perhaps the build does not need them.
 */
export function beginBuild(
  state: State,
  taken: Pending,
  at: number,
  unfetched: Failure | null,
): Step {
  if (taken.need === "nothing") {
    return [{ ...state, owed: { ...nothingOwed, restart: taken.restart } }, []];
  }
  const generation = state.generation + 1;
  const artifact = state.fleet.newest;
  if (artifact !== null && !asksForBuild(state, taken)) {
    const target: Target = {
      version: { generation, artifact },
      purpose: { type: "save" },
      cause: causeOf(taken),
      since: taken.since,
      lead: leadOf(taken, at),
      phases: [],
    };
    return offer({ ...state, generation, red: null }, target, taken, at);
  }
  const work: Work = {
    phase: "build",
    generation,
    unfetched,
    // They have run: a build that is given up does not need them again.
    taken: { ...taken, rules: [], patient: false },
    since: at,
    cancelling: false,
  };
  const { request } = taken;
  const changes = request === null ? state.changes : withReason(state.changes, asked(request));
  return [
    { ...state, generation, work, changes: noChanges },
    [
      announce({
        type: "build-started",
        generation,
        cause: causeOf(taken),
        lead: leadOf(taken, at),
      }),
      { type: "start-build", generation, changes, offline: unfetched !== null },
    ],
  ];
}

const asked = (request: NonNullable<Pending["request"]>): string =>
  request === "first" ? "it is the first build" : "it was asked for";

/** A build has ended, or was given up: only the one that runs counts. */
export function buildFinished(
  state: State,
  generation: number,
  outcome: BuildOutcome,
  at: number,
): Step {
  const { work } = state;
  if (work.phase !== "build" || work.generation !== generation) return [state, []];
  const idle: State = { ...state, work: { phase: "idle" } };
  if (work.cancelling || outcome.type === "cancelled") return giveUp(idle, work, at);
  const whole: State = { ...idle, intake: { ...idle.intake, cut: 0 } };
  const graph = taint(whole, work.taken);
  if (outcome.type === "failed") {
    const failure = withReal(outcome.failure, work.unfetched);
    const tidying = tidyAfter(graph, work, failure, at);
    if (tidying !== null) return chain(tidying, (s) => lookAfterBuild(s, generation, at));
    const owed = { ...nothingOwed, restart: work.taken.restart };
    const { phases } = outcome;
    const failing = { taken: work.taken, failure, phases, building: work.since };
    const failed = fail({ ...graph, owed }, failing, at);
    return chain(failed, (s) => lookAfterBuild(s, generation, at));
  }
  const { route, phases } = outcome;
  const warnings = [
    announce({ type: "built", generation, route, phases }),
    ...[...outcome.warnings, ...(work.unfetched === null ? [] : [work.unfetched])].map((failure) =>
      announce({ type: "warned", generation, failure }),
    ),
  ];
  const target: Target = {
    version: { generation, artifact: outcome.artifact },
    purpose: { type: "save" },
    cause: causeOf(work.taken),
    since: work.taken.since,
    lead: leadOf(work.taken, work.since),
    phases,
  };
  const green: State = {
    ...graph,
    red: null,
    // What could not be fetched is not needed.
    modules: { ...state.modules, owed: false },
    preparing: preparingAfter(state.preparing, route),
  };
  const same = unchangedBinary(green, work.taken, target);
  if (same !== null) {
    const said = [...warnings, sameNotice(target)];
    return chain([same, said], (s) => lookAfterBuild(s, generation, at));
  }
  if (isGated(green)) {
    const held = holdForTests(green, target, work.taken);
    return chain([held, warnings], (s) => lookAfterBuild(s, generation, at));
  }
  const { artifact } = outcome;
  const ready: State = { ...green, fleet: { ...green.fleet, newest: artifact } };
  return chain(
    [ready, warnings],
    (s) => offer(s, target, work.taken, at),
    (s) => lookAfterBuild(s, generation, at),
  );
}

/** A build without network tells that a module is missing; why that is was seen before. */
function withReal(failure: Failure, unfetched: Failure | null): Failure {
  if (unfetched === null || !missing.has(failure.code)) return failure;
  const { diagnostics } = failure;
  return { ...unfetched, ...(diagnostics === undefined ? {} : { diagnostics }) };
}

/** What a build says that lacks a module; a line of go.sum is not to be had without it either. */
const missing: ReadonlySet<Failure["code"]> = new Set([
  "MODULE_UNREACHABLE",
  "MODULE_SUM_MISSING",
  "TOOLCHAIN_MISSING",
]);

/** `[modules] tidy = "auto"`: `go mod tidy` runs by itself, once for each change. */
function tidyAfter(
  state: State,
  { taken, generation }: Extract<Work, { phase: "build" }>,
  failure: Failure,
  at: number,
): Step | null {
  if (state.settings.modules.tidy !== "auto" || taken.tidied) return null;
  if (failure.fix === undefined || !tidied.has(failure.code)) return null;
  const red = { generation, failure, sources: true };
  const command = ["mod", "tidy"];
  return addPending({ ...state, red }, { ...taken, command, tidied: true }, at);
}

/** What `go mod tidy` can put right. */
const tidied: ReadonlySet<Failure["code"]> = new Set([
  "MODULE_NOT_FOUND",
  "MODULE_SUM_MISSING",
  "MODULE_FILE_OUTDATED",
]);

/** What a given-up build was for is still to be done; a cancelled one took no decision. */
function giveUp(state: State, work: Extract<Work, { phase: "build" }>, at: number): Step {
  const said = announce({ type: "build-cancelled", generation: work.generation });
  if (state.quitting !== null) return [state, [said]];
  const intake = { ...state.intake, cut: state.intake.cut + 1 };
  const { pending } = intake;
  const merged = pending === null ? work.taken : mergePending(work.taken, pending);
  if (pending !== null) return [{ ...state, intake: { ...intake, pending: merged } }, [said]];
  return chain([{ ...state, intake }, [said]], (s) => addPending(s, merged, at));
}

/** What a build command wrote into the sources is known from now on. */
function lookAfterBuild(state: State, build: number, at: number): Step {
  if (!state.settings.classify.buildWritesSources) return [state, []];
  return rescan(state, at, { lost: null, afterBuild: build });
}

/** A change of what is imported or embedded means that the graph has to be loaded again. */
function taint(state: State, taken: Pending): State {
  return taken.headerChanged
    ? { ...state, graph: { ...state.graph, wanted: true, current: false } }
    : state;
}

/**
 * Where a build gave the very binary that serves, and nothing but sources changed, a restart would
 * change nothing.
 */
function unchangedBinary(state: State, taken: Pending, target: Target): State | null {
  const serving = servingInstance(state.fleet);
  const { hash } = target.version.artifact;
  if (serving === null || hash === null) return null;
  if (serving.target.version.artifact.hash !== hash) return null;
  if (taken.request !== null || taken.restart || state.fleet.next !== null) return null;
  if (state.fleet.waiting?.restart === true) return null;
  const { generation } = target.version;
  const renamed = (version: Version): Version => ({ ...version, generation });
  const { build } = serving.target.version.artifact;
  const good = state.fleet.good.map((one) => (one.artifact.build === build ? renamed(one) : one));
  // What waited was older than this, which serves already.
  const fleet = { ...state.fleet, good, waiting: null };
  return patchInstance({ ...state, fleet }, serving.id, (one) => ({
    ...one,
    target: { ...one.target, version: renamed(one.target.version) },
  }));
}

function sameNotice(target: Target): Effect {
  return announce({
    type: "nothing-to-do",
    cause: target.cause,
    generation: target.version.generation,
    reason: "the new binary is the same as the running one",
  });
}

interface Failing {
  readonly taken: Pending;
  readonly failure: Failure;
  readonly phases: readonly Phase[];
  /** When the build began; null where it was not come to. */
  readonly building: number | null;
}

/** The newest sources cannot go live: the last good version keeps serving. */
export function fail(
  state: State,
  { taken, failure, phases, building }: Failing,
  at: number,
): Step {
  const generation =
    failure.code === "RULE_FAILED" || failure.code === "RULE_LOOP"
      ? state.generation + 1
      : state.generation;
  const serving = servingVersion(state.fleet)?.generation ?? null;
  const said = announce({
    type: "failed",
    generation,
    cause: causeOf(taken),
    failure,
    serving: state.settings.stopOnError ? null : serving,
    lead: leadOf(taken, building ?? at),
    phases,
    totalMs: at - taken.since,
  });
  return [{ ...state, generation, red: { generation, failure, sources: true } }, [said]];
}
