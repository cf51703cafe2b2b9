import type { Place } from "./event.ts";
import { findInstance, patchInstance } from "./instance.ts";
import { checkReady } from "./readying.ts";
import type { Instance, State, Target } from "./state.ts";
import { type Step, announce } from "./step.ts";
import { isLeaving } from "./stopping.ts";

/** A program that a debugger has stopped. */
export interface Pause {
  /** Where; null where that is not known. */
  readonly place: Place | null;
  /** The newest generation that was told to wait for it; 0 for none. */
  readonly told: number;
}

/** A debugger has stopped the program, or lets it go on. */
export function processPaused(
  state: State,
  event: { readonly instance: number; readonly paused: boolean; readonly place: Place | null },
  at: number,
): Step {
  const { instance: id, paused, place } = event;
  const instance = findInstance(state, id);
  if (instance === null) return [state, []];
  const told = instance.paused?.told ?? 0;
  const pause = paused ? { place, told } : null;
  const next = patchInstance(state, id, (one) => ({ ...one, paused: pause }));
  // What has been seen of its start meanwhile counts now.
  return checkReady(next, id, at);
}

/** The instance that somebody looks at in a debugger: nothing is done to it meanwhile. */
export function pausedInstance(state: State): Instance | null {
  return state.fleet.instances.find((one) => one.paused !== null && !isLeaving(one)) ?? null;
}

/** No swap takes a stopped program away: the next version waits, and that is said once. */
export function holdBack(state: State, stopped: Instance, next: Target | null): Step {
  const pause = stopped.paused;
  const generation = next?.version.generation ?? 0;
  if (pause === null || next === null || pause.told === generation) return [state, []];
  const told = patchInstance(state, stopped.id, (one) => ({
    ...one,
    paused: { ...pause, told: generation },
  }));
  const serving = stopped.target.version.generation;
  return [told, [announce({ type: "held-back", generation, serving, place: pause.place })]];
}
