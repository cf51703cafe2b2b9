import assert from "node:assert/strict";
import { type Effect, type HoldAnswer, isTestEffect } from "../../src/core/effect.ts";
import type { Event, Happening, PreparationStep } from "../../src/core/event.ts";
import { reduce } from "../../src/core/reduce.ts";
import { servingInstance, servingVersion } from "../../src/core/instance.ts";
import type { Settings } from "../../src/core/settings.ts";
import type { Version } from "../../src/core/version.ts";
import { type State, initialState } from "../../src/core/state.ts";
import type { SourceChanges } from "../../src/core/source-changes.ts";
import { Disk } from "./disk.ts";
import { Driver } from "./driver.ts";
import { graphOf, ruleFailed } from "./settings.ts";
import { ModuleJobs } from "./module-jobs.ts";
import { checkState } from "./invariants.ts";
import { Requests } from "./requests.ts";
import { Queue } from "./queue.ts";
import { Timers } from "./timers.ts";
import { Children } from "./children.ts";
import { type Quality, type Source, type WorldOptions, plainOptions } from "./program.ts";
import { Tests } from "./tests.ts";
import type { Random } from "./random.ts";
import { TimelineCheck } from "./timeline-check.ts";

const mainFile = "/app/main.go";
const moduleFile = "/app/go.mod";
const inputFile = "/app/page.templ";
const outputFile = "/app/page_templ.go";

/**
 * A world without I/O around the real core: a disk with one file, builds and processes that take a
 * random time, timers on a clock that only the queue moves. It checks the invariants at each step.
 */
export class World {
  readonly timeline = new TimelineCheck();
  state: State;
  exitCode: number | null = null;
  /** Rules fail now and then. */
  flaky = false;
  readonly verdicts: Extract<Effect, { type: "answer-wait" }>[] = [];
  private readonly random: Random;
  private readonly options: WorldOptions;
  private readonly queue = new Queue();
  private quality: Quality = "good";
  private readonly disk = new Disk();
  private readonly built = new Map<number, Source>();
  private readonly requests = new Requests();
  private building: { readonly generation: number; cancelled: boolean } | null = null;
  private readonly modules: ModuleJobs;
  private preparing: { cancelled: boolean } | null = null;
  private readonly driver = new Driver({
    main: mainFile,
    generated: outputFile,
    read: () => this.source(),
  });
  private rule: { readonly run: number; cancelled: boolean } | null = null;
  private readonly children: Children;
  /** What clients are told that find nobody. */
  held: HoldAnswer | null = null;
  private readonly timers: Timers;
  readonly tests: Tests;

  constructor(random: Random, settings: Settings, options: Partial<WorldOptions> = {}) {
    this.random = random;
    this.options = { ...plainOptions, ...options };
    this.state = initialState(settings);
    this.children = new Children({
      random,
      ...this.options,
      leaving: () => this.state.quitting !== null,
      dispatch: (happening) => this.dispatch(happening),
      later: (ms, run) => this.later(ms, run),
      sourceOf: (build) => this.built.get(build),
    });
    this.tests = new Tests({
      random,
      dispatch: (happening) => this.dispatch(happening),
      later: (ms, run) => this.later(ms, run),
      state: () => this.state,
    });
    this.modules = new ModuleJobs({
      random,
      flaky: () => this.flaky,
      later: (ms, run) => this.later(ms, run),
      dispatch: (happening) => this.dispatch(happening),
      save: () => this.disk.versionOf(mainFile),
      write: () => this.write(moduleFile),
    });
    this.timers = new Timers(this.queue, (timer) => this.dispatch({ type: "timer-fired", timer }));
    this.dispatch({ type: "started" });
  }

  save(quality: Quality): void {
    this.quality = quality;
    this.write(mainFile);
  }

  /** A template is read at run time: a restart is enough. */
  readonly saveTemplate = (): void => this.write("/app/page.tmpl");

  /** The input of a generator, whose output the compiler reads. */
  readonly saveGeneratorInput = (): void => this.write(inputFile);

  /** go.mod requires another module. */
  readonly saveModuleFile = (): void => this.write(moduleFile);

  touch(): void {
    this.later(1, () => this.dispatch({ type: "paths-touched", paths: [mainFile] }));
  }

  /** The event of a save is lost, and the watcher says that something was. */
  saveUnseen(quality: Quality): void {
    this.quality = quality;
    this.disk.write(mainFile);
    this.later(this.random.below(50), () =>
      this.dispatch({ type: "watch-lost", reason: "overflow" }),
    );
  }

  write(path: string): void {
    this.disk.write(path);
    this.report(path, 8);
  }

  private report(path: string, withinMs: number): void {
    this.later(this.random.below(withinMs), () =>
      this.dispatch({ type: "paths-touched", paths: [path] }),
    );
  }

  dispatch(happening: Happening): void {
    if (this.exitCode !== null) return;
    const event: Event = { at: this.now, ...happening };
    const before = servingVersion(this.state.fleet);
    const [state, effects] = reduce(this.state, event);
    this.options.record(this.state, event, effects);
    this.requests.follow(event, effects, { before: this.state, now: state });
    this.state = state;
    if (event.type === "build-finished") this.tests.built(event.generation);
    const failed = event.type === "build-finished" && event.outcome.type === "failed";
    if (failed && !state.settings.stopOnError) {
      assert.equal(servingVersion(state.fleet), before, "a failed build touched what serves");
    }
    for (const effect of effects) this.perform(effect);
    checkState(this.state, this.options.attached, this.aliveCount);
  }

  /** Lets time pass until `at`, or until nothing is due any more. */
  runUntil(at: number): void {
    this.queue.runUntil(at);
  }

  get now(): number {
    return this.queue.now;
  }

  /** Whether a version was built from what the disk has now, generated code included. */
  isNewest(version: Version | null = servingVersion(this.state.fleet)): boolean {
    const source = version === null ? undefined : this.built.get(version.artifact.build);
    if (source === undefined || source.save !== this.disk.versionOf(mainFile)) return false;
    const { rules } = this.state.settings;
    return rules.length === 0 || source.generated === this.disk.versionOf(inputFile);
  }

  get labelOfServing(): string {
    return this.children.labels.get(servingInstance(this.state.fleet)?.id ?? 0) ?? "";
  }

  /** How many builds were started, and how many of them without the go command. */
  builds = 0;
  directBuilds = 0;

  get aliveCount(): number {
    return this.children.aliveCount;
  }

  get busy(): boolean {
    const { building, rule, preparing } = this;
    return (
      this.modules.busy ||
      this.tests.busy ||
      [building, rule, preparing].some((one) => one !== null)
    );
  }

  private perform(effect: Effect): void {
    if (isTestEffect(effect)) return this.tests.perform(effect);
    switch (effect.type) {
      case "examine":
      case "rescan":
        return this.examine(effect.batch);
      case "load-graph":
        return this.later(this.random.below(400), () => this.loadGraph(effect.version));
      case "run-modules":
        assert.equal(this.building, null, "modules were fetched beside a build");
        return this.modules.run(effect);
      case "cancel-modules":
        return this.modules.cancel(effect.run);
      case "start-build":
        return this.build(effect.generation, effect.changes, effect.offline);
      case "prepare-build":
        return this.prepare(effect.what);
      case "cancel-preparation":
        return this.cancelPreparation();
      case "cancel-build":
        return this.cancelBuild(effect.generation);
      case "start-process":
        this.tests.checkStart(effect.version);
        return this.children.start(effect);
      case "drain-process":
        return this.children.drain(effect.instance, effect.to);
      case "signal-process":
        return this.children.signal(effect.instance);
      case "kill-process":
        return this.children.kill(effect.instance);
      case "start-timer":
        return this.timers.start(effect.timer, effect.ms);
      case "cancel-timer":
        return this.timers.cancel(effect.timer);
      case "announce":
        this.timeline.tell(effect.notice, this.now);
        return undefined;
      case "answer-wait":
        this.verdicts.push(effect);
        return undefined;
      case "exit":
        this.exitCode = effect.code;
        return undefined;
      case "prune-builds":
        for (const build of this.built.keys()) {
          if (!effect.keep.includes(build)) this.built.delete(build);
        }
        return undefined;
      case "reload-config":
        return this.later(5, () =>
          this.dispatch(
            this.random.once(3)
              ? { type: "config-unchanged" }
              : { type: "config-loaded", settings: this.state.settings },
          ),
        );
      case "run-rule":
        return this.runRule(effect.run);
      case "cancel-rule":
        return this.cancelRule(effect.run);
      case "report-process":
        return this.children.report(effect.instance);
      case "hold-clients":
        this.held = effect.answer;
        return undefined;
      case "label-process":
        this.children.labels.set(effect.instance, effect.label);
        return undefined;
      case "release-sockets":
      case "remember":
      case "settle-process":
      case "watch":
        return undefined;
    }
  }

  private examine(batch: number): void {
    const answer = this.disk.look();
    this.later(this.random.below(4), () =>
      this.dispatch({ type: "examined", batch, facts: answer() }),
    );
  }

  /** A generator: reads its input at some moment, and writes its output at a later one. */
  private runRule(run: number): void {
    assert.equal(this.building, null, "a rule ran beside a build");
    assert.equal(this.rule, null, "two rules ran at once");
    const job = { run, cancelled: false };
    this.rule = job;
    const ms = 10 + this.random.below(200);
    let read = this.disk.versionOf(inputFile);
    this.later(this.random.below(ms), () => (read = this.disk.versionOf(inputFile)));
    this.later(ms, () => {
      if (job.cancelled) return;
      this.rule = null;
      const fails = this.flaky && this.random.once(4);
      if (!fails && this.disk.versionOf(outputFile) !== read) {
        this.disk.write(outputFile, read);
        // The event of the output may well come after the build has begun.
        this.report(outputFile, 60);
      }
      const outcome = fails ? ruleFailed : ({ type: "done", durationMs: ms } as const);
      this.dispatch({ type: "rule-finished", run, outcome });
    });
  }

  private cancelRule(run: number): void {
    const job = this.rule;
    if (job === null || job.run !== run) return;
    job.cancelled = true;
    this.later(this.random.below(30), () => {
      this.rule = null;
      this.dispatch({ type: "rule-finished", run, outcome: { type: "cancelled" } });
    });
  }

  private loadGraph(version: number): void {
    if (this.random.once(8)) {
      const failure = { code: "GRAPH_FAILED", message: "go list failed" } as const;
      return this.dispatch({ type: "graph-failed", version, failure });
    }
    const graph = graphOf([mainFile, outputFile]);
    return this.dispatch({ type: "graph-loaded", version, graph });
  }

  /** Asks the go command; what it compiles it reads at some moment meanwhile. */
  private prepare(what: PreparationStep): void {
    assert.equal(this.building, null, "a preparation began beside a build");
    assert.equal(this.preparing, null, "two preparations ran at once");
    const job = { cancelled: false };
    this.preparing = job;
    const ms = 10 + this.random.below(600);
    let listed = this.source();
    this.later(this.random.below(ms), () => (listed = this.source()));
    this.later(ms, () => {
      if (job.cancelled) return;
      this.preparing = null;
      const fails = this.random.once(6);
      if (what === "linker") {
        const outcome = fails
          ? ({ type: "not-preloaded", reason: "" } as const)
          : ({ type: "preloaded" } as const);
        return this.dispatch({ type: "build-prepared", outcome });
      }
      const outcome = fails
        ? ({ type: "impossible", reason: "" } as const)
        : this.driver.prepared(listed);
      this.dispatch({ type: "build-prepared", outcome });
    });
  }

  private cancelPreparation(): void {
    const job = this.preparing;
    if (job === null) return;
    job.cancelled = true;
    this.later(this.random.below(30), () => {
      this.preparing = null;
      this.dispatch({ type: "build-prepared", outcome: { type: "cancelled" } });
    });
  }

  private build(generation: number, changes: SourceChanges, offline: boolean): void {
    assert.equal(this.building, null, "two builds ran at once");
    assert.ok(!this.modules.busy, "a build began beside a download");
    this.builds += 1;
    const job = { generation, cancelled: false };
    this.building = job;
    const route = this.driver.begin(changes);
    this.directBuilds += route.type === "direct" ? 1 : 0;
    // The compiler reads the file at some moment while it runs, not when it starts.
    let read = this.driver.read();
    const ms = 20 + this.random.below(600);
    this.later(this.random.below(ms), () => (read = this.driver.read()));
    this.later(ms, () => {
      if (job.cancelled) return;
      this.building = null;
      if (read.quality === "red") {
        const failure = { code: "BUILD_FAILED", message: "syntax error" } as const;
        const outcome = { type: "failed", failure, phases: [] } as const;
        return this.dispatch({ type: "build-finished", generation, outcome });
      }
      const bad = this.modules.failure(read, offline);
      if (bad !== null) return this.dispatch({ type: "build-finished", generation, outcome: bad });
      this.driver.end(read);
      this.built.set(generation, read);
      const path = `/run/${generation}/app`;
      const hash = `${read.save}/${read.generated}`;
      const artifact = { build: generation, path, hash, sizeBytes: 1, shim: this.options.attached };
      const outcome = { type: "built", artifact, route, phases: [], warnings: [] } as const;
      return this.dispatch({ type: "build-finished", generation, outcome });
    });
  }

  private source(): Source {
    return {
      save: this.disk.versionOf(mainFile),
      quality: this.quality,
      generated: this.disk.versionOf(outputFile),
    };
  }

  private cancelBuild(generation: number): void {
    const job = this.building;
    if (job === null || job.generation !== generation) return;
    job.cancelled = true;
    this.later(this.random.below(30), () => {
      this.building = null;
      this.dispatch({ type: "build-finished", generation, outcome: { type: "cancelled" } });
    });
  }

  private later(ms: number, run: () => void): void {
    this.queue.later(ms, run);
  }
}
