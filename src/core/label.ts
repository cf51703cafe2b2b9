import type { Effect } from "./effect.ts";
import { patchInstance } from "./instance.ts";
import type { Instance, State, Target } from "./state.ts";
import type { Step } from "./step.ts";

/**
 * Lets every version that may answer know what to tell of itself: `13`, or `12; stale; failed=13`
 * while a newer save is not live. Called after every event.
 */
export function advanceLabels(state: State): Step {
  let next = state;
  const effects: Effect[] = [];
  for (const instance of state.fleet.instances) {
    const label = labelOf(state, instance.target);
    if (!instance.attached || !answers(instance) || label === instance.label) continue;
    next = patchInstance(next, instance.id, (one) => ({ ...one, label }));
    effects.push({ type: "label-process", instance: instance.id, label });
  }
  return [next, effects];
}

/** A version that drains answers what it began with, as what it was then. */
function answers({ status }: Instance): boolean {
  return status.type === "starting" || status.type === "taking" || status.type === "ready";
}

export function labelOf(state: State, target: Target): string {
  const { generation } = target.version;
  const { red, settings } = state;
  const words = [
    ...(settings.swap.header ? [] : ["-"]),
    isStale(state, target) ? `${generation}; stale` : `${generation}`,
  ];
  const failed = red === null || red.generation <= generation ? "" : `; failed=${red.generation}`;
  return words.join(" ") + failed + waitingWords(state, target);
}

function waitingWords({ fleet: { waiting } }: State, target: Target): string {
  const newer = waiting?.target.version.generation ?? 0;
  return newer > target.version.generation ? `; waiting=${newer}` : "";
}

function isStale(state: State, { version, purpose }: Target): boolean {
  const { generation } = version;
  if (state.red !== null && state.red.generation > generation) return true;
  const { waiting } = state.fleet;
  if (waiting !== null && waiting.target.version.generation > generation) return true;
  const chosen = purpose.type === "rollback" && purpose.why === "requested";
  return chosen && generation < state.generation && state.work.phase === "idle";
}
