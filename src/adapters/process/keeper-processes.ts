import { spawn as spawnNode } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Failure } from "../../core/failure.ts";
import type { Address } from "../../core/version.ts";
import type {
  Capabilities,
  Child,
  ChildSink,
  HeldAnswer,
  PortOwner,
  Processes,
  SpawnSpec,
} from "../../engine/processes.ts";
import { KeptChild } from "./kept-child.ts";
import {
  FrameParser,
  LineSplitter,
  PROTOCOL_VERSION,
  encodeCommand,
  parseEvent,
} from "./keeper-protocol.ts";
import type { KeeperCommand, KeeperEvent } from "./keeper-protocol.ts";
import { findOrphans, reapOrphans } from "./orphans.ts";

export interface KeeperOptions {
  /** The keeper's executable. */
  readonly path: string;
  /** Put into every child's environment as GUST_RUN. */
  readonly runId: string;
  /** Milliseconds between SIGTERM and SIGKILL when gust ends or dies. */
  readonly graceMs: number;
  /** Listening sockets for `service` children. */
  readonly sockets?: ServiceSockets;
  /** The keeper ended although nobody told it to. */
  readonly onLost: (failure: Failure) => void;
}

/** Sockets that each version of a served program inherits. */
export interface ServiceSockets {
  /** Descriptors of gust's own, from whoever has started it. */
  readonly inherited: readonly number[];
  /** What those are called; as many. */
  readonly names: readonly string[];
  /** Addresses that the keeper listens on: `[NAME=]127.0.0.1:8080`, `unix:/run/app.sock`. */
  readonly listen: readonly string[];
}

/** Starts the keeper. Rejects when it does not come up; its words are in the error's message. */
export async function openKeeper(options: KeeperOptions): Promise<Processes> {
  // Detached, so that Ctrl-C and the closing of gust's terminal do not reach it.
  const keeper = spawnNode(
    options.path,
    [
      "-run",
      options.runId,
      "-grace",
      `${Math.max(0, Math.round(options.graceMs))}ms`,
      ...socketArguments(options.sockets),
    ],
    {
      stdio: ["pipe", "pipe", "pipe", "pipe", ...(options.sockets?.inherited ?? [])],
      detached: true,
      windowsHide: true,
    },
  );
  const processes = new KeeperProcesses(keeper, options);
  await processes.greeted;
  return processes;
}

function socketArguments(sockets: ServiceSockets | undefined): readonly string[] {
  if (sockets === undefined) return [];
  return [
    ...sockets.names.map((name) => `-inherit=${name}`),
    ...sockets.listen.map((address) => `-listen=${address}`),
  ];
}

/** As much of the keeper's stderr as a report of its end may show. */
const COMPLAINT_SIZE = 8192;
/** How long the keeper may take to say hello: a new executable is scanned on some systems. */
const HELLO_DEADLINE_MS = 15_000;

class KeeperProcesses implements Processes {
  readonly #commands: Writable;
  readonly #output: Readable;
  #holds = 0;
  readonly #options: KeeperOptions;
  readonly #children: Map<number, KeptChild> = new Map();
  readonly #questions: Map<number, (owner: PortOwner | null) => void> = new Map();
  readonly #doors: Map<number, (port: number | null) => void> = new Map();
  readonly #proofs: Map<number, (from: readonly number[]) => void> = new Map();
  readonly #ended: Promise<void>;
  readonly greeted: Promise<void>;
  #greet: (error: Error | null) => void = () => {};
  #capabilities: Capabilities | null = null;
  #lastNumber = 0;
  #closing = false;
  #lost: Failure | null = null;
  #complaint = "";

  constructor(keeper: ChildProcess, options: KeeperOptions) {
    this.#options = options;
    this.greeted = new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        keeper.kill("SIGKILL");
        this.#greet(new Error("the keeper did not say hello"));
      }, HELLO_DEADLINE_MS);
      this.#greet = (error) => {
        clearTimeout(deadline);
        if (error === null) resolve();
        else reject(error);
      };
    });
    const [commands, events, complaints, output] = keeper.stdio as unknown as [
      Writable,
      Readable,
      Readable,
      Readable,
    ];
    this.#commands = commands;
    this.#output = output;
    // A write to a keeper that just ended fails; its end is reported by `close`.
    commands.on("error", () => {});
    this.#readEvents(events);
    this.#readOutput(output);
    complaints.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT_SIZE);
    });
    this.#ended = new Promise((resolve) => {
      // An `error` without a process is not followed by `close`.
      keeper.once("error", (error) => {
        this.#complaint += error.message;
        if (keeper.pid === undefined) resolve(this.#end("could not be started"));
      });
      keeper.once("close", (code, signal) => {
        resolve(this.#end(signal === null ? `exited with ${code}` : `was ended by ${signal}`));
      });
    });
  }

  get capabilities(): Capabilities {
    if (this.#capabilities === null) throw new Error("the keeper has not said hello yet");
    return this.#capabilities;
  }

  spawn(spec: SpawnSpec, sink: ChildSink): Child {
    this.#lastNumber += 1;
    const n = this.#lastNumber;
    const child = new KeptChild(n, spec, sink, {
      send: (command) => this.#send(command),
      door: (number, port) => this.#openDoor(number, port),
      accepted: (number, from, port) => this.#accepted(number, from, port),
    });
    if (this.#lost !== null || this.#closing) {
      const failure = this.#lost ?? closedFailure(spec);
      queueMicrotask(() => sink.failed(failure));
      return child;
    }
    this.#children.set(n, child);
    this.#send({
      do: "spawn",
      n,
      argv: spec.argv,
      dir: spec.dir,
      env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
      stdin: spec.stdin,
      terminal: spec.terminal,
      sockets: spec.sockets,
      held: spec.held ?? false,
      state: spec.state ?? false,
      service: spec.service ?? false,
      nice: spec.nice,
    });
    return child;
  }

  holdOutput(until: Promise<void>): void {
    this.#holds += 1;
    this.#output.pause();
    void until.finally(() => {
      this.#holds -= 1;
      if (this.#holds === 0) this.#output.resume();
    });
  }

  portOwner(port: number): Promise<PortOwner | null> {
    if (this.#lost !== null || this.#closing) return Promise.resolve(null);
    this.#lastNumber += 1;
    const id = this.#lastNumber;
    return new Promise((resolve) => {
      this.#questions.set(id, resolve);
      this.#send({ do: "port-owner", id, port });
    });
  }

  #openDoor(n: number, port: number): Promise<number | null> {
    if (this.#lost !== null || this.#closing) return Promise.resolve(null);
    this.#lastNumber += 1;
    const id = this.#lastNumber;
    return new Promise((resolve) => {
      this.#doors.set(id, resolve);
      this.#send({ do: "probe", n, id, port });
    });
  }

  #accepted(n: number, from: readonly number[], port: number): Promise<readonly number[]> {
    if (this.#lost !== null || this.#closing) return Promise.resolve([]);
    this.#lastNumber += 1;
    const id = this.#lastNumber;
    return new Promise((resolve) => {
      this.#proofs.set(id, resolve);
      this.#send({ do: "accepted", n, id, from, port });
    });
  }

  release(keep: readonly Address[]): void {
    this.#send({ do: "release", keep });
  }

  listen(addresses: readonly Address[]): void {
    if (addresses.length > 0) this.#send({ do: "listen", keep: addresses });
  }

  hold(answer: HeldAnswer | null): void {
    const silent = { ms: 0, page: "", text: "", header: "", desk: "" };
    this.#send({ do: "hold", ...(answer ?? silent) });
  }

  notify(text: string): void {
    this.#send({ do: "notify", text });
  }

  close(): Promise<void> {
    if (!this.#closing && this.#lost === null) {
      this.#closing = true;
      this.#send({ do: "end" });
    }
    return this.#ended;
  }

  #send(command: KeeperCommand): void {
    if (this.#lost === null && this.#commands.writable)
      this.#commands.write(encodeCommand(command));
  }

  #readEvents(events: Readable): void {
    const lines = new LineSplitter();
    events.setEncoding("utf8").on("data", (text: string) => {
      for (const line of lines.push(text)) {
        const event = parseEvent(line);
        if (event === null) this.#complaint += `\nnot an event: ${line.slice(0, 200)}`;
        else this.#handle(event);
      }
    });
  }

  #readOutput(output: Readable): void {
    const frames = new FrameParser({
      output: (n, stream, data) => this.#children.get(n)?.output(stream, data),
      mark: (n, mark) => {
        const child = this.#children.get(n);
        child?.mark(mark);
        this.#forget(n, child);
      },
    });
    output.on("data", (chunk: Uint8Array) => frames.push(chunk));
    output.on("error", () => {});
  }

  #forget(n: number, child: KeptChild | undefined): void {
    if (child?.finished === true) this.#children.delete(n);
  }

  #handle(event: KeeperEvent): void {
    switch (event.event) {
      case "hello":
        this.#hello(event);
        return;
      case "port-owner": {
        const owner = event.pid > 0 ? { pid: event.pid, name: event.name } : null;
        this.#questions.get(event.id)?.(owner);
        this.#questions.delete(event.id);
        return;
      }
      case "probe":
        this.#doors.get(event.id)?.(event.port > 0 ? event.port : null);
        this.#doors.delete(event.id);
        return;
      case "accepted":
        this.#proofs.get(event.id)?.(event.from);
        this.#proofs.delete(event.id);
        return;
      case "trouble":
        this.#complaint = `${this.#complaint}\n${event.message}`.slice(-COMPLAINT_SIZE);
        return;
      case "started":
      case "failed":
      case "listening":
      case "shim":
      case "accepting":
      case "drained":
      case "left":
      case "report":
      case "state":
      case "told":
      case "exited":
      case "gone": {
        const child = this.#children.get(event.n);
        child?.handle(event);
        this.#forget(event.n, child);
      }
    }
  }

  #hello(event: Extract<KeeperEvent, { event: "hello" }>): void {
    if (event.v !== PROTOCOL_VERSION) {
      this.#greet(new Error(`the keeper speaks version ${event.v}, not ${PROTOCOL_VERSION}`));
      return;
    }
    const { sockets, treeProof, terminal, parentDeath, held } = event.capabilities;
    const lost = [
      ...(sockets ? [] : ["listening sockets are not seen"]),
      ...(treeProof ? [] : ["processes that leave their group are not found"]),
    ];
    this.#capabilities = {
      backend: "keeper",
      sockets,
      treeProof,
      terminal,
      parentDeath,
      held,
      loss: lost.length === 0 ? null : `on this system ${lost.join(", and ")}`,
    };
    this.#greet(null);
  }

  /** The keeper is gone, as it was told or not. */
  async #end(how: string): Promise<void> {
    const complaint = this.#complaint.trim();
    this.#greet(new Error(complaint === "" ? `the keeper ${how}` : complaint));
    for (const answer of this.#questions.values()) answer(null);
    this.#questions.clear();
    for (const answer of this.#doors.values()) answer(null);
    this.#doors.clear();
    for (const answer of this.#proofs.values()) answer([]);
    this.#proofs.clear();
    const expected = this.#closing || this.#capabilities === null;
    this.#lost = {
      code: "KEEPER_LOST",
      message: `the keeper ${how}; programs that it had started were ended`,
      ...(complaint === "" ? {} : { seen: complaint }),
      hint: "start gust again",
    };
    // The main processes died with the keeper; what they had started did not.
    if (!expected) {
      await reapOrphans(findOrphans({ runId: this.#options.runId, processes: [] }));
    }
    for (const child of this.#children.values()) child.abandon(this.#lost);
    this.#children.clear();
    if (!expected) this.#options.onLost(this.#lost);
  }
}

function closedFailure(spec: SpawnSpec): Failure {
  return {
    code: "START_FAILED",
    message: `${spec.argv[0] ?? "a command"} was not started because gust is ending`,
  };
}
