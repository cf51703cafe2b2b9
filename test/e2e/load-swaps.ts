import assert from "node:assert/strict";
import { type Random, seeded } from "../sim/random.ts";
import type { ConstantLoad } from "./constant-load.ts";
import { type Gust, runGust } from "./gust.ts";
import { answerFile } from "./project.ts";

/** How swaps come about and end; of ten each of the special ones happens once. */
export type Kind = "good" | "red" | "crashes at start" | "hangs at start" | "crashes later" | Quick;
/** Swaps that follow each other at once. */
type Quick = "burst" | "taken back";

export const special: readonly Kind[] = [
  "red",
  "crashes at start",
  "hangs at start",
  "crashes later",
  "burst",
];

/** The time in which a version that served went away without any order. */
export interface Crash {
  /** When it had not left yet, by its own clock. */
  readonly from: number;
  /** When it was known to be gone. */
  readonly to: number;
}

/** When things happened, in Unix milliseconds. */
export interface History {
  readonly crashes: readonly Crash[];
  /** When each version was said to be live. */
  readonly lives: readonly number[];
}

/** What a project for these swaps is configured with. */
export const swapsConfig = (ports: { readonly port: number; readonly tlsPort: number }): string =>
  `[build]
# The keeper's descriptors are counted: none for a linker that waits.
preload = false

[ready]
ports = [${ports.port}, ${ports.tlsPort}]
timeout = "3s"

[run]
swap = "overlap"
probation = "3s"
drain_timeout = "2s"
`;

/** Saves of all sorts, one after the other, each waited for; the answer grows with each of them. */
export class Swaps implements History {
  readonly crashes: Crash[] = [];
  readonly lives: number[] = [];
  readonly done: Record<Kind, number> = {
    good: 0,
    red: 0,
    "crashes at start": 0,
    "hangs at start": 0,
    "crashes later": 0,
    "taken back": 0,
    burst: 0,
  };
  readonly #gust: Gust;
  readonly #load: ConstantLoad;
  readonly #random: Random;
  #number = 0;
  #taken = 0;
  #ten: readonly Kind[] = [];
  /** The answer of each generation that was live. */
  readonly #answers = new Map<number, number>([[1, 0]]);

  readonly #special: readonly Kind[];

  constructor(
    gust: Gust,
    load: ConstantLoad,
    { seed, kinds }: { readonly seed: number; readonly kinds: readonly Kind[] },
  ) {
    this.#gust = gust;
    this.#load = load;
    this.#random = seeded(seed);
    this.#special = kinds;
  }

  /** Each leaves files that build and start, for the next one. */
  async next(): Promise<void> {
    if (this.#taken % 10 === 0) this.#ten = ten(this.#random, this.#special);
    const kind = this.#ten[this.#taken % 10] ?? "good";
    this.#taken += 1;
    await this.#before(kind);
    await this.good();
    if (kind === "good") return;
    this.done[kind] += 1;
    this.done.good -= 1;
  }

  /** A good one, such as should be the last. */
  async good(): Promise<void> {
    await this.#live("");
    this.done.good += 1;
  }

  async #before(kind: Kind): Promise<void> {
    switch (kind) {
      case "good":
        return;
      case "red":
        return this.#bad(
          "answer.go",
          "package main\n\nfunc answer() int { return 1 }\n",
          "BUILD_FAILED",
        );
      case "crashes at start":
        return this.#bad("hooks.go", hooks('panic("not this one")'), "not this one");
      case "hangs at start":
        return this.#bad(
          "hooks.go",
          hooks("for { time.Sleep(time.Hour) }", "time"),
          "START_NOT_READY",
        );
      case "crashes later":
        return this.#crashLater();
      case "taken back":
        return this.#takeBack();
      case "burst":
        return this.#burst();
    }
  }

  /** A version that does not come up leaves the one before where it is. */
  async #bad(file: string, content: string, why: string): Promise<void> {
    const { project } = this.#gust;
    const good = await project.read(file);
    await project.save(file, content);
    await this.#failed(why);
    await project.save(file, good);
  }

  /** Saves that come while the one before is built, and while it is on its way up. */
  async #burst(): Promise<void> {
    const { project } = this.#gust;
    for (let save = 0; save < 2; save += 1) {
      this.#number += 1;
      await project.save("answer.go", answerFile(String(this.#number)));
      await this.#gust.next("build-started");
    }
    await this.#gust.next("state", ({ activity }) => activity !== "building");
  }

  /** `gust rollback`, to the version before. */
  async #takeBack(): Promise<void> {
    await this.good();
    this.done.good -= 1;
    const [, before = 0] = [...this.#answers.values()].toReversed();
    this.#load.live(before);
    const asked = await runGust(this.#gust.project, { args: ["rollback"], json: false });
    assert.equal(asked.code, 0, asked.stderr);
    await this.#back(before);
  }

  async #failed(why: string): Promise<string> {
    const { failure, time } = await this.#gust.next("failed");
    assert.ok(JSON.stringify(failure).includes(why), JSON.stringify(failure));
    return time;
  }

  async #back(answer: number): Promise<void> {
    const back = await this.#gust.next("rolled-back");
    assert.equal(this.#answers.get(back.to), answer);
    assert.equal(await this.#gust.get(), String(answer));
  }

  async #live(more: string): Promise<void> {
    this.#number += 1;
    const { project } = this.#gust;
    await project.save("answer.go", answerFile(String(this.#number), more));
    const path = project.path("answer.go");
    const { generation } = await this.#gust.next("build-started", ({ cause }) => {
      return cause.type === "files" && cause.files.some((file) => file.path === path);
    });
    const live = await this.#gust.next("live", (event) => event.generation >= generation);
    // From the moment on in which it is said.
    this.#load.live(this.#number);
    this.lives.push(Date.parse(live.time));
    this.#answers.set(live.generation, this.#number);
    assert.equal(live.downtimeMs, 0);
    await this.#gust.answersNow(String(this.#number));
  }

  /** It is live, and leaves two seconds after its start without a word to its clients. */
  async #crashLater(): Promise<void> {
    const [before = 0] = [...this.#answers.values()].toReversed();
    await this.#live(leaving);
    await this.#output(/leaves soon/);
    // What is asked for from now on may be answered by the version that will be brought back.
    this.#load.live(before);
    const [, from] = await this.#output(/leaves at (\d+)/);
    const to = await this.#failed("CRASHED_IN_PROBATION");
    this.crashes.push({ from: Number(from), to: Date.parse(to) });
    await this.#back(before);
  }

  async #output(wanted: RegExp): Promise<RegExpExecArray> {
    const { text } = await this.#gust.next("output", ({ text }) => wanted.test(text));
    const found = wanted.exec(text);
    assert.ok(found !== null);
    return found;
  }
}

/** The order of the next ten. */
function ten(random: Random, special: readonly Kind[]): readonly Kind[] {
  const kinds = Array.from({ length: 10 }, (): Kind => "good");
  for (const kind of special) {
    const free = kinds.flatMap((taken, index) => (taken === "good" ? [index] : []));
    kinds[free[random.below(free.length)] ?? 0] = kind;
  }
  return kinds;
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
