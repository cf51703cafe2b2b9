import assert from "node:assert/strict";
import type { Effect, ModuleJob } from "../../src/core/effect.ts";
import type { BuildOutcome, Happening, ModulesOutcome } from "../../src/core/event.ts";
import type { Source } from "./program.ts";
import type { Random } from "./random.ts";

export interface ModuleWorld {
  readonly random: Random;
  readonly flaky: () => boolean;
  readonly later: (ms: number, run: () => void) => void;
  readonly dispatch: (happening: Happening) => void;
  /** Number of the newest save, which a command reads. */
  readonly save: () => number;
  /** Writes go.mod, as `go mod tidy` does. */
  readonly write: () => void;
}

/** Downloads, and `go mod tidy`, which reads the sources and writes go.mod when it ends. */
export class ModuleJobs {
  private readonly world: ModuleWorld;
  private running: { readonly run: number; cancelled: boolean } | null = null;
  /** The save that the module files fit. */
  private tidied = 0;

  constructor(world: ModuleWorld) {
    this.world = world;
  }

  get busy(): boolean {
    return this.running !== null;
  }

  run({ run, job }: Extract<Effect, { type: "run-modules" }>): void {
    const { random, later, dispatch } = this.world;
    assert.equal(this.running, null, "two runs for modules at once");
    const work = { run, cancelled: false };
    this.running = work;
    const ms = 10 + random.below(300);
    const total = 1 + random.below(3);
    if (job.type === "fetch" && random.once(2)) {
      const progress = { done: 0, total, current: null };
      later(random.below(ms), () => dispatch({ type: "modules-progress", run, progress }));
    }
    later(ms, () => {
      if (work.cancelled) return;
      this.running = null;
      dispatch({ type: "modules-finished", run, outcome: this.outcome(job, total) });
    });
  }

  cancel(run: number): void {
    const work = this.running;
    if (work === null || work.run !== run) return;
    work.cancelled = true;
    this.world.later(this.world.random.below(30), () => {
      this.running = null;
      this.world.dispatch({ type: "modules-finished", run, outcome: { type: "cancelled" } });
    });
  }

  /** How the build of such a source ends; null where modules are not in its way. */
  failure(source: Source, offline: boolean): BuildOutcome | null {
    if (source.quality !== "untidy" || this.tidied === source.save) return null;
    const failure = offline
      ? ({ code: "MODULE_UNREACHABLE", message: "GOPROXY=off" } as const)
      : ({ code: "MODULE_SUM_MISSING", message: "no sum", fix: ["mod", "tidy"] } as const);
    return { type: "failed", failure, phases: [] };
  }

  private outcome(job: ModuleJob, count: number): ModulesOutcome {
    const { random, flaky, save, write } = this.world;
    if (flaky() && random.once(4)) {
      const failure = { code: "MODULE_UNREACHABLE", message: "no network" } as const;
      return { type: "failed", failure };
    }
    if (job.type === "fetch") return { type: "fetched", count, durationMs: 5 };
    this.tidied = save();
    write();
    return { type: "done", durationMs: 5, said: [] };
  }
}
