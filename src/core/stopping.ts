import type { Effect } from "./effect.ts";
import { patchInstance, findInstance } from "./instance.ts";
import type { Instance, State } from "./state.ts";
import type { Step } from "./step.ts";

/** A candidate that never was ready has nothing to finish: it gets this long at the most. */
const unreadyGraceMs = 1000;

/** Tells a process to end: one signal to its group, SIGKILL to the whole tree after the time-out. */
export function beginStop(state: State, id: number, at: number): Step {
  const instance = findInstance(state, id);
  if (instance === null || isLeaving(instance)) return [state, []];
  const { signal, timeoutMs } = state.settings.stop;
  const { status } = instance;
  const drained = status.type === "draining" && !status.handoff;
  const handedOff = status.type === "draining" && status.handoff;
  const wasReady = status.type === "ready" || handedOff;
  const ms = wasReady || drained ? timeoutMs : Math.min(timeoutMs, unreadyGraceMs);
  const stopped = patchInstance(state, id, (one) => ({
    ...one,
    status: { type: "stopping", since: at, killed: false, wasReady, drained, asked: false },
  }));
  const { fleet } = stopped;
  const downSince = wasReady && !handedOff ? at : fleet.downSince;
  const lastAddresses = wasReady ? instance.addresses : fleet.lastAddresses;
  return [
    { ...stopped, fleet: { ...fleet, downSince, lastAddresses } },
    [
      ...cancelTimers(id),
      { type: "signal-process", instance: id, signal },
      { type: "start-timer", timer: `stop:${id}`, ms },
    ],
  ];
}

/** How long a version that does not end has to say what it does. */
const reportMs = 250;

/** The time-out has passed: it is asked what it still does, and killed. */
export function stopDue(state: State, id: number): Step {
  const instance = findInstance(state, id);
  if (instance?.status.type !== "stopping" || !instance.attached || instance.status.asked) {
    return hurryStop(id)(state);
  }
  const asked = patchInstance(state, id, (one) =>
    one.status.type === "stopping" ? { ...one, status: { ...one.status, asked: true } } : one,
  );
  return [
    asked,
    [
      { type: "report-process", instance: id },
      { type: "start-timer", timer: `stop:${id}`, ms: reportMs },
    ],
  ];
}

/** It is killed now. */
export function hurryStop(id: number): (state: State) => Step {
  return (state) => {
    const instance = findInstance(state, id);
    if (instance === null) return [state, []];
    const killed = patchInstance(state, id, (one) =>
      one.status.type === "stopping" ? { ...one, status: { ...one.status, killed: true } } : one,
    );
    return [killed, [{ type: "kill-process", instance: id }]];
  };
}

/** A newer version has taken over from it: it may end in its own time. */
export function isOutgoing({ status }: Instance): boolean {
  if (status.type === "draining") return !status.handoff;
  return status.type === "stopping" && status.drained;
}

/** It serves no more, and will not again. */
export function isGoing(instance: Instance): boolean {
  return isLeaving(instance) || instance.status.type === "draining";
}

export function isLeaving(instance: Instance): boolean {
  return instance.status.type === "stopping" || instance.status.type === "ended";
}

/** Timers that only a living process needs. */
export function cancelTimers(id: number): Effect[] {
  return [
    { type: "cancel-timer", timer: `ready:${id}` },
    { type: "cancel-timer", timer: `uptime:${id}` },
    { type: "cancel-timer", timer: `settle:${id}` },
    { type: "cancel-timer", timer: `probation:${id}` },
    { type: "cancel-timer", timer: `take:${id}` },
    { type: "cancel-timer", timer: `drain:${id}` },
  ];
}
