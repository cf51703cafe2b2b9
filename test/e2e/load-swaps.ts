import assert from "node:assert/strict";
import { type Random, seeded } from "../sim/random.ts";
import type { ConstantLoad } from "./constant-load.ts";
import type { Gust } from "./gust.ts";
import { answerFile } from "./project.ts";

/** How a save ends; of ten saves each of these happens once, and the others are good. */
type Bad = "red" | "crashes at start" | "hangs at start" | "crashes later";

/** The time in which a version that served went away without any order. */
export interface Crash {
  /** When it had not left yet, by its own clock. */
  readonly from: number;
  /** When it was known to be gone. */
  readonly to: number;
}

/** What a project for these swaps is configured with. */
export const swapsConfig = (ports: { readonly port: number; readonly tlsPort: number }): string =>
  `[ready]
ports = [${ports.port}, ${ports.tlsPort}]
timeout = "3s"

[run]
swap = "overlap"
probation = "3s"
drain_timeout = "2s"
`;

/** Saves of all sorts, one after the other, each waited for; the answer grows with each of them. */
export class Swaps {
  readonly crashes: Crash[] = [];
  readonly done: Record<Bad | "good", number> = {
    good: 0,
    red: 0,
    "crashes at start": 0,
    "hangs at start": 0,
    "crashes later": 0,
  };
  readonly #gust: Gust;
  readonly #load: ConstantLoad;
  readonly #random: Random;
  #number = 0;
  #taken = 0;
  #bad: ReadonlyMap<number, Bad> = new Map();
  /** The answer of each generation that was live. */
  readonly #answers = new Map<number, number>([[1, 0]]);

  constructor(gust: Gust, load: ConstantLoad, seed: number) {
    this.#gust = gust;
    this.#load = load;
    this.#random = seeded(seed);
  }

  async next(): Promise<void> {
    if (this.#taken % 10 === 0) this.#bad = someOfTen(this.#random);
    const kind = this.#bad.get(this.#taken % 10) ?? "good";
    this.#taken += 1;
    this.#number += 1;
    await this.#save(kind);
    this.done[kind] += 1;
  }

  /** A good one, such as should be the last. */
  async good(): Promise<void> {
    this.#number += 1;
    await this.#good("");
    this.done.good += 1;
  }

  /** Each leaves files that build and start, for the next one. */
  async #save(kind: Bad | "good"): Promise<void> {
    const { project } = this.#gust;
    if (kind === "red") {
      await project.save("answer.go", "package main\n\nfunc answer() string { return 1 }\n");
      await this.#failed(/"BUILD_FAILED"/);
    } else if (kind === "crashes at start") {
      await project.save("hooks.go", hooks('panic("not this one")'));
      await this.#failed(/not this one/);
      await project.save("hooks.go", hooks(""));
    } else if (kind === "hangs at start") {
      await project.save("hooks.go", hooks("for { time.Sleep(time.Hour) }", "time"));
      await this.#failed(/"START_NOT_READY"/);
      await project.save("hooks.go", hooks(""));
    } else if (kind === "crashes later") await this.#crashLater();
    await this.#good("");
  }

  async #failed(why: RegExp): Promise<string> {
    const { failure, time } = await this.#gust.next("failed");
    assert.match(JSON.stringify(failure), why);
    return time;
  }

  async #good(more: string): Promise<void> {
    const live = await this.#gust.saveAndLive("answer.go", answerFile(String(this.#number), more));
    assert.equal(live.downtimeMs, 0);
    this.#answers.set(live.generation, this.#number);
    this.#load.live(this.#number);
  }

  /** It is live, and leaves two seconds after its start without a word to its clients. */
  async #crashLater(): Promise<void> {
    const lower = Math.max(...this.#answers.values());
    await this.#good(leaving);
    await this.#output(/leaves soon/);
    // What is asked for from now on may be answered by the version that will be brought back.
    this.#load.live(lower);
    const [, from] = await this.#output(/leaves at (\d+)/);
    const to = await this.#failed(/"CRASHED_IN_PROBATION"/);
    this.crashes.push({ from: Number(from), to: Date.parse(to) });
    const back = await this.#gust.next("rolled-back");
    assert.equal(this.#answers.get(back.to), lower);
    assert.equal(await this.#gust.get(), String(lower));
  }

  async #output(wanted: RegExp): Promise<RegExpExecArray> {
    const { text } = await this.#gust.next("output", ({ text }) => wanted.test(text));
    const found = wanted.exec(text);
    assert.ok(found !== null);
    return found;
  }
}

function someOfTen(random: Random): ReadonlyMap<number, Bad> {
  const free = Array.from({ length: 10 }, (_, index) => index);
  const kinds: readonly Bad[] = ["red", "crashes at start", "hangs at start", "crashes later"];
  return new Map(
    kinds.map((kind) => [free.splice(random.below(free.length), 1)[0] ?? 0, kind] as const),
  );
}

function hooks(atStart: string, ...imports: readonly string[]): string {
  const named = imports.map((name) => `import ${JSON.stringify(name)}\n`).join("");
  return `package main\n\n${named}\nfunc atStart() { ${atStart} }\n`;
}

const leaving = `
import (
	"fmt"
	"os"
	"time"
)

func init() {
	time.AfterFunc(time.Second, func() { fmt.Println("leaves soon") })
	time.AfterFunc(2*time.Second, func() {
		fmt.Println("leaves at", time.Now().UnixMilli())
		os.Exit(3)
	})
}
`;
