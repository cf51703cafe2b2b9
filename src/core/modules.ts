import { asksForBuild, beginBuild, fail } from "./build.ts";
import type { ModuleJob } from "./effect.ts";
import type { FetchProgress, ModulesOutcome, Origin } from "./event.ts";
import type { Failure } from "./failure.ts";
import { addPending, rescan } from "./intake.ts";
import { type ClassifiedFact, addFacts, emptyPending, mergePending } from "./pending.ts";
import type { Pending, State, Work } from "./state.ts";
import { type Step, announce, chain } from "./step.ts";

type ModulesWork = Extract<Work, { phase: "modules" }>;

/**
 * What comes between the rules and the build of an attempt: a go command that was asked for, or the
 * modules that may be missing. Where nothing of it is due the build begins.
 */
export function beginModules(state: State, taken: Pending, at: number): Step {
  const owed = state.modules.owed || taken.modules;
  const next: State = { ...state, modules: { ...state.modules, owed } };
  const { command } = taken;
  if (command !== null) return startJob(next, taken, { type: "command", args: command }, at);
  const fetches = owed && state.settings.modules.download && asksForBuild(state, taken);
  return fetches ? startJob(next, taken, { type: "fetch" }, at) : beginBuild(next, taken, at, null);
}

function startJob(state: State, taken: Pending, job: ModuleJob, at: number): Step {
  const run = state.modules.run + 1;
  const work: Work = {
    phase: "modules",
    run,
    job,
    progress: null,
    // The rules have run.
    taken: { ...taken, rules: [], command: null, patient: false },
    since: at,
    cancelling: false,
  };
  const why = state.red?.failure.message ?? null;
  const said =
    job.type === "command"
      ? [announce({ type: "fix-started", command: job.args, auto: taken.tidied, why })]
      : [];
  return [
    { ...state, work, modules: { ...state.modules, run } },
    [...said, { type: "run-modules", run, job }],
  ];
}

/** Modules are missing; or some of them are there now. */
export function modulesProgress(state: State, run: number, progress: FetchProgress): Step {
  const { work } = state;
  if (work.phase !== "modules" || work.run !== run) return [state, []];
  const { total, current } = progress;
  const said =
    work.progress === null ? [announce({ type: "fetch-started", total, first: current })] : [];
  return [{ ...state, work: { ...work, progress } }, said];
}

/** The modules are there, the command has ended, or it was given up: only the run that goes on counts. */
export function modulesFinished(
  state: State,
  run: number,
  outcome: ModulesOutcome,
  at: number,
): Step {
  const { work } = state;
  if (work.phase !== "modules" || work.run !== run) return [state, []];
  const idle: State = { ...state, work: { phase: "idle" } };
  if (state.quitting !== null) return [idle, []];
  if (work.cancelling || outcome.type === "cancelled") return giveUp(idle, work, at);
  if (work.job.type === "command") return commandFinished(idle, work, outcome, at);
  if (outcome.type === "failed") return beginBuild(idle, work.taken, at, outcome.failure);
  const fetched: State = { ...idle, modules: { ...idle.modules, owed: false } };
  const { durationMs } = outcome;
  const count = outcome.type === "fetched" ? outcome.count : 0;
  const said = count > 0 ? [announce({ type: "fetch-finished", count, durationMs })] : [];
  return chain([fetched, said], (s) => beginBuild(s, work.taken, at, null));
}

/** What it was for is still to be done, together with what has changed meanwhile. */
function giveUp(state: State, { taken, job }: ModulesWork, at: number): Step {
  const { pending } = state.intake;
  const again = job.type === "command" ? { ...taken, command: job.args } : taken;
  if (pending === null) return addPending(state, again, at);
  const merged = mergePending(again, pending);
  return [{ ...state, intake: { ...state.intake, pending: merged } }, []];
}

/** What it wrote is looked at, so that it counts as known; then the attempt goes on. */
function commandFinished(
  state: State,
  work: ModulesWork,
  outcome: ModulesOutcome,
  at: number,
): Step {
  const { job } = work;
  const command = job.type === "command" ? job.args : [];
  if (outcome.type === "failed") {
    const { restart, headerChanged } = work.taken;
    const owed = { rules: [], build: true, restart, headerChanged };
    const failure = { fix: command, ...outcome.failure };
    const taken = { ...work.taken, command };
    return fail({ ...state, owed }, { taken, failure, phases: [], building: null }, at);
  }
  const { durationMs = 0 } = outcome.type === "cancelled" ? {} : outcome;
  const warnings = outcome.type === "done" ? outcome.said : [];
  const said = announce({ type: "fix-finished", command, durationMs, said: warnings });
  const [joined, taken] = joinPending(state, work.taken);
  return chain([joined, [said]], (s) => {
    const [next, effects] = rescan(s, at, { lost: null });
    const { batch } = next.intake;
    const progress = { queue: taken.rules, done: [], rewrites: 0, restarts: 0 };
    return [{ ...next, work: { phase: "gather", batch, taken, progress } }, effects];
  });
}

/** What was saved while the command ran is built together with what it wrote. */
function joinPending(state: State, taken: Pending): readonly [State, Pending] {
  const { pending } = state.intake;
  if (pending === null || pending.reloadConfig || state.paused) return [state, taken];
  return [
    { ...state, intake: { ...state.intake, pending: null } },
    mergePending(taken, { ...pending, tidied: false }),
  ];
}

/**
 * While the command runs, a change of module files is its own. Null where it is another attempt's
 * affair.
 */
export function absorbWritten(
  state: State,
  changed: readonly ClassifiedFact[],
  since: number,
): State | null {
  const { work } = state;
  if (work.phase !== "modules" || work.job.type !== "command" || !isAllModules(changed))
    return null;
  const change = { ...addFacts(emptyPending(since), changed), tidied: true };
  return { ...state, work: { ...work, taken: mergePending(work.taken, change) } };
}

export const isAllModules = (changed: readonly ClassifiedFact[]): boolean =>
  changed.every(({ classified }) => classified.kind === "module");

/** The command that puts the newest failure right, or why there is none to run. */
export function fixChoice(state: State): readonly string[] | Failure {
  const fix = state.red?.failure.fix;
  if (fix === undefined) {
    return {
      code: "NOTHING_TO_FIX",
      message: "there is no failure that a go command would put right",
    };
  }
  if (state.settings.modules.tidy !== "never") return fix;
  return {
    code: "NOTHING_TO_FIX",
    message: 'the configuration says modules.tidy = "never"',
    hint: `run \`go ${fix.join(" ")}\` yourself`,
  };
}

/** The user wants the command of the failure to be run. */
export function requestFix(state: State, origin: Origin, at: number): Step {
  const choice = fixChoice(state);
  if ("code" in choice) return [state, [announce({ type: "refused", failure: choice })]];
  // It runs already.
  if (state.work.phase === "modules" && state.work.job.type === "command") return [state, []];
  const pending: Pending = {
    ...emptyPending(at),
    need: "build",
    request: origin,
    command: choice,
  };
  return addPending(state, pending, at);
}
