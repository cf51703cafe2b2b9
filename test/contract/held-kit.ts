import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { openProcesses } from "../../src/adapters/process/open-processes.ts";
import { shimFiles } from "../../src/adapters/go/shim-files.ts";
import { writeOverlay } from "../../src/adapters/go/shim-overlay.ts";
import type { Address } from "../../src/core/version.ts";
import type { Child, ChildSink, Processes, SpawnSpec } from "../../src/engine/processes.ts";

/** The programs of test/fixtures/held, built as gust builds them and as go does, and a keeper. */
export class HeldKit {
  readonly dir: string;
  #processes: Processes | null = null;
  #opened = 0;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(): Promise<HeldKit> {
    const dir = await mkdtemp(join(tmpdir(), "gust-held-"));
    const kit = new HeldKit(dir);
    await kit.#build("with", true);
    await kit.#build("without", false);
    return kit;
  }

  get processes(): Processes {
    assert.ok(this.#processes !== null);
    return this.#processes;
  }

  /** Starts a keeper. */
  async open(): Promise<void> {
    this.#opened += 1;
    this.#processes = await openProcesses({
      backend: "keeper",
      runId: `held-${process.pid}-${this.#opened}`,
      keeperDir: "keeper",
      cacheDir: join(this.dir, "cache"),
    });
  }

  /** Ends the keeper with all that it started. */
  async shut(): Promise<void> {
    await this.#processes?.close();
  }

  /** Starts a version of the program; `without` is one that was built by go alone. */
  start(version: string, args: readonly string[], changes: Partial<SpawnSpec> = {}): Running {
    return new Running(this.processes, {
      argv: [join(this.dir, version.startsWith("without") ? "without" : "with"), ...args],
      dir: this.dir,
      env: { VERSION: version },
      stdin: "none",
      terminal: null,
      sockets: true,
      held: true,
      nice: 0,
      ...changes,
    });
  }

  async close(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  async #build(name: string, shim: boolean): Promise<void> {
    const source = resolve("test/fixtures/held");
    const linked = { net: true, http: true, grpc: false, fasthttp: false };
    const main = { mainDir: source, mainPath: "held" };
    const files = shimFiles(resolve("shim"), linked, "linux");
    const overlay = shim
      ? [`-overlay=${await writeOverlay(this.dir, main, files, "package")}`]
      : [];
    const flags = [...overlay, "-ldflags=-checklinkname=0"];
    await promisify(execFile)("go", ["build", ...flags, "-o", join(this.dir, name), "."], {
      cwd: source,
      env: { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" },
    });
  }
}

/** One version with what is known of it. */
export class Running implements ChildSink {
  readonly child: Child;
  addresses: readonly Address[] = [];
  text = "";
  takesPart = false;
  report: { readonly moved: number; readonly left: number } | null = null;
  exit: string | null = null;
  pid = 0;
  ended = false;
  #waiting: (() => void)[] = [];

  constructor(processes: Processes, spec: SpawnSpec) {
    this.child = processes.spawn(spec, this);
  }

  started(pid: number): void {
    this.pid = pid;
  }

  failed(): void {
    this.exit = "failed";
    this.ended = true;
    this.#changed();
  }

  output(_stream: "stdout" | "stderr", data: Uint8Array): void {
    this.text += Buffer.from(data).toString();
    this.#changed();
  }

  listening(addresses: readonly Address[]): void {
    this.addresses = addresses;
    this.#changed();
  }

  shim(): void {
    this.takesPart = true;
    this.#changed();
  }

  drained(report: { readonly moved: number; readonly left: number }): void {
    this.report = report;
    this.#changed();
  }

  exited(code: number | null, signal: string | null): void {
    this.exit = `${signal ?? code}`;
    this.#changed();
  }

  gone(): void {
    this.ended = true;
    this.#changed();
  }

  until(isTrue: () => boolean): Promise<void> {
    return new Promise((done) => {
      const look = (): void => {
        if (!isTrue()) return;
        this.#waiting = this.#waiting.filter((other) => other !== look);
        done();
      };
      this.#waiting.push(look);
      look();
    });
  }

  async listensOn(count: number): Promise<readonly string[]> {
    await this.until(() => this.addresses.length >= count);
    return this.addresses.map(({ address }) => address);
  }

  async drain(to: Running | null, ms = 10_000): Promise<{ moved: number; left: number }> {
    this.child.drain?.({ to: to?.child ?? null, ms, streams: "last" });
    await this.until(() => this.report !== null);
    const { moved, left } = this.report ?? { moved: -1, left: -1 };
    return { moved, left };
  }

  async terminate(): Promise<string | null> {
    this.child.signal("SIGTERM");
    await this.until(() => this.ended);
    return this.exit;
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}

/** What a client saw of one request. `from` is its own port. */
export interface Seen {
  readonly answer: string;
  readonly from: number;
}

export interface Target {
  readonly port?: number;
  readonly socketPath?: string;
  readonly path?: string;
}

export function request(agent: Agent, target: Target): Promise<Seen> {
  return new Promise((done, fail) => {
    const options = { host: "127.0.0.1", path: "/", agent, ...target };
    const sent = get(options, (response) => {
      const from = response.socket.localPort ?? 0;
      let answer = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        answer += text;
      });
      response.once("end", () => done({ answer, from }));
      response.once("error", fail);
    });
    sent.once("error", fail);
  });
}

/** Clients that send requests without a pause until they are stopped. */
export class Load {
  readonly failures: string[] = [];
  /** Answers of a version that had been replaced when the request was sent. */
  readonly stale: string[] = [];
  /** The own ports that each client with a lasting connection has used. */
  readonly keptPorts: Set<number>[] = [];
  #fine: readonly string[];
  #answered = 0;
  #onAnswer: () => void = () => {};
  #stopping = false;
  readonly #loops: Promise<void>[];

  /** `version` is the one that answers now. */
  constructor(
    version: string,
    target: Target,
    counts: { readonly kept: number; readonly fresh: number },
  ) {
    this.#fine = [version];
    const kept = Array.from({ length: counts.kept }, () => {
      const ports = new Set<number>();
      this.keptPorts.push(ports);
      return this.#loop(new Agent({ keepAlive: true, maxSockets: 1 }), target, ports);
    });
    const fresh = Array.from({ length: counts.fresh }, () =>
      this.#loop(new Agent({ keepAlive: false }), target, null),
    );
    this.#loops = [...kept, ...fresh];
  }

  /** This version may answer too, from now on. */
  expect(version: string): void {
    this.#fine = [...this.#fine, version];
  }

  /** Only this version may answer requests that are sent from now on. */
  swapped(version: string): void {
    this.#fine = [version];
  }

  /** Resolves when so many more requests were answered. */
  more(count: number): Promise<void> {
    const goal = this.#answered + count;
    return new Promise((done) => {
      this.#onAnswer = () => {
        if (this.#answered >= goal) done();
      };
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#loops);
  }

  async #loop(agent: Agent, target: Target, ports: Set<number> | null): Promise<void> {
    while (!this.#stopping) {
      const fine = this.#fine;
      try {
        const { answer, from } = await request(agent, target);
        this.#answered += 1;
        this.#onAnswer();
        ports?.add(from);
        if (![...fine, ...this.#fine].includes(answer)) this.stale.push(answer);
      } catch (error) {
        this.failures.push(String(error));
      }
    }
    agent.destroy();
  }
}

/** A connection on which lines are answered by lines. */
export class Line {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(target: { readonly host?: string; readonly port: number }): Promise<Line> {
    const socket = connect({ host: "127.0.0.1", ...target });
    await once(socket, "connect");
    return new Line(socket);
  }

  async ask(text: string): Promise<string> {
    this.#socket.write(`${text}\n`);
    const [data]: unknown[] = await once(this.#socket, "data");
    return String(data).trim();
  }

  close(): void {
    this.#socket.destroy();
  }
}
