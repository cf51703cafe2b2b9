import { beginBuild, fail } from "./build.ts";
import type { RuleOutcome } from "./event.ts";
import type { Failure } from "./failure.ts";
import { rescan } from "./intake.ts";
import { asksForWork, emptyPending, mergePending } from "./pending.ts";
import type { Pending, State, Work } from "./state.ts";
import { type Step, announce, chain } from "./step.ts";

/** After so many runs in a row that changed their own inputs, rules are said to loop. */
const rerunLimit = 3;

/**
 * Decides whether an attempt begins, goes on or has to be given up, and asks for it. Called after
 * every event; it does nothing where nothing is due.
 */
export function advanceWork(state: State, at: number): Step {
  const { work, intake } = state;
  if (state.quitting !== null) return cancelWork(state);
  if (work.phase !== "idle") return interrupts(state) ? cancelWork(state) : [state, []];
  const { pending } = intake;
  if (pending === null || intake.burst.armed || state.configuring !== null) return [state, []];
  if (held(state, pending)) return [state, []];
  const idle: State = { ...state, intake: { ...intake, pending: null } };
  if (pending.reloadConfig) {
    return [{ ...idle, configuring: pending }, [{ type: "reload-config" }]];
  }
  return beginRules(idle, pending, { queue: pending.rules, done: [], again: 0 }, at);
}

/** A pause holds back what files ask for, not what the user asks for. */
function held(state: State, pending: Pending): boolean {
  return state.paused && pending.request === null;
}

/** A change makes a build stale; a rule only when one of the rules of this attempt reads it. */
function interrupts(state: State): boolean {
  const { work } = state;
  const { pending } = state.intake;
  if (pending === null || held(state, pending)) return false;
  if (work.phase === "build") return !work.cancelling && asksForWork(pending);
  if (work.phase !== "rule" || work.cancelling) return false;
  return pending.rules.some((rule) => rule === work.rule || work.done.includes(rule));
}

function cancelWork(state: State): Step {
  const { work } = state;
  if (work.phase === "build" && !work.cancelling) {
    return [
      { ...state, work: { ...work, cancelling: true } },
      [{ type: "cancel-build", generation: work.generation }],
    ];
  }
  if (work.phase === "rule" && !work.cancelling) {
    return [
      { ...state, work: { ...work, cancelling: true } },
      [{ type: "cancel-rule", run: work.run }],
    ];
  }
  return [state, []];
}

interface RuleProgress {
  readonly queue: readonly number[];
  readonly done: readonly number[];
  readonly again: number;
}

function beginRules(state: State, taken: Pending, progress: RuleProgress, at: number): Step {
  const [rule, ...queue] = progress.queue;
  if (rule === undefined) return beginBuild(state, taken, at);
  const run = state.ruleRuns + 1;
  const work: Work = {
    phase: "rule",
    run,
    rule,
    queue,
    done: progress.done,
    again: progress.again,
    taken,
    since: at,
    cancelling: false,
  };
  const name = state.settings.rules[rule]?.name ?? String(rule);
  return [
    { ...state, ruleRuns: run, work },
    [announce({ type: "rule-started", rule: name }), { type: "run-rule", run, rule }],
  ];
}

/** A rule has ended: the next one, or a look at what they wrote, and then the build. */
export function ruleFinished(state: State, run: number, outcome: RuleOutcome, at: number): Step {
  const { work } = state;
  if (work.phase !== "rule" || work.run !== run) return [state, []];
  const name = state.settings.rules[work.rule]?.name ?? String(work.rule);
  const idle: State = { ...state, work: { phase: "idle" } };
  if (state.quitting !== null) return [idle, []];
  if (outcome.type === "cancelled" || work.cancelling) return runAgain(idle, work, name, at);
  if (outcome.type === "failed") return fail(idle, work.taken, outcome.failure, []);
  const said = announce({
    type: "rule-finished",
    rule: name,
    durationMs: outcome.durationMs,
  });
  const done = [...work.done, work.rule];
  if (work.queue.length > 0) {
    const progress = { queue: work.queue, done, again: work.again };
    return chain([idle, [said]], (s) => beginRules(s, work.taken, progress, at));
  }
  return chain([idle, [said]], (s) => {
    const [next, effects] = rescan(s, at, { lost: null, afterBuild: false });
    const batch = next.intake.batch;
    return [{ ...next, work: { phase: "gather", batch, taken: work.taken } }, effects];
  });
}

/** An input changed while its rule ran: the newest state wins, unless the rule itself did it. */
function runAgain(
  state: State,
  work: Extract<Work, { phase: "rule" }>,
  name: string,
  at: number,
): Step {
  const pending = state.intake.pending ?? emptyPending(at);
  const taken = mergePending(work.taken, pending);
  const cleared: State = { ...state, intake: { ...state.intake, pending: null } };
  if (work.again + 1 >= rerunLimit) {
    return fail(cleared, taken, loopFailure(name), []);
  }
  const progress = { queue: taken.rules, done: [], again: work.again + 1 };
  return beginRules(cleared, taken, progress, at);
}

function loopFailure(rule: string): Failure {
  return {
    code: "RULE_LOOP",
    message: `rule ${rule} keeps changing its own inputs`,
    hint: `name the files it writes in "outputs" of the rule, or leave them out with "excludes"`,
  };
}

/** The look at the disk after the rules is answered: now the build reads what they wrote. */
export function gathered(state: State, batch: number, at: number): Step {
  const { work } = state;
  if (work.phase !== "gather" || work.batch !== batch) return [state, []];
  const idle: State = { ...state, work: { phase: "idle" } };
  return beginBuild(idle, work.taken, at);
}
