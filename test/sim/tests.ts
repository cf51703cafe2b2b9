import assert from "node:assert/strict";
import type { Effect, TestEffect } from "../../src/core/effect.ts";
import type { Happening } from "../../src/core/event.ts";
import type { State } from "../../src/core/state.ts";
import type { TestReport } from "../../src/core/test-report.ts";
import type { Version } from "../../src/core/version.ts";
import type { Random } from "./random.ts";

interface Bench {
  readonly random: Random;
  readonly dispatch: (happening: Happening) => void;
  readonly later: (ms: number, run: () => void) => void;
  readonly state: () => State;
}

type Start = Extract<Effect, { type: "start-tests" }>;

/** Tests that take a random time and fail now and then; what they ask of the core is checked. */
export class Tests {
  /** Tests fail as long as it is set. */
  flaky = false;
  runs = 0;
  recordings = 0;
  /** Generations whose tests have passed while they were held. */
  readonly passed = new Set<number>();
  /** Generations that must not be started before. */
  private readonly gated = new Set<number>();
  private readonly bench: Bench;
  private running: { readonly run: number; cancelled: boolean } | null = null;
  private recording: { cancelled: boolean } | null = null;

  constructor(bench: Bench) {
    this.bench = bench;
  }

  get busy(): boolean {
    return this.running !== null || this.recording !== null;
  }

  /** What is good when a build ends decides whether that has to pass its tests. */
  built(generation: number): void {
    const { settings, fleet } = this.bench.state();
    if (settings.tests?.mode === "gate" && fleet.good.length > 0) this.gated.add(generation);
  }

  /** In gate mode nothing is started that has not passed, once something was good. */
  checkStart({ artifact: { build } }: Version): void {
    if (this.gated.has(build))
      assert.ok(this.passed.has(build), `#${build} has not passed its tests`);
  }

  perform(effect: TestEffect): void {
    switch (effect.type) {
      case "start-tests":
        return this.start(effect);
      case "cancel-tests":
        return this.cancel(effect.run);
      case "record-tests":
        return this.record();
      case "cancel-recording":
        return this.cancelRecording();
      case "debug-test":
        return undefined;
    }
  }

  private start({ run, gate }: Start): void {
    assert.equal(this.running, null, "two runs of tests at once");
    assert.equal(this.recording, null, "tests ran while they were recorded");
    const { state, random, later, dispatch } = this.bench;
    const held = state().tests.held;
    assert.equal(
      gate,
      held !== null,
      "a gate without a version that waits, or the other way round",
    );
    assert.equal(state().work.phase, "idle", "tests ran beside a build");
    this.runs += 1;
    const job = { run, cancelled: false };
    this.running = job;
    const ms = 20 + random.below(800);
    later(random.below(ms), () => {
      if (!job.cancelled) dispatch({ type: "tests-selected", run, summary });
    });
    later(ms, () => {
      if (job.cancelled) return;
      this.running = null;
      const good = !(this.flaky && random.once(3));
      // Whether it is heard is the core's decision: it may have been given up meanwhile.
      if (gate && good && held !== null && state().tests.held?.target === held.target) {
        this.passed.add(held.target.version.generation);
      }
      const outcome = { type: "finished", report: good ? goodReport : badReport } as const;
      dispatch({ type: "tests-finished", run, outcome });
      // A result that comes twice, or of an older run, changes nothing.
      const before = state();
      dispatch({ type: "tests-finished", run: run - 1, outcome });
      assert.equal(state().fleet.next, before.fleet.next, "an old result let a version in");
    });
  }

  private cancel(run: number): void {
    const job = this.running;
    if (job === null || job.run !== run) return;
    job.cancelled = true;
    this.bench.later(this.bench.random.below(30), () => {
      this.running = null;
      this.bench.dispatch({ type: "tests-finished", run, outcome: { type: "cancelled" } });
    });
  }

  private record(): void {
    assert.equal(this.running, null, "tests were recorded while they ran");
    assert.equal(this.recording, null, "two recordings at once");
    this.recordings += 1;
    const job = { cancelled: false };
    this.recording = job;
    this.bench.later(20 + this.bench.random.below(3000), () => {
      if (job.cancelled) return;
      this.recording = null;
      const outcome = { type: "recorded", tests: 3, failed: [] } as const;
      this.bench.dispatch({ type: "tests-recorded", outcome });
    });
  }

  private cancelRecording(): void {
    const job = this.recording;
    if (job === null) return;
    job.cancelled = true;
    this.bench.later(this.bench.random.below(30), () => {
      this.recording = null;
      this.bench.dispatch({ type: "tests-recorded", outcome: { type: "cancelled" } });
    });
  }
}

const summary = { tests: 1, known: 3, packages: 1, names: ["TestA"], reasons: [] };

const goodReport: TestReport = {
  passed: 1,
  failed: 0,
  skipped: 0,
  packages: 1,
  durationMs: 20,
  results: [{ package: "app", name: "TestA", outcome: "passed", durationMs: 1, failure: null }],
  broken: [],
  coverage: [],
  meanwhile: [],
};

const badReport: TestReport = {
  ...goodReport,
  passed: 0,
  failed: 1,
  results: [{ package: "app", name: "TestA", outcome: "failed", durationMs: 1, failure: null }],
};
