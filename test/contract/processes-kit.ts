import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openProcesses } from "../../src/adapters/process/open-processes.ts";
import type { Leftovers } from "../../src/core/event.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { Address } from "../../src/core/version.ts";
import type { Child, ChildSink, Processes, SpawnSpec } from "../../src/engine/processes.ts";

/** A back end, the hostile program, and a witness: what the tests of processes need. */
export class ProcessesKit {
  readonly dir: string;
  readonly hostile: string;
  readonly witness: Witness;
  readonly lost: Failure[] = [];
  readonly #opened: Processes[] = [];
  #starts = 0;

  private constructor(dir: string, witness: Witness) {
    this.dir = dir;
    this.hostile = join(dir, "hostile");
    this.witness = witness;
  }

  static async create(): Promise<ProcessesKit> {
    const dir = await mkdtemp(join(tmpdir(), "gust-processes-"));
    const kit = new ProcessesKit(dir, await Witness.open());
    await promisify(execFile)("go", ["build", "-o", kit.hostile, "."], {
      cwd: "test/fixtures/hostile",
      env: { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" },
    });
    return kit;
  }

  /** Opens a back end; its run is unlike that of any other test that may run now. */
  async open(backend: "keeper" | "node", graceMs = 2000): Promise<Processes> {
    const runId = `test-${process.pid}-${this.#opened.length}-${backend}`;
    const processes = await openProcesses({
      backend,
      runId,
      graceMs,
      keeperDir: "keeper",
      cacheDir: join(this.dir, "cache"),
      onLost: (failure) => this.lost.push(failure),
    });
    this.#opened.push(processes);
    return processes;
  }

  /** Starts `hostile DEED …`, or any command if `argv` is among the changes. */
  start(processes: Processes, deed: readonly string[], changes: Partial<SpawnSpec> = {}): Observed {
    this.#starts += 1;
    const visitors = this.witness.visitors(`start-${this.#starts}`);
    return new Observed(processes, visitors, {
      argv: [this.hostile, ...deed],
      dir: this.dir,
      env: { PATH: process.env["PATH"] ?? "", WITNESS: visitors.address },
      stdin: "none",
      terminal: null,
      sockets: false,
      nice: 0,
      ...changes,
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((processes) => processes.close()));
    await this.witness.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Wakes whoever waits for something to become true, on each change. */
class Waiting {
  #waiting: (() => void)[] = [];

  changed(): void {
    // One that leaves puts a new list in place, so this one stays whole.
    for (const look of this.#waiting) look();
  }

  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isTrue()) return;
        this.#waiting = this.#waiting.filter((other) => other !== look);
        resolve();
      };
      this.#waiting.push(look);
      look();
    });
  }
}

/** A child with all that happened to it. An event out of order is an event `wrong: …`. */
export class Observed implements ChildSink {
  readonly child: Child;
  readonly visitors: Visitors;
  readonly happened: string[] = [];
  readonly addresses: Address[][] = [];
  pid = 0;
  failure: Failure | null = null;
  leftovers: Leftovers | null = null;
  readonly #waiting: Waiting = new Waiting();
  readonly #chunks: { readonly stream: "stdout" | "stderr"; readonly data: Uint8Array }[] = [];

  constructor(processes: Processes, visitors: Visitors, spec: SpawnSpec) {
    this.visitors = visitors;
    this.child = processes.spawn(spec, this);
  }

  get code(): string | undefined {
    return this.happened.find((event) => event.startsWith("exited"));
  }

  bytes(stream: "stdout" | "stderr"): Buffer {
    return Buffer.concat(
      this.#chunks.filter((chunk) => chunk.stream === stream).map((chunk) => chunk.data),
    );
  }

  text(stream: "stdout" | "stderr" = "stdout"): string {
    return this.bytes(stream).toString();
  }

  started(pid: number): void {
    this.pid = pid;
    this.#record("started", this.happened.length === 0);
  }

  failed(failure: Failure): void {
    this.failure = failure;
    this.#record("failed", this.happened.length === 0);
  }

  output(stream: "stdout" | "stderr", data: Uint8Array): void {
    this.#chunks.push({ stream, data });
    const inOrder = this.happened[0] === "started" && !this.happened.includes("gone");
    if (inOrder) this.#waiting.changed();
    else this.#record("output", false);
  }

  listening(addresses: readonly Address[]): void {
    this.addresses.push([...addresses]);
    if (this.code === undefined) this.#waiting.changed();
    else this.#record("listening", false);
  }

  exited(code: number | null, signal: string | null): void {
    this.#record(`exited ${signal ?? code}`, this.happened.join() === "started");
  }

  gone(leftovers: Leftovers): void {
    this.leftovers = leftovers;
    this.#record("gone", this.happened.length === 2 && this.code !== undefined);
  }

  until(isTrue: () => boolean): Promise<void> {
    return this.#waiting.until(isTrue);
  }

  says(text: string): Promise<void> {
    return this.until(() => this.text().includes(text));
  }

  whenExited(): Promise<void> {
    return this.until(() => this.code !== undefined);
  }

  /** Resolves with what happened, in order. */
  async ended(): Promise<readonly string[]> {
    await this.until(() => this.leftovers !== null || this.failure !== null);
    return this.happened;
  }

  #record(event: string, inOrder: boolean): void {
    this.happened.push(inOrder ? event : `wrong: ${event}`);
    this.#waiting.changed();
  }
}

/** The processes of one start, as the witness sees them; a role is what a process says it is. */
export interface Visitors {
  /** For the variable WITNESS. */
  readonly address: string;
  /** The process numbers of those who live in this role. */
  readonly pids: (role: string) => number[];
  /** Resolves with their numbers when so many have come. */
  readonly arrival: (role: string, count?: number) => Promise<number[]>;
  /** Resolves when nobody lives in this role, or no more than `left`. */
  readonly departure: (role: string, left?: number) => Promise<void>;
  /** Says a word to them, for which they wait. */
  readonly tell: (role: string) => void;
}

/**
 * A server to which hostile processes connect. A connection ends with its process, whatever that
 * did to its descriptors, group and session; so the test sees ends without the code under test.
 */
export class Witness {
  readonly address: string;
  readonly #server: Server;
  readonly #waiting: Waiting = new Waiting();
  /** Living processes, as `role pid`. */
  readonly #alive: Map<Socket, string> = new Map();

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
    server.on("connection", (socket) => {
      // The first piece is the whole introduction: it is one small write.
      socket.once("data", (data) => {
        this.#alive.set(socket, data.toString().trim());
        this.#waiting.changed();
      });
      socket.on("error", () => {});
      socket.once("close", () => {
        this.#alive.delete(socket);
        this.#waiting.changed();
      });
    });
  }

  static open(): Promise<Witness> {
    return new Promise((resolve) => {
      const server = createServer();
      server.listen(0, "127.0.0.1", () => {
        const at = server.address();
        const port = typeof at === "object" && at !== null ? at.port : 0;
        resolve(new Witness(server, `127.0.0.1:${port}`));
      });
    });
  }

  /** Those who come with this tag: the processes of one start. */
  visitors(tag: string): Visitors {
    const address = `${this.address}/${tag}`;
    const pids = (role: string): number[] =>
      [...this.#alive.values()]
        .map((line) => line.split(" "))
        .filter(([name]) => name === `${tag}/${role}`)
        .map(([, pid]) => Number(pid));
    const arrival = async (role: string, count = 1): Promise<number[]> => {
      await this.#waiting.until(() => pids(role).length >= count);
      return pids(role);
    };
    const departure = (role: string, left = 0): Promise<void> =>
      this.#waiting.until(() => pids(role).length <= left);
    const tell = (role: string): void => {
      for (const [socket, line] of this.#alive) {
        if (line.startsWith(`${tag}/${role} `)) socket.write(".");
      }
    };
    return { address, pids, arrival, departure, tell };
  }

  close(): Promise<void> {
    for (const socket of this.#alive.keys()) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
