import { type Effect, type ModuleJob, type TestEffect, isTestEffect } from "../core/effect.ts";
import type { FetchProgress, Happening, PreparationStep, TimerId } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import type { Settings } from "../core/settings.ts";
import type { View } from "../core/view.ts";
import type { Program, ProgramSink, TestSink } from "./ports.ts";
import type { World } from "./world.ts";

/** What effects are performed with. */
export interface Performer {
  readonly world: World;
  readonly dispatch: (happening: Happening) => void;
  readonly view: () => View;
  /** When the event that is being followed happened. */
  readonly at: () => number;
  readonly settings: () => Settings;
  readonly timers: Map<TimerId, () => void>;
  readonly programs: Map<number, Program>;
  readonly builds: Map<number, AbortController>;
  readonly rules: Map<number, AbortController>;
  readonly tests: Map<number, AbortController>;
  /** Ends the finding out of what tests reach. */
  readonly recording: { stop: () => void };
  readonly modules: Map<number, AbortController>;
  /** Ends the preparation of builds that runs. */
  readonly preparation: { stop: () => void };
  readonly leave: (code: number) => void;
}

/** One effect, one call of a port; its result comes back as an event. */
export function perform(effect: Effect, performer: Performer): void {
  const { world, dispatch } = performer;
  if (isTestEffect(effect)) return performTests(effect, performer);
  switch (effect.type) {
    case "examine":
      return answer(world.files.examine(effect.paths), (facts) =>
        dispatch({ type: "examined", batch: effect.batch, facts }),
      );
    case "rescan":
      return answer(world.files.rescan(), (facts) =>
        dispatch({ type: "examined", batch: effect.batch, facts }),
      );
    case "load-graph":
      return loadGraph(effect.version, performer);
    case "watch":
      world.watcher.add(effect.dirs);
      return world.files.prime(effect.files);
    case "run-rule":
      return runRule(effect.run, effect.rule, performer);
    case "cancel-rule":
      return performer.rules.get(effect.run)?.abort();
    case "run-modules":
      return runModules(effect.run, effect.job, performer);
    case "cancel-modules":
      return performer.modules.get(effect.run)?.abort();
    case "start-build":
      return build(effect, performer);
    case "cancel-build":
      return performer.builds.get(effect.generation)?.abort();
    case "prepare-build":
      return prepare(effect.what, performer);
    case "cancel-preparation":
      return performer.preparation.stop();
    case "prune-builds":
      return answer(world.builder.prune(effect.keep), () => undefined);
    case "start-process":
      return startProcess(effect, performer);
    case "drain-process":
      return drainProcess(effect, performer);
    case "label-process":
      return performer.programs.get(effect.instance)?.label(effect.label);
    case "report-process":
      return performer.programs.get(effect.instance)?.report();
    case "hold-clients":
      return world.clients.hold(effect.answer);
    case "release-sockets":
      return world.clients.release(effect.keep);
    case "remember":
      return world.clients.remember(effect.memory);
    case "signal-process":
      return performer.programs.get(effect.instance)?.signal(effect.signal);
    case "kill-process":
      return performer.programs.get(effect.instance)?.kill();
    case "settle-process":
      return performer.programs.get(effect.instance)?.settle();
    case "start-timer":
      return startTimer(effect.timer, effect.ms, performer);
    case "cancel-timer":
      return cancelTimer(effect.timer, performer);
    case "reload-config":
      return answer(world.reloadConfig(), (result) => dispatch(configEvent(result)));
    case "announce":
      return world.presenter.notice(effect.notice, performer.view(), performer.at());
    case "answer-wait":
      return world.answerWait(effect.request, effect.verdict);
    case "exit":
      for (const timer of performer.timers.keys()) cancelTimer(timer, performer);
      return performer.leave(effect.code);
  }
}

function configEvent(result: Settings | Failure | null): Happening {
  if (result === null) return { type: "config-unchanged" };
  return "code" in result
    ? { type: "config-rejected", failure: result }
    : { type: "config-loaded", settings: result };
}

function loadGraph(version: number, { world, dispatch }: Performer): void {
  answer(world.graph.load(new AbortController().signal), (result) =>
    dispatch(
      "code" in result
        ? { type: "graph-failed", version, failure: result }
        : { type: "graph-loaded", version, graph: result },
    ),
  );
}

function build(
  effect: Extract<Effect, { type: "start-build" }>,
  { world, dispatch, builds }: Performer,
): void {
  const { generation, changes, offline } = effect;
  const abort = new AbortController();
  builds.set(generation, abort);
  answer(world.builder.build(generation, changes, abort.signal, offline), (outcome) => {
    builds.delete(generation);
    dispatch({ type: "build-finished", generation, outcome });
  });
}

function prepare(what: PreparationStep, { world, dispatch, preparation }: Performer): void {
  const abort = new AbortController();
  preparation.stop = () => abort.abort();
  const { builder } = world;
  const preparing =
    what === "linker" ? builder.preload(abort.signal) : builder.prepare(abort.signal);
  answer(preparing, (outcome) => dispatch({ type: "build-prepared", outcome }));
}

function runModules(run: number, job: ModuleJob, { world, dispatch, modules }: Performer): void {
  const abort = new AbortController();
  modules.set(run, abort);
  const told = (progress: FetchProgress): void =>
    dispatch({ type: "modules-progress", run, progress });
  answer(world.modules.run(job, told, abort.signal), (outcome) => {
    modules.delete(run);
    dispatch({ type: "modules-finished", run, outcome });
  });
}

function performTests(effect: TestEffect, performer: Performer): void {
  const { world } = performer;
  switch (effect.type) {
    case "start-tests":
      return runTests(effect, performer);
    case "cancel-tests":
      return performer.tests.get(effect.run)?.abort();
    case "record-tests":
      return recordTests(performer);
    case "cancel-recording":
      return performer.recording.stop();
    case "debug-test":
      return answer(world.debugTest(effect.test), (failure) => {
        if (failure === null) return;
        const at = world.clock.now();
        world.presenter.notice({ type: "refused", failure }, performer.view(), at);
      });
  }
}

function runTests(
  effect: Extract<Effect, { type: "start-tests" }>,
  { world, dispatch, tests }: Performer,
): void {
  const { run, what, paths, gate } = effect;
  const abort = new AbortController();
  tests.set(run, abort);
  const sink: TestSink = {
    selected: (summary) => dispatch({ type: "tests-selected", run, summary }),
  };
  answer(world.tester.run({ what, paths, gate }, sink, abort.signal), (outcome) => {
    tests.delete(run);
    dispatch({ type: "tests-finished", run, outcome });
  });
}

function recordTests({ world, dispatch, recording }: Performer): void {
  const abort = new AbortController();
  recording.stop = () => abort.abort();
  answer(world.tester.record(abort.signal), (outcome) =>
    dispatch({ type: "tests-recorded", outcome }),
  );
}

function runRule(run: number, rule: number, { world, dispatch, rules }: Performer): void {
  const abort = new AbortController();
  rules.set(run, abort);
  answer(world.rules.run(rule, abort.signal), (outcome) => {
    rules.delete(run);
    dispatch({ type: "rule-finished", run, outcome });
  });
}

function startProcess(
  effect: Extract<Effect, { type: "start-process" }>,
  { world, dispatch, programs }: Performer,
): void {
  const { instance, version, expect, held, label, beside } = effect;
  const sink: ProgramSink = {
    started: (pid) => dispatch({ type: "process-started", instance, pid }),
    failed: (failure) => {
      programs.delete(instance);
      dispatch({ type: "process-failed", instance, failure });
    },
    listening: (addresses, unheld) =>
      dispatch({ type: "process-listening", instance, addresses, unheld }),
    healthy: () => dispatch({ type: "process-healthy", instance }),
    logMatched: () => dispatch({ type: "process-log-matched", instance }),
    attached: () => dispatch({ type: "process-attached", instance }),
    accepting: () => dispatch({ type: "process-accepting", instance }),
    drained: (report) => dispatch({ type: "process-drained", instance, ...report }),
    left: (left) => dispatch({ type: "process-left", instance, left }),
    reported: (report) => dispatch({ type: "process-report", instance, report }),
    told: (told) => dispatch({ type: "process-told", instance, told }),
    state: (news) => dispatch({ type: "process-state", instance, news }),
    blocked: (by) => dispatch({ type: "process-blocked", instance, by }),
    paused: (paused, place) => dispatch({ type: "process-paused", instance, paused, place }),
    exited: (exit) => dispatch({ type: "process-exited", instance, exit }),
    gone: (leftovers) => {
      programs.delete(instance);
      dispatch({ type: "process-gone", instance, leftovers });
    },
  };
  programs.set(
    instance,
    world.runner.start({ instance, version, expect, held, label, beside }, sink),
  );
}

function drainProcess(
  effect: Extract<Effect, { type: "drain-process" }>,
  { programs }: Performer,
): void {
  const { ms, streams } = effect;
  const to = effect.to === null ? null : programs.get(effect.to);
  if (to !== undefined) programs.get(effect.instance)?.drain({ to, ms, streams });
}

function startTimer(timer: TimerId, ms: number, performer: Performer): void {
  cancelTimer(timer, performer);
  const cancel = performer.world.clock.after(ms, () => {
    performer.timers.delete(timer);
    performer.dispatch({ type: "timer-fired", timer });
  });
  performer.timers.set(timer, cancel);
}

function cancelTimer(timer: TimerId, { timers }: Performer): void {
  timers.get(timer)?.();
  timers.delete(timer);
}

/** Ports never reject; should one do so all the same, that is a bug and ends the run. */
function answer<T>(promise: Promise<T>, then: (value: T) => void): void {
  promise.then(then).catch((error: unknown) => {
    queueMicrotask(() => {
      throw error;
    });
  });
}
