import type { Happening, StateNews, StopReport } from "./event.ts";
import { findInstance, patchInstance, servingInstance } from "./instance.ts";
import type { Drain, Instance, State } from "./state.ts";
import { cancelTimers, beginStop, hurryStop } from "./stopping.ts";
import { type Step, announce, chain } from "./step.ts";
import { chooseHandoff, mayStay } from "./swap-way.ts";

/** The new version serves: the one before hands over what it has, and ends when that is done. */
export function beginDrain(state: State, before: Instance | null, at: number): Step {
  if (before === null) return [state, []];
  const draining = patchInstance(state, before.id, (one) => ({
    ...one,
    status: { type: "draining", since: at, handoff: false },
  }));
  if (before.emptied || !before.attached) return beginStop(draining, before.id, at);
  return [
    draining,
    [{ type: "cancel-timer", timer: `probation:${before.id}` }, drainTimer(state, before.id)],
  ];
}

/** Nothing can live beside this version: it finishes what it has begun, and ends. Clients wait. */
export function handOff(state: State, instance: Instance, at: number): Step {
  const draining = patchInstance(state, instance.id, (one) => ({
    ...one,
    status: { type: "draining", since: at, handoff: true },
  }));
  const fleet = { ...draining.fleet, downSince: at, lastAddresses: instance.addresses };
  const { drainMs: ms, streams } = state.settings.swap;
  return [
    { ...draining, fleet },
    [
      ...cancelTimers(instance.id),
      { type: "drain-process", instance: instance.id, to: null, ms, streams },
      drainTimer(state, instance.id),
    ],
  ];
}

/** How long streams may take beyond the time for requests: they are closed after the rest. */
const streamsMs = 2000;

const drainTimer = (state: State, id: number) =>
  ({
    type: "start-timer",
    timer: `drain:${id}`,
    ms: state.settings.swap.drainMs + streamsMs,
  }) as const;

/** The old version has told what became of its clients. */
export function processDrained(
  state: State,
  event: Extract<Happening, { type: "process-drained" }>,
  at: number,
): Step {
  const { moved, closed, left: cut, main, goroutines } = event;
  const noted = note(state, event.instance, { moved, closed, cut, main, goroutines });
  return drainOver(noted, event.instance, at);
}

/** Nothing is left to hand over, or the time for it is over. */
export function drainOver(state: State, id: number, at: number): Step {
  const emptied = patchInstance(state, id, (one) => ({ ...one, emptied: true }));
  const instance = findInstance(emptied, id);
  return instance?.status.type === "draining" ? beginStop(emptied, id, at) : [emptied, []];
}

export function processLeft(state: State, id: number, left: number): Step {
  return [note(state, id, { cut: left }), []];
}

/** It has said why it does not end, and is killed now. */
export function processReported(state: State, id: number, report: StopReport): Step {
  const { left: cut, descriptors, goroutines } = report;
  const noted = note(state, id, { cut, descriptors, goroutines });
  const status = findInstance(noted, id)?.status;
  const due = status?.type === "stopping" && status.asked && !status.killed;
  return due ? hurryStop(id)(noted) : [noted, []];
}

export function processState(state: State, id: number, news: StateNews): Step {
  const instance = findInstance(state, id);
  if (instance === null) return [state, []];
  const { generation } = instance.target.version;
  return [state, [announce({ type: "state-news", generation, news })]];
}

function note(state: State, id: number, facts: Partial<Drain>): State {
  return patchInstance(state, id, (one) => ({ ...one, drain: { ...one.drain, ...facts } }));
}

/**
 * A candidate waits for what the version that serves has, such as a lock: that one ends first, and
 * the candidate goes on when it has.
 */
export function processBlocked(state: State, id: number, by: string, at: number): Step {
  const instance = findInstance(state, id);
  const serving = servingInstance(state.fleet);
  const { alone } = state.fleet;
  if (instance?.status.type !== "starting" || serving === null || alone !== null)
    return [state, []];
  if (!mayStay(state, serving)) return [state, []];
  const { generation } = instance.target.version;
  const { ready, swap, stop } = state.settings;
  // Its own time begins when the other one has ended, at the latest.
  const ms = ready.deadlineMs + swap.drainMs + streamsMs + 2 * stop.timeoutMs;
  return chain(
    chooseHandoff(state, generation, by),
    // Without gust's files it cannot be asked to hand over: it ends as it is told to.
    (s) => (serving.attached ? handOff(s, serving, at) : beginStop(s, serving.id, at)),
    (s) => [s, [{ type: "start-timer", timer: `ready:${id}`, ms }]],
  );
}
