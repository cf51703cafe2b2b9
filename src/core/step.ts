import type { Effect } from "./effect.ts";
import type { Notice } from "./notice.ts";
import type { State } from "./state.ts";

/** What a reducer returns: the next state, and what is to be done. */
export type Step = readonly [State, readonly Effect[]];

/** Runs reducers one after the other and keeps their effects in order. */
export function chain(start: Step, ...moves: readonly ((state: State) => Step)[]): Step {
  let [state, effects] = start;
  for (const move of moves) {
    const [next, more] = move(state);
    state = next;
    effects = [...effects, ...more];
  }
  return [state, effects];
}

export const announce = (notice: Notice): Effect => ({ type: "announce", notice });
