import type { Exit, Leftovers } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import type { Address, Version } from "../../core/version.ts";
import type {
  Program,
  ProgramDrain,
  ProgramSink,
  Runner,
  StartRequest,
} from "../../engine/ports.ts";
import type {
  Child,
  ChildSink,
  Processes,
  SpawnSpec,
  TerminalSpec,
} from "../../engine/processes.ts";
import { type Annotator, openAnnotator } from "./annotate.ts";
import { type HealthCheck, probeHealth } from "./health.ts";
import { LineMatcher } from "./line-matcher.ts";
import type { ContextOfProcess, LogContexts, ProcessContext } from "./log-context.ts";
import { watchForConflict } from "./conflict-watch.ts";
import { Tail } from "./tail.ts";

export interface RunnerOptions {
  readonly processes: Processes;
  /** What to execute for a version; a failure when that cannot be prepared. */
  readonly command: (version: Version) => Promise<Command | Failure>;
  readonly output: (stream: "stdout" | "stderr", data: Uint8Array, from: OutputSource) => void;
  readonly context: ContextOptions;
  /** The terminal that the program gets, asked at each start; null for pipes. */
  readonly terminal: () => TerminalSpec | null;
  readonly stdin: "none" | "pipe";
  /** True: it is started as systemd starts a service. */
  readonly service: boolean;
  /** Where its pages find gust, asked at each start; null where they are not to. */
  readonly pages: () => string | null;
  /** Asked before it is told to end: null, or when it may be, because it has what was sent to it. */
  readonly settled: () => Promise<void> | null;
  /** Import path with which the user's own packages begin. */
  readonly own: string;
  readonly health: () => HealthCheck | null;
  readonly logPattern: () => string | null;
  /** Told of every process that is started and gone. */
  readonly onProcess: (pid: number, alive: boolean) => void;
  /** What the last output of an unsuccessful program means. */
  readonly explain: (tail: string, exit: Pick<Exit, "code" | "signal">) => Promise<Failure | null>;
  readonly conflicts: Conflicts;
}

/** Which process of the program wrote something. */
export interface OutputSource {
  readonly generation: number;
  readonly pid: number;
}

export interface ContextOptions {
  readonly contexts: LogContexts;
  /** Whether log lines get the fields, asked at each start. */
  readonly annotate: () => boolean;
  /** Told of every process that is started, and with null of its end. */
  readonly tell: (pid: number, context: ProcessContext | null) => void;
}

/** What tells that a version cannot live beside the one that serves. */
export interface Conflicts {
  /** What `waiter` waits for that `holder` has; null when nothing tells so. */
  readonly between: (waiter: number, holder: number) => Waiting | null;
  /** The same from the last words of a version that has ended. */
  readonly after: (tail: string, holder: number) => Promise<string | null>;
}

export interface Waiting {
  readonly what: string;
  /** False: it may be by chance, unless it stays so. */
  readonly certain: boolean;
}

export interface Command {
  readonly argv: readonly string[];
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The running program also takes what the user types. */
export interface ProgramRunner extends Runner {
  write(data: Uint8Array): void;
  closeInput(): void;
  resize(columns: number, rows: number): void;
  setEcho(on: boolean): void;
  /** Calls back whenever no program is left. */
  onEmpty(callback: () => void): void;
}

/** Starts versions of the program as child processes, and watches for signs of readiness. */
export function openRunner(options: RunnerOptions): ProgramRunner {
  const alive = new Map<number, RunningProgram>();
  let inputClosed = false;
  let onEmpty: (() => void) | null = null;
  const newest = (): Child | null => [...alive.values()].at(-1)?.child ?? null;
  return {
    start(request, sink) {
      const program = new RunningProgram(request, sink, options, () => {
        alive.delete(request.instance);
        if (alive.size === 0) onEmpty?.();
      });
      alive.set(request.instance, program);
      void program.begin(inputClosed);
      return program;
    },
    write: (data) => newest()?.write(data),
    closeInput() {
      inputClosed = true;
      newest()?.closeInput();
    },
    resize(columns, rows) {
      for (const { child } of alive.values()) child?.resize(columns, rows);
    },
    setEcho: (on) => newest()?.setEcho(on),
    onEmpty: (callback) => {
      onEmpty = callback;
    },
    async close() {
      for (const program of alive.values()) program.kill();
      await Promise.resolve();
    },
  };
}

class RunningProgram implements Program {
  child: Child | null = null;
  private readonly request: StartRequest;
  private readonly sink: ProgramSink;
  private readonly options: RunnerOptions;
  private readonly over: () => void;
  private readonly tail = new Tail(16 * 1024);
  private readonly probe = new AbortController();
  private readonly matcher: LineMatcher | null;
  private wanted: "run" | "signal" | "kill" = "run";
  /** Signals that wait, one behind the other. */
  private signalled: Promise<void> | null = null;
  private addresses: readonly Address[] = [];
  private probing = false;
  private pid = 0;
  private context: ContextOfProcess | null = null;
  private annotators: Readonly<Record<"stdout" | "stderr", Annotator>> | null = null;
  private stopConflictWatch: () => void = () => undefined;
  /** The report of an end waits for its explanation; the report that all are gone waits for it. */
  private exitReported: Promise<void> = Promise.resolve();

  constructor(request: StartRequest, sink: ProgramSink, options: RunnerOptions, over: () => void) {
    this.request = request;
    this.sink = sink;
    this.options = options;
    this.over = over;
    const pattern = options.logPattern();
    this.matcher = pattern === null ? null : new LineMatcher(pattern, () => sink.logMatched());
  }

  async begin(inputClosed: boolean): Promise<void> {
    const command = await this.options.command(this.request.version);
    if ("code" in command) return this.fail(command);
    if (this.wanted !== "run") {
      // Told to end before it began: it never was.
      this.sink.exited({ code: null, signal: "SIGTERM", tail: "", failure: null, conflict: null });
      this.sink.gone({ killed: 0, held: [] });
      return this.over();
    }
    const { held, label, beside } = this.request;
    const env = this.withContext(command.env);
    const spec: SpawnSpec = {
      ...command,
      env: held ? { ...env, ...this.forShim(label) } : env,
      stdin: this.options.stdin,
      terminal: this.options.terminal(),
      sockets: true,
      held,
      service: this.options.service,
      state: true,
      nice: 0,
    };
    // A program that takes no part would find its own address in use.
    if (!held && beside === null) this.options.processes.release?.([]);
    this.child = this.options.processes.spawn(spec, this.childSink());
    if (inputClosed) this.child.closeInput();
  }

  private forShim(label: string): Readonly<Record<string, string>> {
    const pages = this.options.pages();
    const found = pages === null ? {} : { GUST_PAGES: pages };
    return { GUST_LABEL: label, GUST_OWN: this.options.own, ...found };
  }

  signal(name: string): void {
    this.stopConflictWatch();
    if (this.wanted === "run") this.wanted = "signal";
    const settled = this.signalled ?? this.options.settled();
    if (settled === null) this.child?.signal(name);
    else this.signalled = settled.then(() => this.child?.signal(name));
    this.probe.abort();
  }

  drain({ to, ms, streams }: ProgramDrain): void {
    const heir = to instanceof RunningProgram ? to.child : null;
    if (this.child?.drain !== undefined) this.child.drain({ to: heir, ms, streams });
    else this.sink.drained({ moved: 0, closed: 0, left: 0, main: null, goroutines: [] });
  }

  label(text: string): void {
    this.child?.label?.(text);
  }

  report(): void {
    if (this.child?.report !== undefined) this.child.report();
    else this.sink.reported({ left: 0, descriptors: 0, goroutines: [] });
  }

  kill(): void {
    this.stopConflictWatch();
    this.wanted = "kill";
    this.child?.kill();
    this.probe.abort();
  }

  settle(): void {
    this.child?.settle();
    // What it does not listen on, no client should wait at any more.
    this.options.processes.release?.(this.addresses);
    this.probe.abort();
  }

  private childSink(): ChildSink {
    const { sink } = this;
    return {
      started: (pid) => {
        this.pid = pid;
        this.options.onProcess(pid, true);
        this.context?.started(pid);
        this.options.context.tell(pid, this.context?.context() ?? null);
        sink.started(pid);
        this.probeIfKnown();
        this.watchForConflict();
      },
      failed: (failure) => this.fail(failure),
      output: (stream, data) => {
        this.tail.add(data);
        this.passOn(stream, this.annotators?.[stream].add(data) ?? data);
        this.matcher?.feed(stream, data);
      },
      listening: (addresses, unheld) => {
        this.addresses = addresses;
        sink.listening(addresses, unheld);
        this.probeIfKnown();
      },
      shim: () => sink.attached(),
      accepting: () => {
        this.stopConflictWatch();
        sink.accepting();
      },
      drained: (report) => sink.drained(report),
      left: (left) => sink.left(left),
      reported: (report) => sink.reported(report),
      told: (told) => sink.told(told),
      state: (news) => sink.state(news),
      paused: (paused, place) => sink.paused(paused, place),
      exited: (code, signal) => {
        this.probe.abort();
        this.stopConflictWatch();
        this.exitReported = this.reportExit(code, signal);
      },
      gone: (leftovers) => void this.reportGone(leftovers),
    };
  }

  private passOn(stream: "stdout" | "stderr", data: Uint8Array): void {
    const { generation } = this.request.version;
    if (data.length > 0) this.options.output(stream, data, { generation, pid: this.pid });
  }

  /** Everything that tells the process from those of other versions. */
  private withContext(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { contexts, annotate } = this.options.context;
    const context = contexts.next(this.request.version.generation, env);
    this.context = context;
    const all = { ...env, ...context.env };
    if (!annotate()) {
      // An outer gust may have been asked for it.
      const others = Object.entries(all).filter(([name]) => name !== "GUST_LOG_CONTEXT");
      return Object.fromEntries(others);
    }
    const fields = (): { origPid: number; reloadCount: number } | null => {
      const { origPid, reloadCount } = context.context();
      return origPid === null ? null : { origPid, reloadCount };
    };
    this.annotators = { stdout: openAnnotator(fields), stderr: openAnnotator(fields) };
    return { ...all, GUST_LOG_CONTEXT: "1" };
  }

  private fail(failure: Failure): void {
    this.probe.abort();
    this.over();
    this.sink.failed(failure);
  }

  /** The end is reported with its reason, which may need a look at who holds a port. */
  private async reportExit(code: number | null, signal: string | null): Promise<void> {
    const tail = this.tail.text();
    const failure =
      code === 0 || this.wanted !== "run"
        ? null
        : await this.options.explain(tail, { code, signal });
    const { beside } = this.request;
    const alone = beside === null || this.wanted !== "run";
    const conflict = alone ? null : await this.options.conflicts.after(tail, beside);
    this.sink.exited({ code, signal, tail, failure, conflict });
  }

  private watchForConflict(): void {
    const { beside } = this.request;
    if (beside === null) return;
    this.stopConflictWatch = watchForConflict(
      () => this.options.conflicts.between(this.pid, beside),
      (what) => this.sink.blocked(what),
    );
  }

  private async reportGone(leftovers: Leftovers): Promise<void> {
    await this.exitReported;
    for (const stream of ["stdout", "stderr"] as const) {
      this.passOn(stream, this.annotators?.[stream].end() ?? NOTHING);
    }
    this.over();
    this.options.onProcess(this.pid, false);
    this.options.context.tell(this.pid, null);
    this.sink.gone(leftovers);
  }

  /** Health is asked for as soon as a port is known. */
  private probeIfKnown(): void {
    const check = this.options.health();
    if (check === null || this.probing) return;
    const port = check.port > 0 ? check.port : firstPort(this.addresses);
    if (port === null) return;
    this.probing = true;
    void this.probeAt({ ...check, port });
  }

  private async probeAt(check: HealthCheck): Promise<void> {
    const door = (): Promise<number | null> =>
      this.child?.openDoor?.(check.port) ?? Promise.resolve(null);
    const { child, request, options } = this;
    // Both versions accept at the sockets that both inherit.
    const shared = options.service && request.beside !== null;
    const accepted = shared
      ? (from: readonly number[], port: number): Promise<readonly number[]> =>
          child?.accepted?.(from, port) ?? Promise.resolve([])
      : null;
    if (await probeHealth(check, this.probe.signal, { door, accepted })) this.sink.healthy();
  }
}

const NOTHING = new Uint8Array();

function firstPort(addresses: readonly Address[]): number | null {
  for (const { network, address } of addresses) {
    const port = Number(address.slice(address.lastIndexOf(":") + 1));
    if (network === "tcp" && port > 0) return port;
  }
  return null;
}
