import { rm } from "node:fs/promises";
import { type NetConnectOpts, createServer } from "node:net";
import { join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import type { Address } from "../../core/version.ts";
import type { Child, ChildSink, Processes, SpawnSpec } from "../../engine/processes.ts";
import { type Breakpoint, placeText } from "./breakpoints.ts";
import { Delve, type ProgramEnd } from "./delve.ts";
import type { DebugDesk } from "./desk.ts";
import { execArgv } from "./dlv-command.ts";
import { Rpc, connectWhenUp } from "./rpc.ts";

export interface DebugOptions {
  readonly processes: Processes;
  readonly desk: DebugDesk;
  /** Absolute path of delve. */
  readonly dlv: string;
  /** A directory of gust's own, with a short path, for the sockets of delve. */
  readonly dir: string;
  readonly warn: (failure: Failure) => void;
}

/** Runs every program in a delve of its own; debuggers come to the desk's port. */
export function debuggedProcesses(options: DebugOptions): Processes {
  const { processes } = options;
  let count = 0;
  return {
    capabilities: processes.capabilities,
    spawn: (spec, sink) => {
      count += 1;
      return new DebuggedChild({ spec, sink, options, number: count });
    },
    holdOutput: (until) => processes.holdOutput(until),
    portOwner: (port) => processes.portOwner(port),
    release: (keep) => processes.release?.(keep),
    close: () => processes.close(),
  };
}

interface Debugged {
  readonly spec: SpawnSpec;
  readonly sink: ChildSink;
  readonly options: DebugOptions;
  readonly number: number;
}

/** A program and its delve, as one child: its end is that of the program. */
class DebuggedChild implements Child {
  readonly #it: Debugged;
  readonly #givenUp = new AbortController();
  #child: Child | null = null;
  #delve: Delve | null = null;
  #pid = 0;
  #end: ProgramEnd | null = null;
  #unset: readonly Breakpoint[] = [];
  #wanted: "run" | "end" = "run";
  #where: NetConnectOpts | null = null;
  #listened = false;

  constructor(it: Debugged) {
    this.#it = it;
    void this.#start();
  }

  signal(name: string): void {
    if (this.#wanted === "end") return;
    this.#wanted = "end";
    const delve = this.#delve;
    if (delve === null) {
      this.#givenUp.abort();
      this.#child?.signal(name);
    } else void this.#stop(delve, name);
  }

  kill(): void {
    this.#wanted = "end";
    this.#givenUp.abort();
    if (this.#delve !== null) this.#it.options.desk.leave(this.#delve);
    this.#child?.kill();
  }

  write(data: Uint8Array): void {
    this.#child?.write(data);
  }

  closeInput(): void {
    this.#child?.closeInput();
  }

  resize(columns: number, rows: number): void {
    this.#child?.resize(columns, rows);
  }

  setEcho(on: boolean): void {
    this.#child?.setEcho(on);
  }

  settle(): void {
    this.#child?.settle();
  }

  async #start(): Promise<void> {
    const { spec, sink, options, number } = this.#it;
    const place = await socketPlace(options.dir, number);
    this.#where = place.where;
    if (this.#wanted === "end") {
      sink.exited(null, "SIGTERM");
      return sink.gone({ killed: 0, held: [] });
    }
    const argv = execArgv(options.dlv, place.listen, spec.argv);
    this.#child = options.processes.spawn(
      { ...spec, argv, held: false, state: false },
      this.#heard(),
    );
  }

  #heard(): ChildSink {
    const { sink } = this.#it;
    return {
      started: (pid) => void this.#connect(pid),
      failed: (failure) => {
        this.#givenUp.abort();
        sink.failed(failure);
      },
      output: (stream, data) => {
        const rest = this.#withoutBanner(data);
        if (rest.length > 0) sink.output(stream, rest);
      },
      listening: (addresses, unheld) => {
        const own = (one: Address): boolean => !this.#isDelve(one);
        const told = addresses.filter(own);
        // That delve listens says nothing of the program.
        if (told.length === 0 && !this.#listened) return;
        this.#listened = true;
        sink.listening(told, unheld.filter(own));
      },
      exited: (code, signal) => {
        this.#over();
        sink.exited(
          this.#end === null ? code : this.#end.code,
          this.#end?.signal ?? (this.#end === null ? signal : null),
        );
      },
      gone: (leftovers) => {
        this.#over();
        void this.#cleanUp().then(() => sink.gone(leftovers));
      },
    };
  }

  async #connect(dlvPid: number): Promise<void> {
    const { sink, options } = this.#it;
    if (this.#where === null) return;
    const socket = await connectWhenUp(this.#where, this.#givenUp.signal);
    if (socket === null) return;
    const rpc = new Rpc(socket);
    const delve = new Delve(this.#where, rpc, {
      paused: (paused, place) => sink.paused?.(paused, place),
      unseen: () => options.desk.empty,
      exited: (end) => void this.#ended(delve, end),
    });
    await rpc.call("SetApiVersion", { APIVersion: 2 });
    this.#pid = (await delve.pid()) ?? 0;
    this.#delve = delve;
    const { desk } = options;
    this.#unset = await desk.breakpoints.restore(rpc, desk.editors.length > 0);
    for (const one of this.#unset) options.warn(lost(one));
    if (this.#wanted === "end") return delve.end();
    // Its time begins now, and not while delve reads what it is about.
    sink.started(dlvPid);
    await desk.lead(delve);
  }

  /**
   * The breakpoints are asked for while the program stands still, and taken away, so that it ends as
   * it does without a debugger. One that stands still already is not let go: it just ends.
   */
  async #stop(delve: Delve, name: string): Promise<void> {
    const { desk } = this.#it.options;
    desk.leave(delve);
    const stood = delve.paused;
    if (await delve.halt()) {
      await desk.breakpoints.remember(delve.rpc, this.#unset);
      if (stood || process.platform === "win32" || this.#pid === 0) return delve.end();
      await desk.breakpoints.clear(delve.rpc);
      delve.resume();
      send(this.#pid, name);
    }
  }

  /** The program has ended by itself, or as it was told to: delve has nothing more to do. */
  async #ended(delve: Delve, end: ProgramEnd): Promise<void> {
    this.#end = end;
    if (this.#wanted === "run") {
      await this.#it.options.desk.breakpoints.remember(delve.rpc, this.#unset);
      this.#it.options.desk.leave(delve);
    }
    delve.end();
  }

  #over(): void {
    this.#givenUp.abort();
    const delve = this.#delve;
    if (delve === null) return;
    this.#it.options.desk.leave(delve);
    delve.rpc.close();
  }

  /** delve's own word, on the output of the program. */
  #withoutBanner(data: Uint8Array): Uint8Array {
    if (this.#delve !== null && this.#bannerSeen) return data;
    const text = Buffer.from(data).toString("latin1");
    const found = /API server listening at: [^\n]*\n?/.exec(text);
    if (found === null) return data;
    this.#bannerSeen = true;
    return Buffer.from(text.replace(found[0], ""), "latin1");
  }

  #bannerSeen = false;

  #isDelve({ network, address }: Address): boolean {
    const where = this.#where;
    if (where === null) return false;
    if ("path" in where) return network === "unix" && address === where.path;
    return network === "tcp" && address.endsWith(`:${where.port}`);
  }

  async #cleanUp(): Promise<void> {
    const where = this.#where;
    if (where !== null && "path" in where) await rm(where.path, { force: true });
  }
}

interface SocketPlace {
  readonly where: NetConnectOpts;
  /** For `--listen`. */
  readonly listen: string;
}

/** A socket that only this user can reach; on Windows, where delve has none, a port. */
async function socketPlace(dir: string, number: number): Promise<SocketPlace> {
  if (process.platform !== "win32") {
    const path = join(dir, `dlv-${process.pid}-${number}`);
    await rm(path, { force: true });
    return { where: { path }, listen: `unix:${path}` };
  }
  const port = await freePort();
  return { where: { port, host: "127.0.0.1" }, listen: `127.0.0.1:${port}` };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * To the program and what it has started, which delve puts into a group of their own; not to delve,
 * which is to see how the program ends.
 */
function send(pid: number, name: string): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, name);
      return;
    } catch {
      // It has no such group, or has ended by itself.
    }
  }
}

function lost(breakpoint: Breakpoint): Failure {
  return {
    code: "BREAKPOINT_LOST",
    message: `the breakpoint ${placeText(breakpoint)} is not in this version`,
    hint: "it is tried again with the next one",
  };
}
