import type { Effect } from "./effect.ts";
import type { Told } from "./event.ts";
import type { Failure } from "./failure.ts";
import { fallBack } from "./fallback.ts";
import { findInstance, lacking, patchInstance, servingInstance } from "./instance.ts";
import { type Readiness, expectation, readiness, uptimeTimers } from "./ready.ts";
import type { Instance, Seen, State } from "./state.ts";
import { beginDrain } from "./draining.ts";
import { beginStop } from "./stopping.ts";
import { type Step, announce, chain } from "./step.ts";
import type { Address, Version } from "./version.ts";

/** Something was learnt about a starting process: perhaps it is ready now. */
export function learn(state: State, id: number, seen: Partial<Seen>, at: number): Step {
  const next = patchInstance(state, id, (one) =>
    one.status.type === "starting"
      ? { ...one, status: { type: "starting", seen: { ...one.status.seen, ...seen } } }
      : one,
  );
  return checkReady(next, id, at);
}

export function processStarted(state: State, id: number, pid: number, at: number): Step {
  const started = patchInstance(state, id, (one) => ({ ...one, pid }));
  return chain(countUptime(started, id), (s) => checkReady(s, id, at));
}

/** It runs from now on: what it was waited for before does not count. */
export function countUptime(state: State, id: number): Step {
  if (findInstance(state, id)?.status.type !== "starting") return [state, []];
  const next = patchInstance(state, id, (one) =>
    one.status.type === "starting"
      ? { ...one, status: { ...one.status, seen: { ...one.status.seen, ...noUptime } } }
      : one,
  );
  return [next, uptimeTimers(state.settings.ready, id)];
}

const noUptime = { uptime: false, settled: false } as const;

/** The addresses of a process matter as long as it lives: the next one is measured by them. */
export function processListening(
  state: State,
  event: Pick<Instance, "addresses" | "unheld"> & { readonly instance: number },
  at: number,
): Step {
  const { instance: id, addresses, unheld } = event;
  return checkReady(
    patchInstance(state, id, (one) => ({ ...one, addresses, unheld })),
    id,
    at,
  );
}

export function checkReady(state: State, id: number, at: number): Step {
  const instance = findInstance(state, id);
  if (instance === null || instance.status.type !== "starting") return [state, []];
  // Whoever steps through its start has all the time.
  if (instance.paused !== null) return [state, []];
  const decision = readinessOf(state, instance);
  if (decision.type !== "ready") return [state, []];
  const before = servingInstance(state.fleet);
  return before?.attached === true && instance.attached
    ? takeOver(state, before, instance, { missing: decision.missing, at })
    : becomeReady(state, instance, decision.missing, at);
}

const readinessOf = ({ settings }: State, instance: Instance): Readiness =>
  readiness(instance, settings.ready, settings.swap.activated === true);

/**
 * How long the change of who accepts may take: a matter of one message, and of two seconds each for
 * a state that is saved and loaded.
 */
const takeMs = 8000;

/** The one before stops accepting, then this one begins: no answer of the old code after that. */
function takeOver(
  state: State,
  before: Instance,
  { id }: Instance,
  { missing, at }: { readonly missing: readonly Address[]; readonly at: number },
): Step {
  const taking = patchInstance(state, id, (one) => ({
    ...one,
    status: { type: "taking", missing, since: at },
  }));
  const { drainMs: ms, streams } = state.settings.swap;
  return [
    taking,
    [
      ...readyTimersOff(id),
      { type: "drain-process", instance: before.id, to: id, ms, streams },
      { type: "start-timer", timer: `take:${id}`, ms: takeMs },
    ],
  ];
}

/** It has told how it is: ready, about to end, or a line for people. */
export function processTold(state: State, id: number, told: Told, at: number): Step {
  const instance = findInstance(state, id);
  if (instance === null) return [state, []];
  const { generation } = instance.target.version;
  const said: Step = [state, [announce({ type: "told", generation, told })]];
  return told.ready ? chain(said, (s) => learn(s, id, { notified: true }, at)) : said;
}

/** It accepts now, or should by now. */
export function processAccepting(state: State, id: number, at: number): Step {
  const instance = findInstance(state, id);
  return instance?.status.type === "taking"
    ? becomeReady(state, instance, instance.status.missing, at)
    : [state, []];
}

function becomeReady(
  state: State,
  instance: Instance,
  missing: readonly Address[],
  at: number,
): Step {
  const { id, target } = instance;
  const before = servingInstance(state.fleet);
  const earlier = expectation(before?.addresses ?? state.fleet.lastAddresses);
  const opened = earlier.length === 0 ? [] : lacking(expectation(instance.addresses), earlier);
  const probation = state.settings.probationMs > 0;
  const ready = patchInstance(state, id, (one) => ({
    ...one,
    status: { type: "ready", since: at, probation },
  }));
  const good = remember(ready.fleet.good, target.version);
  const downtimeMs = state.fleet.downSince === null ? 0 : at - state.fleet.downSince;
  const newest = target.version.generation === state.generation;
  const next: State = {
    ...ready,
    red: newest ? null : state.red,
    fleet: { ...ready.fleet, good, downSince: null },
  };
  const effects: Effect[] = [
    ...readyTimersOff(id),
    { type: "cancel-timer", timer: `take:${id}` },
    { type: "start-timer", timer: `probation:${id}`, ms: state.settings.probationMs },
    liveNotice(instance, { missing, opened, downtimeMs, at }),
    ...(missing.length === 0 ? [] : [released(instance)]),
  ];
  return chain([next, effects], prune, (s) => beginDrain(s, before, at));
}

/** What it listens on no more is nobody's to wait at. */
function released({ addresses }: Instance): Effect {
  return { type: "release-sockets", keep: addresses };
}

function readyTimersOff(id: number): Effect[] {
  return [
    { type: "cancel-timer", timer: `ready:${id}` },
    { type: "cancel-timer", timer: `uptime:${id}` },
    { type: "cancel-timer", timer: `settle:${id}` },
  ];
}

/** The program takes part: from now on it can be replaced without a gap. */
export function processAttached(state: State, id: number): Step {
  return [patchInstance(state, id, (one) => ({ ...one, attached: true })), []];
}

interface LiveFacts {
  readonly missing: readonly Address[];
  readonly opened: readonly Address[];
  readonly downtimeMs: number;
  readonly at: number;
}

function liveNotice(instance: Instance, facts: LiveFacts): Effect {
  const { target, pid, addresses, startedAt, status } = instance;
  const { generation, artifact } = target.version;
  if (target.purpose.type === "rollback") {
    const { from, why } = target.purpose;
    return announce({ type: "rolled-back", from, to: generation, why });
  }
  return announce({
    type: "live",
    generation,
    build: artifact.build,
    cause: target.cause,
    lead: target.lead,
    phases: [...target.phases, { name: "start", durationMs: facts.at - startedAt }],
    totalMs: facts.at - target.since,
    swapMs: status.type === "taking" ? facts.at - status.since : 0,
    pid,
    addresses,
    missing: facts.missing,
    opened: facts.opened,
    downtimeMs: facts.downtimeMs,
  });
}

/** Good versions, newest first, one per binary. */
function remember(good: readonly Version[], version: Version): readonly Version[] {
  const others = good.filter((one) => one.artifact.build !== version.artifact.build);
  return [version, ...others].toSorted((a, b) => b.artifact.build - a.artifact.build);
}

/** What has just become ready is not proved yet: the good version before it may have to come back. */
const mustKeep = 2;

/** Keeps as many good binaries as configured, and whatever runs or is about to. */
function prune(state: State): Step {
  const good = state.fleet.good.slice(0, Math.max(mustKeep, state.settings.keepBuilds));
  const running = state.fleet.instances.map((one) => one.target.version);
  const { next: coming, waiting } = state.fleet;
  const kept = [coming, waiting?.target ?? null, state.tests.held?.target ?? null];
  const next = kept.flatMap((target) => (target === null ? [] : [target.version]));
  const builds = [...good, ...running, ...next].map((one) => one.artifact.build);
  const { newest } = state.fleet;
  const keep = [...new Set(newest === null ? builds : [...builds, newest.build])];
  return [
    { ...state, fleet: { ...state.fleet, good } },
    [{ type: "prune-builds", keep: keep.toSorted((a, b) => a - b) }],
  ];
}

/** The deadline has passed: a candidate that hangs is ended, and the last good version serves. */
export function notReadyInTime(state: State, id: number, at: number): Step {
  const instance = findInstance(state, id);
  if (instance === null || instance.status.type !== "starting") return [state, []];
  const { retryMs, deadlineMs } = state.settings.ready;
  if (instance.paused !== null) {
    return [state, [{ type: "start-timer", timer: `ready:${id}`, ms: deadlineMs }]];
  }
  if (instance.retries > 0 && !instance.status.seen.healthy) {
    const again = patchInstance(state, id, (one) => ({ ...one, retries: one.retries - 1 }));
    return [again, [{ type: "start-timer", timer: `ready:${id}`, ms: retryMs }]];
  }
  const waited = readinessOf(state, instance);
  const failure: Failure = {
    code: "START_NOT_READY",
    message: `#${instance.target.version.generation} was not ready within ${state.settings.ready.deadlineMs} ms`,
    seen: `it was waited for ${waited.type === "waiting" ? waited.for : "readiness"}`,
    hint: "raise ready.timeout, or name what to wait for in [ready] or [health]",
  };
  return chain(
    [state, []],
    (s) => beginStop(s, id, at),
    (s) => fallBack(s, instance, failure, at),
  );
}

/** It has lived long enough: from now on its end is a crash of its own, not a failed swap. */
export function probationOver(state: State, id: number): Step {
  const instance = findInstance(state, id);
  if (instance === null || instance.status.type !== "ready") return [state, []];
  const proved = patchInstance(state, id, (one) =>
    one.status.type === "ready" ? { ...one, status: { ...one.status, probation: false } } : one,
  );
  return [
    { ...proved, fleet: { ...proved.fleet, crashes: 0 } },
    [{ type: "settle-process", instance: id }],
  ];
}
