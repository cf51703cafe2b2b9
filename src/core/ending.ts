import type { Effect } from "./effect.ts";
import type { Exit, Leftovers } from "./event.ts";
import type { Failure } from "./failure.ts";
import { fallBack } from "./fallback.ts";
import { findInstance, patchInstance, servingInstance } from "./instance.ts";
import type { Instance, State } from "./state.ts";
import { beginStop, cancelTimers, isGoing } from "./stopping.ts";
import { isTold } from "./ready.ts";
import { type Step, announce, chain } from "./step.ts";
import { chooseHandoff, mayStay } from "./swap-way.ts";

/** How long children may outlive a main process that was told to end. */
const leftoverGraceMs = 1000;

/** The longest delay before a program that keeps crashing is started again. */
const restartMaxMs = 30_000;

/** The process could not even be started. */
export function processFailed(state: State, id: number, failure: Failure, at: number): Step {
  const instance = findInstance(state, id);
  if (instance === null) return [state, []];
  const instances = state.fleet.instances.filter((one) => one.id !== id);
  const gone: State = { ...state, fleet: { ...state.fleet, instances } };
  const clear: readonly Effect[] = cancelTimers(id);
  if (instance.status.type === "stopping") return [gone, clear];
  return chain([gone, clear], (s) => fallBack(s, instance, failure, at));
}

/**
 * The main process ended. If it was told to, the rest of its tree has until the stop time-out; if
 * not, what it left behind is killed, and what its end means is decided.
 */
export function processExited(state: State, id: number, exit: Exit, at: number): Step {
  const instance = findInstance(state, id);
  if (instance === null) return [state, []];
  const { status } = instance;
  if (status.type === "ended") return [state, []];
  if (status.type === "stopping") {
    return chain([state, [hurryLeftovers(state, id)]], (s) => sayEndsAtOnce(s, instance, exit));
  }
  // It was to end anyway, and somebody else serves.
  if (status.type === "draining") return beginStop(state, id, at);
  const ended = patchInstance(state, id, (one) => ({ ...one, status: { type: "ended", exit } }));
  const wasReady = status.type === "ready";
  const fleet = {
    ...ended.fleet,
    downSince: wasReady ? at : ended.fleet.downSince,
    lastAddresses: wasReady ? instance.addresses : ended.fleet.lastAddresses,
  };
  const start: Step = [
    { ...ended, fleet },
    [...cancelTimers(id), { type: "kill-process", instance: id }],
  ];
  return chain(start, (s) => judge(s, instance, exit, at));
}

/** A program that does not catch the signal ends in the middle of what it does. */
function sayEndsAtOnce(state: State, instance: Instance, { signal }: Exit): Step {
  const { attached, status, drain, target } = instance;
  const told = signal === state.settings.stop.signal && signal !== "SIGKILL";
  const replaced = status.type === "stopping" && (status.drained || status.wasReady);
  if (!told || !replaced || !attached || state.quitting !== null || state.fleet.saidEndsAtOnce) {
    return [state, []];
  }
  const { generation } = target.version;
  return [
    { ...state, fleet: { ...state.fleet, saidEndsAtOnce: true } },
    [announce({ type: "ends-at-once", generation, signal, main: drain.main })],
  ];
}

/** The signal went to the group; who left it was not told, and nobody should wait long for it. */
function hurryLeftovers(state: State, id: number): Effect {
  const ms = Math.min(state.settings.stop.timeoutMs, leftoverGraceMs);
  return { type: "start-timer", timer: `stop:${id}`, ms };
}

function judge(state: State, instance: Instance, exit: Exit, at: number): Step {
  if (state.quitting !== null) return [state, []];
  const { status, target } = instance;
  const { generation } = target.version;
  const probation = status.type === "ready" && status.probation;
  const replaces = instance.expect.length > 0;
  const server = replaces || instance.addresses.length > 0 || isTold(state.settings.ready);
  // A server does not end by itself: not before it is ready, nor soon after it replaced another.
  const unready = status.type === "starting" || status.type === "taking";
  const early = (unready && server) || (probation && replaces);
  if (unready && exit.conflict !== null && mayHandOff(state)) {
    const chosen = chooseHandoff(state, generation, exit.conflict);
    return chain(chosen, (s) => [
      { ...s, fleet: { ...s.fleet, next: s.fleet.next ?? target } },
      [],
    ]);
  }
  if (exit.code === 0 && !early) return finished(state, instance, at);
  if (state.settings.unbuilt === true) return crashed(state, instance, exit);
  if (unready) {
    return fallBack(state, instance, exit.failure ?? startFailure(generation, exit), at);
  }
  if (probation && target.purpose.type === "save") {
    return fallBack(state, instance, probationFailure(generation, exit), at);
  }
  return crashed(state, instance, exit);
}

/** Another version serves beside it, and could end first. */
function mayHandOff(state: State): boolean {
  const serving = servingInstance(state.fleet);
  return serving !== null && mayStay(state, serving) && state.fleet.alone === null;
}

/** Ended well by itself: a job that is done, unless the user wants it running always. */
function finished(state: State, instance: Instance, at: number): Step {
  const { target } = instance;
  const said = announce({
    type: "finished",
    generation: target.version.generation,
    totalMs: at - target.since,
  });
  // What ends by itself is no server, whatever it listened on: the next one need not be one.
  const fleet = { ...state.fleet, finished: target.version.generation, lastAddresses: [] };
  const done: State = { ...state, fleet };
  if (state.settings.restart !== "always") return [done, [said]];
  return chain([done, [said]], (s) => scheduleRestart(s, instance, s.settings.restartDelayMs));
}

function crashed(state: State, instance: Instance, exit: Exit): Step {
  const { generation } = instance.target.version;
  const failure = exit.failure ?? {
    code: "CRASHED",
    message: `#${generation} ended by itself with ${describeExit(exit)}`,
    seen: exit.tail,
  };
  const again = state.settings.restart !== "never";
  const doubled = state.settings.restartDelayMs * 2 ** Math.min(state.fleet.crashes, 16);
  const restartMs = again ? Math.min(restartMaxMs, doubled) : null;
  const said = announce({ type: "crashed", generation, failure, restartMs });
  const red = state.red ?? { generation, failure, sources: false };
  const fleet = { ...state.fleet, crashes: state.fleet.crashes + 1 };
  const next: Step = [{ ...state, red, fleet }, [said]];
  return restartMs === null ? next : chain(next, (s) => scheduleRestart(s, instance, restartMs));
}

function scheduleRestart(state: State, instance: Instance, ms: number): Step {
  // What is on its way, or about to be, is newer than what crashed.
  const newer = state.fleet.instances.some((one) => one.id !== instance.id && !isGoing(one));
  if (state.fleet.next !== null || newer) return [state, []];
  return [
    { ...state, fleet: { ...state.fleet, restart: instance.target.version } },
    [{ type: "start-timer", timer: "restart", ms }],
  ];
}

/** The back-off is over: the version that crashed runs again, unless something newer came. */
export function restartDue(state: State, at: number): Step {
  const { restart, next } = state.fleet;
  if (restart === null || next !== null || state.quitting !== null) return [state, []];
  const target = {
    version: restart,
    purpose: { type: "restart" },
    cause: { type: "crash" },
    since: at,
    lead: [],
    phases: [],
  } as const;
  return [{ ...state, fleet: { ...state.fleet, next: target, restart: null } }, []];
}

/** The whole tree is gone: now the way is free for the next one. */
export function processGone(state: State, id: number, leftovers: Leftovers, at: number): Step {
  const instance = findInstance(state, id);
  if (instance === null) return [state, []];
  const instances = state.fleet.instances.filter((one) => one.id !== id);
  const { generation } = instance.target.version;
  const effects: Effect[] = [...cancelTimers(id), { type: "cancel-timer", timer: `stop:${id}` }];
  if (
    instance.status.type === "stopping" &&
    (instance.status.wasReady || instance.status.drained)
  ) {
    const { since, killed: forced } = instance.status;
    const { main: _, ...drain } = instance.drain;
    effects.push(announce({ type: "stopped", generation, ms: at - since, forced, drain }));
  }
  if (leftovers.killed > 0) {
    effects.push(announce({ type: "killed-leftovers", generation, count: leftovers.killed }));
  }
  for (const { network, address } of leftovers.held) {
    const failure: Failure = {
      code: "START_PORT_TAKEN",
      message: `${network} ${address} is still listened on though #${generation} is gone`,
      hint: "a process outside of its tree has it; `gust doctor` names it",
    };
    effects.push(announce({ type: "warned", generation, failure }));
  }
  return [{ ...state, fleet: { ...state.fleet, instances } }, effects];
}

function startFailure(generation: number, exit: Exit): Failure {
  return {
    code: "START_EXITED",
    message: `#${generation} ended before it was ready, with ${describeExit(exit)}`,
    seen: exit.tail,
  };
}

function probationFailure(generation: number, exit: Exit): Failure {
  const base: Failure = {
    code: "CRASHED_IN_PROBATION",
    message: `#${generation} crashed soon after it was live, with ${describeExit(exit)}`,
    seen: exit.tail,
  };
  const crash = exit.failure?.crash;
  return crash === undefined ? base : { ...base, crash };
}

export function describeExit(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code ?? "unknown"}` : exit.signal;
}
