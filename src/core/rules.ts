import { fail } from "./build.ts";
import type { RuleOutcome } from "./event.ts";
import type { Failure } from "./failure.ts";
import { rescan } from "./intake.ts";
import { absorbWritten, beginModules, isAllModules } from "./modules.ts";
import { addFacts, type ClassifiedFact, emptyPending, mergePending, withOwed } from "./pending.ts";
import {
  type Owed,
  type Pending,
  type RuleProgress,
  type State,
  type Work,
  nothingOwed,
} from "./state.ts";
import { type Step, announce, chain } from "./step.ts";

/** A rule that has changed its own inputs this often in a row is said to loop. */
const rewriteLimit = 3;

/** The same for a rule that has to be given up each time, which a busy user may cause as well. */
const restartLimit = 20;

/** Starts an attempt: the rules that the change asks for, those that are still owed, the build. */
export function beginRules(state: State, taken: Pending, at: number): Step {
  const whole = { ...withOwed(taken, state.owed), begun: at, ruled: at };
  const progress = { queue: whole.rules, done: [], rewrites: 0, restarts: 0 };
  return nextRule({ ...state, owed: nothingOwed }, whole, progress, at);
}

function nextRule(state: State, taken: Pending, progress: RuleProgress, at: number): Step {
  const [rule, ...queue] = progress.queue;
  if (rule === undefined) return beginModules(state, { ...taken, ruled: at }, at);
  const run = state.ruleRuns + 1;
  const work: Work = {
    phase: "rule",
    run,
    rule,
    progress: { ...progress, queue },
    taken,
    since: at,
    cancelling: false,
  };
  return [
    { ...state, ruleRuns: run, work },
    [
      announce({ type: "rule-started", rule: nameOf(state, rule) }),
      { type: "run-rule", run, rule },
    ],
  ];
}

/** A rule has ended: what it wrote is looked at, so that it counts as known. */
export function ruleFinished(state: State, run: number, outcome: RuleOutcome, at: number): Step {
  const { work } = state;
  if (work.phase !== "rule" || work.run !== run) return [state, []];
  const idle: State = { ...state, work: { phase: "idle" } };
  if (state.quitting !== null) return [idle, []];
  if (outcome.type === "cancelled" || work.cancelling) return runAgain(idle, work, at);
  if (outcome.type === "failed") return failRule(idle, work, outcome.failure, at);
  const { durationMs } = outcome;
  const said = announce({ type: "rule-finished", rule: nameOf(state, work.rule), durationMs });
  const done = union(work.progress.done, [work.rule]);
  const progress = { ...work.progress, done };
  return chain([idle, [said]], (s) => {
    const [next, effects] = rescan(s, at, { lost: null });
    const { batch } = next.intake;
    return [{ ...next, work: { phase: "gather", batch, taken: work.taken, progress } }, effects];
  });
}

/** An input changed while its rule ran: the newest state wins. */
function runAgain(state: State, work: Extract<Work, { phase: "rule" }>, at: number): Step {
  const { pending } = state.intake;
  const taken = pending === null ? work.taken : mergePending(work.taken, pending);
  const cleared: State = { ...state, intake: { ...state.intake, pending: null } };
  const changed = pending?.rules ?? [];
  const queue = union([work.rule, ...work.progress.queue], changed);
  if (taken.reloadConfig) {
    // Rules of another configuration may be others: what is left goes through it first.
    const rest = { ...taken, rules: queue };
    return [{ ...state, intake: { ...state.intake, pending: rest } }, []];
  }
  const restarts = work.progress.restarts + 1;
  if (restarts >= restartLimit) {
    return stopLoop(cleared, { ...work, taken }, at);
  }
  const progress: RuleProgress = {
    ...work.progress,
    queue,
    done: work.progress.done.filter((rule) => !changed.includes(rule)),
    restarts,
  };
  return nextRule(cleared, taken, progress, at);
}

/**
 * While rules run the build has not begun, so what they write is read by it anyway: such a change
 * joins the attempt, and may bring further rules into it. Null where it is another attempt's affair:
 * the rule that runs now reads it, or the configuration has changed.
 */
export function absorb(
  state: State,
  changed: readonly ClassifiedFact[],
  since: number,
): State | null {
  const { work } = state;
  if (work.phase === "modules") return absorbWritten(state, changed, since);
  if (work.phase !== "rule" && work.phase !== "gather") return null;
  // Module files alone are what the go command has written that ran before.
  const change = { ...addFacts(emptyPending(since), changed), tidied: isAllModules(changed) };
  if (change.reloadConfig) return null;
  if (work.phase === "rule" && change.rules.includes(work.rule)) return null;
  const { progress } = work;
  const rewritten = change.rules.some((rule) => progress.done.includes(rule));
  return {
    ...state,
    work: {
      ...work,
      taken: mergePending(work.taken, change),
      progress: {
        ...progress,
        queue: union(progress.queue, change.rules),
        done: progress.done.filter((rule) => !change.rules.includes(rule)),
        rewrites: rewritten ? progress.rewrites + 1 : progress.rewrites,
      },
    },
  };
}

/** The look at the disk after a rule is answered: the next rule, or the build. */
export function gathered(state: State, batch: number, at: number): Step {
  const { work } = state;
  if (work.phase !== "gather" || work.batch !== batch) return [state, []];
  const idle: State = { ...state, work: { phase: "idle" } };
  const { progress, taken } = work;
  const [rule] = progress.queue;
  if (rule !== undefined && progress.rewrites >= rewriteLimit) {
    return stopLoop(idle, { ...work, rule }, at);
  }
  return nextRule(idle, taken, progress, at);
}

/** A rule that loops has run often enough: it is not owed, and its last traces are not a change. */
function stopLoop(state: State, work: Stopped, at: number): Step {
  const { queue } = work.progress;
  const rules = queue.filter((rule) => rule !== work.rule);
  const failure = loopFailure(nameOf(state, work.rule));
  return chain(failWith(state, { rules, taken: work.taken, failure }, at), (s) =>
    rescan(s, at, { lost: null, afterLoop: work.rule }),
  );
}

interface Stopped {
  readonly rule: number;
  readonly progress: RuleProgress;
  readonly taken: Pending;
}

/** What a failed rule should have made is missing: it runs again with the next attempt. */
function failRule(state: State, work: Stopped, failure: Failure, at: number): Step {
  const rules = union([work.rule], work.progress.queue);
  return failWith(state, { rules, taken: work.taken, failure }, at);
}

interface RuleFailure {
  /** What is still to run. */
  readonly rules: readonly number[];
  readonly taken: Pending;
  readonly failure: Failure;
}

/** Whatever else had changed has not been built either, and is still to be done. */
function failWith(state: State, { rules, taken, failure }: RuleFailure, at: number): Step {
  const { restart, headerChanged } = taken;
  const owed: Owed = { rules, build: true, restart, headerChanged };
  const modules = { ...state.modules, owed: state.modules.owed || taken.modules };
  const failing = { taken: { ...taken, ruled: at }, failure, phases: [], building: null };
  return fail({ ...state, owed, modules }, failing, at);
}

function loopFailure(rule: string): Failure {
  return {
    code: "RULE_LOOP",
    message: `rule ${rule} keeps changing its own inputs`,
    hint: `name the files it writes in "outputs" of the rule, or leave them out with "excludes"`,
  };
}

const nameOf = (state: State, rule: number): string =>
  state.settings.rules[rule]?.name ?? String(rule);

const union = (a: readonly number[], b: readonly number[]): readonly number[] =>
  [...new Set([...a, ...b])].toSorted((x, y) => x - y);
