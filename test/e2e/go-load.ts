import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, rename } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Trouble } from "./load.ts";

/** What the clients of a kind have seen; see test/load/tally.go. */
export interface Counts {
  readonly requests: number;
  readonly failures: number;
  readonly stale: number;
  /** Connections that each client has opened. */
  readonly opened: readonly number[];
  /** Events and echoes. */
  readonly messages: number;
  /** Streams that ended as their protocol says, and streams whose connection just ended. */
  readonly ended: number;
  readonly cut: number;
}

export type CountsByKind = Readonly<Record<string, Counts>>;

/** The longest time in which clients of a kind asked and none had an answer, in ms. */
export type Silences = Readonly<Record<string, number>>;

export interface Ports {
  readonly port: number;
  readonly tlsPort: number;
}

type Line =
  | ({ readonly line: "trouble" } & Trouble)
  | {
      readonly line: "counts" | "report";
      readonly kinds: CountsByKind;
      readonly silences: Silences;
    };

/** The load of test/load: Go's own clients, streams, WebSockets and large bodies. */
export class GoLoad {
  readonly troubles: Trouble[] = [];
  /** As of the last counts. */
  silences: Silences = {};
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #asked: ((counts: CountsByKind) => void)[] = [];
  #report: CountsByKind | null = null;
  #stderr = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    this.#ended = new Promise((resolve) => child.once("close", () => resolve()));
    if (child.stdout === null) return;
    createInterface(child.stdout).on("line", (text) => this.#heard(parse(text)));
  }

  /** `kinds`: such as `kept:6:120`, that is name, clients, and requests a second by all of them. */
  static async start({ port, tlsPort }: Ports, kinds: readonly string[]): Promise<GoLoad> {
    const args = ["-port", String(port), "-tls-port", String(tlsPort)];
    for (const kind of kinds) args.push("-kind", kind);
    return new GoLoad(spawn(await built(), args, { stdio: ["pipe", "pipe", "pipe"] }));
  }

  live(number: number): void {
    this.#say(`live ${number}`);
  }

  counts(): Promise<CountsByKind> {
    return new Promise((resolve, reject) => {
      this.#asked.push(resolve);
      void this.#ended.then(() => reject(new Error(`the load has ended\n${this.#stderr}`)));
      this.#say("counts");
    });
  }

  /** Lets what is under way come to its end. */
  async stop(): Promise<CountsByKind> {
    this.#say("stop");
    await this.#ended;
    assert.ok(this.#report !== null, `the load has ended without a report\n${this.#stderr}`);
    return this.#report;
  }

  /** For a test that has failed. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  #say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  #heard(line: Line): void {
    if (line.line === "trouble") {
      this.troubles.push(line);
      return;
    }
    this.silences = line.silences;
    if (line.line === "report") this.#report = line.kinds;
    else this.#asked.shift()?.(line.kinds);
  }
}

function parse(text: string): Line {
  const value: unknown = JSON.parse(text);
  assert.ok(isLine(value), text);
  return value;
}

/** The fields of each line are those of test/load. */
function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && "line" in value;
}

let building: Promise<string> | null = null;

/** Built once by each test process; one that runs already keeps its file. */
function built(): Promise<string> {
  building ??= build();
  return building;
}

async function build(): Promise<string> {
  const dir = resolve("build/load");
  await mkdir(dir, { recursive: true });
  const aside = `${dir}/client-${process.pid}`;
  const env = { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" };
  await promisify(execFile)("go", ["build", "-o", aside, "."], { cwd: "test/load", env });
  await rename(aside, `${dir}/client`);
  return `${dir}/client`;
}
