import type { HoldAnswer } from "./effect.ts";
import type { Instance, State } from "./state.ts";
import type { Step } from "./step.ts";

/** Says what clients are told while nothing is alive. Called after every event. */
export function advanceHold(state: State): Step {
  const answer = answerOf(state);
  if (isSame(answer, state.hold)) return [state, []];
  return [{ ...state, hold: answer }, [{ type: "hold-clients", answer }]];
}

/** Null while a version accepts, or will within moments. */
function answerOf(state: State): HoldAnswer | null {
  const { fleet, red, settings, quitting } = state;
  const { mode, holdMs: ms } = settings.swap;
  if (mode === "stop-start" || ms === 0 || quitting !== null) return null;
  if (fleet.instances.some(serves)) return null;
  const coming = fleet.next !== null || fleet.instances.some(isStarting);
  if (coming || red === null) return { ms, failure: null, generation: null };
  return { ms, failure: red.failure, generation: red.generation };
}

function serves({ status }: Instance): boolean {
  return status.type === "ready" || status.type === "taking" || status.type === "draining";
}

const isStarting = ({ status }: Instance): boolean => status.type === "starting";

function isSame(a: HoldAnswer | null, b: HoldAnswer | null): boolean {
  if (a === null || b === null) return a === b;
  return a.ms === b.ms && a.failure === b.failure && a.generation === b.generation;
}
