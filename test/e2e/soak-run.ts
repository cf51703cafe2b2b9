import assert from "node:assert/strict";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Random, seeded } from "../sim/random.ts";
import { hasProc } from "./census.ts";
import { PATIENCE_MS, type EventType } from "./events.ts";
import type { Gust } from "./gust.ts";
import { answerFile, hooksFile } from "./project.ts";
import { MOST_OPEN } from "../../src/adapters/logs/output-log.ts";

export interface SoakOptions {
  readonly saves: number;
  readonly seed: number;
  /** One line from time to time. */
  readonly say: (line: string) => void;
}

/** What a project for `soak` is configured with. */
export const soakConfig = `[build]
keep = 3

[ready]
timeout = "600ms"

[run]
stop_timeout = "250ms"
probation = "150ms"
`;

/** Saves between two checks that everything is as it should be. */
const ROUND = 20;

/**
 * Saves at random moments of everything that gust does: good and bad versions, touched and removed
 * files, templates. After each round the last good save must be live, and nothing may have leaked.
 */
export async function soak(gust: Gust, options: SoakOptions): Promise<void> {
  const run = new Soak(gust, options);
  await gust.next("live");
  await run.settle();
  const baseline = run.holdings();
  const began = performance.now();
  for (let done = 0; done < options.saves; done += 1) {
    await run.save();
    await run.moment();
    if ((done + 1) % ROUND !== 0 && done + 1 < options.saves) continue;
    await run.settle();
    await run.compare(baseline);
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    options.say(`${done + 1} saves in ${minutes} min · ${run.counts()} · ${run.memory()}`);
    await run.failOnce();
  }
  await run.settle();
}

type Holdings = Readonly<Record<string, number>>;

class Soak {
  readonly #gust: Gust;
  readonly #random: Random;
  readonly #seed: number;
  #version = 0;

  constructor(gust: Gust, { seed }: SoakOptions) {
    this.#gust = gust;
    this.#seed = seed;
    this.#random = seeded(seed);
  }

  /** One save of a random kind. */
  async save(): Promise<void> {
    const { project } = this.#gust;
    const kinds: readonly (readonly [weight: number, save: () => Promise<void> | void])[] = [
      [40, () => this.#good()],
      [8, () => project.saveInPlace("answer.go", this.#answer())],
      [12, () => project.save("answer.go", "package main\n\nfunc answer() string { return 1 }\n")],
      [4, () => project.saveInPlace("answer.go", "package main\n\nfunc answer() str")],
      [8, () => project.save("hooks.go", hooks.exits)],
      [4, () => project.save("hooks.go", hooks.panics)],
      [3, () => project.save("hooks.go", hooks.hangs)],
      [4, () => project.save("hooks.go", hooks.stubborn)],
      [3, () => project.save("hooks.go", hooks.forks)],
      [10, () => project.save("hooks.go", hooksFile())],
      [5, () => project.save("page.html", `${(this.#version += 1)}`)],
      [4, () => utimesSync(project.path("answer.go"), new Date(), new Date())],
      [3, () => project.save("extra.go", `package main\n\nvar extra = ${this.#number()}\n`)],
      [3, () => project.remove("extra.go").catch(() => undefined)],
      [3, () => this.#gust.provoke("/panic")],
      [2, () => this.#gust.kill("SIGUSR2")],
    ];
    let pick = this.#random.below(kinds.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, save] of kinds) {
      pick -= weight;
      if (pick < 0) return save();
    }
  }

  /** Waits until gust has gone on by some steps, often none, sometimes as far as it goes. */
  async moment(): Promise<void> {
    const chosen = this.#random.below(10);
    const steps = chosen < 7 ? chosen : Number.POSITIVE_INFINITY;
    for (let step = 0; step < steps; step += 1) {
      // Between two events as well.
      const pause = this.#random.below(60);
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.#idle()) return;
      await this.#gust.log.nextOf(({ type }) => type !== "output", "anything");
    }
  }

  /** A good save, and the proof that it is live. */
  async settle(): Promise<void> {
    const { project } = this.#gust;
    await project.save("hooks.go", hooksFile());
    await project.remove("extra.go").catch(() => undefined);
    await this.#good();
    await this.#gust.answers(`version ${this.#version}`);
    while (!this.#idle()) await this.#gust.next("state");
    assert.equal(this.#gust.log.last("state")?.live, true, this.#why());
  }

  /** A version that fails in one way or the other leaves, or brings back, the one before. */
  async failOnce(): Promise<void> {
    const { project } = this.#gust;
    const bad = [hooks.exits, hooks.panics, hooks.hangs, "package main\n"];
    const chosen = bad[this.#random.below(bad.length)] ?? "";
    await project.save("hooks.go", chosen);
    // The version before serves beside it, or (when it has crashed before) comes back.
    const { serving } = await this.#gust.next("failed");
    if (serving === null) await this.#gust.next("rolled-back");
    assert.equal(await this.#gust.get(), `version ${this.#version}`, this.#why());
  }

  holdings(): Holdings {
    const { place } = this.#gust.project;
    const all = [...this.#gust.processes().values()];
    // One linker may wait for the next save, or be on its way to that.
    const linkers = all.filter((command) => command.includes("/linker/go"));
    const processes = all.length - Math.min(linkers.length, 1);
    const builds = this.#gust.records().flatMap((dir) => list(join(dir, "builds")));
    const held = {
      processes,
      builds: builds.length,
      "temporary files": list(join(place, "tmp")).length,
      "files beside the project": list(place).length,
    };
    if (!hasProc) return held;
    const { open, logs, watches, inotifyInstances } = this.#gust.descriptors();
    // The output of each version is kept in a file, and a few of these stay open.
    const descriptors = open - Math.min(logs, MOST_OPEN);
    return { ...held, descriptors, watches, inotifyInstances };
  }

  /**
   * Nothing may grow; builds are kept up to a limit, beside the newest one. What only takes a while,
   * such as a `go list` behind a build, is waited for: a leak stays.
   */
  async compare(before: Holdings): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      const grown = Object.entries(this.holdings()).filter(
        ([name, count]) => count > (name === "builds" ? 4 : (before[name] ?? 0)),
      );
      if (grown.length === 0) return;
      const processes = [...this.#gust.processes().values()].join("\n");
      assert.ok(
        Date.now() < deadline,
        `more than before: ${grown.join("; ")}\n${processes}\n${this.#why()}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  counts(): string {
    const types = ["build-started", "build-cancelled", "live", "failed", "rolled-back"] as const;
    const count = (type: EventType): number => this.#gust.log.since(0, type).length;
    const forced = this.#gust.log.since(0, "stopped").filter((event) => event.forced).length;
    const leftovers = this.#gust.log
      .since(0, "killed-leftovers")
      .reduce((sum, event) => sum + event.count, 0);
    const told = types.map((type) => `${type} ${count(type)}`).join(", ");
    return `${told}, stops forced ${forced}, leftovers killed ${leftovers}`;
  }

  memory(): string {
    if (!hasProc) return "";
    const { rssBytes, open, watches } = this.#gust.descriptors();
    return `RSS ${Math.round(rssBytes / 1e6)} MB, ${open} descriptors, ${watches} watches`;
  }

  #good(): Promise<void> {
    return this.#gust.project.save("answer.go", this.#answer());
  }

  #answer(): string {
    this.#version += 1;
    return answerFile(`version ${this.#version}`);
  }

  #number(): number {
    return this.#random.below(1e9);
  }

  #idle(): boolean {
    return this.#gust.log.last("state")?.activity === "idle";
  }

  #why(): string {
    return `seed ${this.#seed}, version ${this.#version}\n${this.#gust.log.tail()}`;
  }
}

const hooks = {
  exits: hooksFile({ atStart: "os.Exit(3)" }),
  panics: hooksFile({ atStart: 'panic("at start")' }),
  hangs: hooksFile({ imports: ["time"], atStart: "for { time.Sleep(time.Hour) }" }),
  stubborn: hooksFile({
    imports: ["os/signal", "syscall"],
    atStart: "signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)",
  }),
  forks: hooksFile({
    imports: ["os/exec", "syscall"],
    atStart: `child := exec.Command("sleep", "600")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	_ = child.Start()`,
  }),
};

const list = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);
