import { advanceWork } from "./attempt.ts";
import { absorb, gathered, ruleFinished } from "./rules.ts";
import { buildFinished } from "./build.ts";
import { processExited, processFailed, processGone, restartDue } from "./ending.ts";
import type { Event, Origin, TimerId } from "./event.ts";
import { rollBack } from "./fallback.ts";
import { advanceFleet } from "./fleet.ts";
import { advanceGraph, graphFailed, graphLoaded } from "./graph-load.ts";
import { addPending, closeWindow, examined, rescan, touch } from "./intake.ts";
import { emptyPending } from "./pending.ts";
import { advancePreparing, buildPrepared, preparingDue } from "./preparing.ts";
import { modulesFinished, modulesProgress, requestFix } from "./modules.ts";
import { answerWaits, dropWait, requestWait } from "./waits.ts";
import { advanceQuit, requestQuit } from "./quit.ts";
import {
  drainOver,
  processBlocked,
  processDrained,
  processLeft,
  processReported,
  processState,
} from "./draining.ts";
import { advanceHold } from "./hold.ts";
import { advanceLabels } from "./label.ts";
import { advanceMemory } from "./memory.ts";
import {
  learn,
  notReadyInTime,
  probationOver,
  processAccepting,
  processAttached,
  processListening,
  processStarted,
  processTold,
} from "./readying.ts";
import { processPaused } from "./pausing.ts";
import { configLoaded, configRejected, configUnchanged } from "./reconfigure.ts";
import type { Pending, State } from "./state.ts";
import { type Step, announce, chain } from "./step.ts";
import { stopDue } from "./stopping.ts";
import {
  type TestEvent,
  advanceTests,
  isTestEvent,
  recordingDue,
  testEvent,
} from "./test-stage.ts";
import { takeWaiting } from "./waiting.ts";

/** The whole behaviour of gust: the same state and the same event give the same step. */
export function reduce(state: State, event: Event): Step {
  return chain(
    isTestEvent(event) ? testEvent(state, event) : apply(state, event),
    (s) => advanceWork(s, event.at),
    (s) => advanceTests(s, event.at),
    (s) => advanceFleet(s, event.at),
    advanceLabels,
    advanceHold,
    advanceMemory,
    advanceGraph,
    advancePreparing,
    answerWaits,
    advanceQuit,
  );
}

function apply(state: State, event: Exclude<Event, TestEvent>): Step {
  if (isOfProcess(event)) return applyToProcess(state, event);
  const { at } = event;
  switch (event.type) {
    case "started":
      return request(state, "first", at);
    case "paths-touched":
      return touch(state, event.paths, at);
    case "watch-lost":
      return rescan(state, at, { lost: event.reason });
    case "examined":
      return looked(state, event);
    case "graph-loaded":
      return graphLoaded(state, event.version, event.graph);
    case "graph-failed":
      return graphFailed(state, event.version, event.failure);
    case "timer-fired":
      return timerFired(state, event.timer, at);
    case "rule-finished":
      return ruleFinished(state, event.run, event.outcome, at);
    case "build-finished":
      return buildFinished(state, event.generation, event.outcome, at);
    case "modules-progress":
      return modulesProgress(state, event.run, event.progress);
    case "modules-finished":
      return modulesFinished(state, event.run, event.outcome, at);
    case "build-prepared":
      return buildPrepared(state, event.outcome, at);
    case "swap-requested":
      return requestSwap(state, event.origin, at);
    case "fix-requested":
      return requestFix(state, event.origin, at);
    case "rollback-requested":
      return rollBack(state, event.to, event.origin, at);
    case "pause-toggled":
      return togglePause(state);
    case "config-loaded":
      return configLoaded(state, event.settings, at);
    case "config-unchanged":
      return configUnchanged(state, at);
    case "config-rejected":
      return configRejected(state, event.failure, at);
    case "wait-requested":
      return requestWait(state, event.request, at);
    case "wait-dropped":
      return dropWait(state, event.request);
    case "quit-requested":
      return requestQuit(state, event.exitCode);
  }
}

type ProcessEvent = Extract<Event, { readonly type: `process-${string}` }>;

const isOfProcess = (event: Event): event is ProcessEvent => event.type.startsWith("process-");

function applyToProcess(state: State, event: ProcessEvent): Step {
  const { at } = event;
  switch (event.type) {
    case "process-started":
      return processStarted(state, event.instance, event.pid, at);
    case "process-failed":
      return processFailed(state, event.instance, event.failure, at);
    case "process-listening":
      return processListening(state, event, at);
    case "process-healthy":
    case "process-log-matched":
      return learn(state, event.instance, signs[event.type], at);
    case "process-told":
      return processTold(state, event.instance, event.told, at);
    case "process-attached":
      return processAttached(state, event.instance);
    case "process-accepting":
      return processAccepting(state, event.instance, at);
    case "process-drained":
      return processDrained(state, event, at);
    case "process-left":
      return processLeft(state, event.instance, event.left);
    case "process-report":
      return processReported(state, event.instance, event.report);
    case "process-state":
      return processState(state, event.instance, event.news);
    case "process-blocked":
      return processBlocked(state, event.instance, event.by, at);
    case "process-paused":
      return processPaused(state, event, at);
    case "process-exited":
      return processExited(state, event.instance, event.exit, at);
    case "process-gone":
      return processGone(state, event.instance, event.leftovers, at);
  }
}

/** What an attempt under way takes in needs none of its own; a rule may have waited for the answer. */
function looked(state: State, event: Extract<Event, { type: "examined" }>): Step {
  const { at, batch } = event;
  return chain(examined(state, { ...event, take: absorb }, at), (s) => gathered(s, batch, at));
}

const signs = {
  "process-healthy": { healthy: true },
  "process-log-matched": { logMatched: true },
} as const;

/** What is built and waits need not be built again. */
function requestSwap(state: State, origin: Origin, at: number): Step {
  const taken = takeWaiting(state, origin, at);
  return taken === null ? request(state, origin, at) : [taken, []];
}

/** A build and a swap, whether or not a file has changed. */
function request(state: State, origin: NonNullable<Pending["request"]>, at: number): Step {
  const rules =
    origin === "first"
      ? state.settings.rules.flatMap((rule, index) => (rule.atStart ? [index] : []))
      : [];
  const pending: Pending = {
    ...emptyPending(at),
    need: "build",
    request: origin,
    swap: true,
    rules,
  };
  return addPending(state, pending, at);
}

function timerFired(state: State, timer: TimerId, at: number): Step {
  if (timer === "burst") return [closeWindow(state, at), []];
  if (timer === "restart") return restartDue(state, at);
  if (timer === "prepare") return preparingDue(state);
  if (timer === "record") return recordingDue(state);
  const id = Number(timer.slice(timer.indexOf(":") + 1));
  if (timer.startsWith("ready:")) return notReadyInTime(state, id, at);
  if (timer.startsWith("uptime:")) return learn(state, id, { uptime: true }, at);
  if (timer.startsWith("settle:")) return learn(state, id, { settled: true }, at);
  if (timer.startsWith("probation:")) return probationOver(state, id);
  if (timer.startsWith("take:")) return processAccepting(state, id, at);
  if (timer.startsWith("drain:")) return drainOver(state, id, at);
  return stopDue(state, id);
}

function togglePause(state: State): Step {
  const paused = !state.paused;
  return [{ ...state, paused }, [announce({ type: paused ? "paused" : "resumed" })]];
}
