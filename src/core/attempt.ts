import { asksForWork } from "./pending.ts";
import { beginRules } from "./rules.ts";
import type { Pending, State } from "./state.ts";
import type { Step } from "./step.ts";

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
  return beginRules(idle, pending, at);
}

/** A pause holds back what files ask for, not what the user asks for. */
function held(state: State, pending: Pending): boolean {
  return state.paused && pending.request === null;
}

/**
 * So many builds in a row changes may cut short. The next one goes on to its end: files that never come
 * to rest would otherwise lead to no version at all.
 */
export const mostCut = 5;

/** A change makes a build stale, and what is fetched for it; a rule that runs only when it reads what has changed. */
function interrupts(state: State): boolean {
  const { work } = state;
  const { pending } = state.intake;
  if (pending === null || held(state, pending)) return false;
  if (work.phase === "build") {
    const impatient = !pending.patient && state.intake.cut < mostCut;
    return !work.cancelling && impatient && asksForWork(pending);
  }
  if (work.phase === "modules") {
    return !work.cancelling && work.job.type === "fetch" && asksForWork(pending);
  }
  return work.phase === "rule" && !work.cancelling && pending.rules.includes(work.rule);
}

function cancelWork(state: State): Step {
  const { work } = state;
  if (work.phase === "build" && !work.cancelling) {
    return [
      { ...state, work: { ...work, cancelling: true } },
      [{ type: "cancel-build", generation: work.generation }],
    ];
  }
  if (work.phase === "modules" && !work.cancelling) {
    return [
      { ...state, work: { ...work, cancelling: true } },
      [{ type: "cancel-modules", run: work.run }],
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
