import type { Place } from "./event.ts";
import { findInstance, patchInstance } from "./instance.ts";
import { checkReady, countUptime } from "./readying.ts";
import type { Instance, State, Target } from "./state.ts";
import { type Step, announce, chain } from "./step.ts";
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
  // What has been seen of its start meanwhile counts now, but not how long it stood.
  return chain(goesOn(instance, paused) ? countUptime(next, id) : [next, []], (s) =>
    checkReady(s, id, at),
  );
}

const goesOn = (instance: Instance, paused: boolean): boolean =>
  instance.paused !== null && !paused;

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
