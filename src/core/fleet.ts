import { handOff } from "./draining.ts";
import { servingInstance } from "./instance.ts";
import { labelOf } from "./label.ts";
import { beginStop, hurryStop, isLeaving, isOutgoing } from "./stopping.ts";
import type { Effect } from "./effect.ts";
import { holdBack, pausedInstance } from "./pausing.ts";
import { expectation, readyTimers } from "./ready.ts";
import { type Fleet, type Instance, type State, type Target, noDrain } from "./state.ts";
import { type Step, chain } from "./step.ts";
import { chooseHandoff, obstacle, wayOf } from "./swap-way.ts";

/**
 * Brings the processes nearer to what is wanted, one step at a time. Where the program that serves
 * takes part, the next version starts beside it and takes over when it is ready; else it starts when
 * no other is alive. Called after every event.
 */
export function advanceFleet(state: State, at: number): Step {
  if (state.quitting !== null) return stopAll(state, at);
  const { next } = state.fleet;
  const paused = pausedInstance(state);
  if (paused !== null) return holdBack(state, paused, next);
  if (stopsOnError(state) && !isAskedFor(next)) return stopUnasked(state, at);
  if (next === null) return [state, []];
  const serving = servingInstance(state.fleet);
  const known = serving === null ? null : obstacle(state, serving);
  if (known !== null) {
    return chain(chooseHandoff(state, next.version.generation, known), (s) => advanceFleet(s, at));
  }
  const way = serving === null ? "stop-start" : wayOf(state, serving, next);
  const inTheWay = state.fleet.instances.filter(
    (one) => !mayLive(state, one) && !(one === serving && way === "overlap"),
  );
  if (inTheWay.length === 0) return startNext(state, next, at);
  return chain(
    [state, []],
    ...inTheWay.map((one) =>
      one === serving && way === "handoff"
        ? (s: State) => handOff(s, one, at)
        : makeWayInTime(one, at),
    ),
  );
}

/** What finishes only what it has begun lives beside the next version, where two can. */
function mayLive(state: State, one: Instance): boolean {
  return isOutgoing(one) && state.fleet.alone === null;
}

/** What drains is given its time. */
const makeWayInTime =
  (instance: Instance, at: number) =>
  (state: State): Step =>
    instance.status.type === "draining" ? [state, []] : makeWay(at)(instance)(state);

/** air's `stop_on_error`: nothing runs while the sources do not build. */
function stopsOnError(state: State): boolean {
  return state.settings.stopOnError && state.red?.sources === true;
}

/** A version that the user went back to by hand runs all the same. */
function stopUnasked(state: State, at: number): Step {
  const unasked = state.fleet.instances.filter(({ target }) => !isAskedFor(target));
  const idle: State = { ...state, fleet: { ...state.fleet, next: null, restart: null } };
  return chain([idle, []], ...unasked.map(makeWay(at)));
}

function isAskedFor(target: Target | null): boolean {
  return target?.purpose.type === "rollback" && target.purpose.why === "requested";
}

const makeWay =
  (at: number) =>
  (instance: Instance) =>
  (state: State): Step =>
    isLeaving(instance) ? [state, []] : beginStop(state, instance.id, at);

function stopAll(state: State, at: number): Step {
  return chain([state, []], ...state.fleet.instances.map(makeWay(at)));
}

function startNext(state: State, next: Target, at: number): Step {
  const id = state.fleet.count + 1;
  const serving = servingInstance(state.fleet);
  const { mode, activated } = state.settings.swap;
  const earlier = serving?.addresses ?? state.fleet.lastAddresses;
  // That it has the sockets which it inherits proves nothing.
  const expect = activated === true ? [] : expectation(earlier);
  const label = labelOf(state, next);
  const instance: Instance = {
    id,
    target: next,
    pid: 0,
    addresses: [],
    unheld: [],
    expect,
    startedAt: at,
    attached: false,
    emptied: false,
    label,
    drain: noDrain,
    paused: null,
    retries: state.settings.ready.health ? state.settings.ready.retries : 0,
    status: {
      type: "starting",
      seen: {
        healthy: false,
        notified: false,
        logMatched: false,
        uptime: false,
        settled: false,
      },
    },
  };
  const fleet: Fleet = {
    ...state.fleet,
    count: id,
    next: null,
    finished: null,
    restart: null,
    instances: [...state.fleet.instances, instance],
  };
  const effects: Effect[] = [
    { type: "cancel-timer", timer: "restart" },
    {
      type: "start-process",
      instance: id,
      version: next.version,
      expect,
      held: mode !== "stop-start" && next.version.artifact.shim && activated !== true,
      label,
      beside: serving?.pid ?? null,
    },
    ...readyTimers(state.settings.ready, id),
  ];
  return [{ ...state, fleet }, effects];
}

/** A second Ctrl-C: whatever is alive is killed now. */
export function killAll(state: State): Step {
  return chain([state, []], ...state.fleet.instances.map((one) => hurryStop(one.id)));
}
