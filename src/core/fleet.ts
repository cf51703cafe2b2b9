import { servingInstance } from "./instance.ts";
import { beginStop, hurryStop, isLeaving, isOutgoing } from "./stopping.ts";
import type { Effect } from "./effect.ts";
import { readyTimers } from "./ready.ts";
import type { Fleet, Instance, State, Target } from "./state.ts";
import { type Step, chain } from "./step.ts";
import type { Address } from "./version.ts";

/**
 * Brings the processes nearer to what is wanted, one step at a time. Where the program that serves
 * takes part, the next version starts beside it and takes over when it is ready; else it starts when
 * no other is alive. Called after every event.
 */
export function advanceFleet(state: State, at: number): Step {
  if (state.quitting !== null) return stopAll(state, at);
  const { next } = state.fleet;
  if (stopsOnError(state) && !isAskedFor(next)) return stopUnasked(state, at);
  if (next === null) return [state, []];
  const inTheWay = state.fleet.instances.filter((one) => !isOutgoing(one) && !mayStay(state, one));
  if (inTheWay.length > 0) return chain([state, []], ...inTheWay.map(makeWay(at)));
  return startNext(state, next, at);
}

/** The version that serves, if a new one can take over from it without a gap. */
function mayStay(state: State, { attached, status }: Instance): boolean {
  return state.settings.swap.mode === "overlap" && attached && status.type === "ready";
}

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
  const expect = expectation(serving?.addresses ?? state.fleet.lastAddresses);
  const instance: Instance = {
    id,
    target: next,
    pid: 0,
    addresses: [],
    expect,
    startedAt: at,
    attached: false,
    emptied: false,
    status: {
      type: "starting",
      seen: { healthy: false, logMatched: false, uptime: false, settled: false },
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
    { type: "start-process", instance: id, version: next.version, expect },
    ...readyTimers(state.settings.ready, id),
  ];
  return [{ ...state, fleet }, effects];
}

/** A second Ctrl-C: whatever is alive is killed now. */
export function killAll(state: State): Step {
  return chain([state, []], ...state.fleet.instances.map((one) => hurryStop(one.id)));
}

/**
 * What the successor of a version must listen on: not UDP, where a bound socket is often a client's,
 * and not ports that the system may have chosen.
 */
function expectation(addresses: readonly Address[]): readonly Address[] {
  return addresses.filter(({ network, address }) => {
    if (network !== "tcp") return network === "unix";
    return Number(address.slice(address.lastIndexOf(":") + 1)) < ephemeralPort;
  });
}

/** The first port that Linux gives away by itself (net.ipv4.ip_local_port_range). */
const ephemeralPort = 32_768;
