import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import { setPriority, getPriority } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { Child, ChildSink, SpawnSpec } from "../../engine/processes.ts";
import { startFailure } from "./keeper-protocol.ts";
import type { StartError } from "./keeper-protocol.ts";
import { processesWhere, sets, statOf } from "./proc-files.ts";
import type { ProcStat } from "./proc-files.ts";
import { requireSignal } from "./signal-names.ts";

/**
 * The number of the lifeline among the child's descriptors: a pipe that all its descendants
 * inherit, whose end proves that they are gone. Shell scripts use the lower numbers; in Node itself
 * this one is taken by the event loop, so that libuv's own pipe to the child never has it.
 */
const LIFELINE = 10;
/** Milliseconds between two rounds of killing: the end of what is not our child has no event. */
const KILL_PAUSE_MS = 10;

/** One child of the `child_process` back end, in its own process group. */
export class NodeChild implements Child {
  readonly ended: Promise<void>;
  readonly #mark: { readonly runId: string; readonly number: number };
  readonly #spec: SpawnSpec;
  readonly #sink: ChildSink;
  readonly #onEnded: () => void;
  readonly #sources: Readable[] = [];
  #holds = 0;
  #resolveEnded: () => void = () => {};
  #process: ChildProcess | null = null;
  #pid = 0;
  #exited = false;
  #gone = false;
  #killing = false;
  #killed = 0;

  constructor(
    mark: { readonly runId: string; readonly number: number },
    spec: SpawnSpec,
    sink: ChildSink,
    onEnded: () => void,
  ) {
    this.#mark = mark;
    this.#spec = spec;
    this.#sink = sink;
    this.#onEnded = onEnded;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  start(): void {
    const [command = "", ...args] = this.#spec.argv;
    const misplaced = directoryError(this.#spec.dir);
    if (misplaced !== null) {
      queueMicrotask(() => this.#failed(misplaced));
      return;
    }
    try {
      this.#process = spawn(command, args, {
        cwd: this.#spec.dir,
        env: {
          ...this.#spec.env,
          GUST_RUN: this.#mark.runId,
          GUST_PROC: `node-${this.#mark.number}`,
        },
        stdio: [
          this.#spec.stdin === "pipe" ? "pipe" : "ignore",
          "pipe",
          "pipe",
          ...Array.from({ length: LIFELINE - 3 }, () => "ignore" as const),
          "pipe",
        ],
        // Its own session and group, so that a signal reaches all of them and not gust.
        detached: process.platform !== "win32",
        windowsHide: true,
      });
    } catch (error) {
      const failure = startError(error);
      queueMicrotask(() => this.#failed(failure));
      return;
    }
    this.#attach(this.#process);
  }

  signal(name: string): void {
    const signal = requireSignal(name);
    if (!this.#gone) this.#signalGroup(signal);
  }

  kill(): void {
    if (this.#killing || this.#gone || this.#process === null) return;
    this.#killing = true;
    void this.#killUntilGone();
  }

  write(data: Uint8Array): void {
    this.#process?.stdin?.write(data);
  }

  closeInput(): void {
    this.#process?.stdin?.end();
  }

  resize(_columns: number, _rows: number): void {}

  setEcho(_on: boolean): void {}

  settle(): void {}

  #attach(child: ChildProcess): void {
    // Spawning failed when there is no pid; the reason comes as an event.
    child.once("error", (error) => {
      if (this.#pid === 0) this.#failed(startError(error));
    });
    if (child.pid === undefined) return;
    this.#pid = child.pid;
    const { nice } = this.#spec;
    child.once("spawn", () => {
      this.#sink.started(this.#pid);
      if (nice !== 0) lowerPriority(this.#pid, nice);
    });
    // A child that closed its stdin does not get the rest; it has its reasons.
    child.stdin?.on("error", () => {});
    const streams = child.stdio as unknown as (Readable | Writable | null)[];
    const lifeline = streams[LIFELINE] as Readable;
    const drained = Promise.all([
      this.#forward("stdout", child.stdout),
      this.#forward("stderr", child.stderr),
    ]);
    const unheld = closed(lifeline);
    lifeline.resume();
    child.once("exit", (code, signal) => void this.#onExit(code, signal, [drained, unheld]));
  }

  async #onExit(
    code: number | null,
    signal: string | null,
    [drained, unheld]: readonly [Promise<unknown>, Promise<void>],
  ): Promise<void> {
    // What the main process wrote is in the pipes already; one turn of the loop reads them.
    await Promise.race([drained, nextTurns()]);
    this.#exited = true;
    this.#sink.exited(code, signal);
    await unheld;
    // Who closed every descriptor is seen neither by the lifeline nor by the streams.
    await this.#waitForUnseen();
    await drained;
    this.#finish();
  }

  async #waitForUnseen(): Promise<void> {
    while (this.#members().length > 0) await pause();
  }

  /** Reads nothing more until then. */
  holdOutput(until: Promise<void>): void {
    this.#holds += 1;
    for (const source of this.#sources) source.pause();
    void until.finally(() => {
      this.#holds -= 1;
      if (this.#holds === 0) for (const source of this.#sources) source.resume();
    });
  }

  #forward(stream: "stdout" | "stderr", source: Readable | null): Promise<void> {
    if (source === null) return Promise.resolve();
    this.#sources.push(source);
    source.on("data", (data: Uint8Array) => this.#sink.output(stream, data));
    return closed(source);
  }

  async #killUntilGone(): Promise<void> {
    const doomed = new Set<string>();
    while (!this.#gone) {
      const outlived = this.#exited;
      for (const { pid, startTime, exiting } of this.#members()) {
        const name = `${pid} ${startTime}`;
        if (statOf(pid)?.startTime !== startTime || !send(pid, "SIGKILL")) continue;
        // Who was signalled together with the main process, or is ending anyway, did not outlive it.
        if (outlived && !exiting && pid !== this.#pid && !doomed.has(name)) this.#killed += 1;
        doomed.add(name);
      }
      if (process.platform === "win32") killWindowsTree(this.#pid);
      else this.#signalGroup("SIGKILL");
      await pause();
    }
  }

  /** Found by their mark and group, on Linux only; elsewhere the group is all we know. */
  #members(): ProcStat[] {
    const { runId, number } = this.#mark;
    return processesWhere(
      (environment, stat) =>
        stat.group === this.#pid ||
        stat.session === this.#pid ||
        (sets(environment, "GUST_RUN", runId) && sets(environment, "GUST_PROC", `node-${number}`)),
    );
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#pid === 0) return;
    if (process.platform === "win32") this.#process?.kill(signal);
    else send(-this.#pid, signal);
  }

  #failed(error: StartError): void {
    this.#gone = true;
    this.#sink.failed(startFailure(this.#spec.argv, this.#spec.dir, error));
    this.#end();
  }

  #finish(): void {
    this.#gone = true;
    this.#sink.gone({ killed: this.#killed, held: [] });
    this.#end();
  }

  #end(): void {
    this.#onEnded();
    this.#resolveEnded();
  }
}

/** Whether the signal was delivered; what has ended meanwhile needs none. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Walks parent numbers, so it misses orphans. Untried. */
function killWindowsTree(pid: number): void {
  // What is left of it is seen by the next round, and so is a command that failed.
  const killer = spawn("taskkill", ["/T", "/F", "/PID", `${pid}`], { stdio: "ignore" });
  killer.on("error", () => {});
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    // A reset says the same as an end: nobody writes any more.
    stream.on("error", () => {});
    stream.once("close", resolve);
  });
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, KILL_PAUSE_MS));
}

async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function lowerPriority(pid: number, nice: number): void {
  try {
    setPriority(pid, getPriority(0) + nice);
  } catch {
    // It ended already, or this system does not allow it: priority is a wish.
  }
}

function directoryError(dir: string): StartError | null {
  try {
    if (statSync(dir).isDirectory()) return null;
    return { stage: "directory", errno: "ENOTDIR", message: `${dir} is not a directory` };
  } catch (error) {
    return { ...startError(error), stage: "directory" };
  }
}

function startError(error: unknown): StartError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const missing = code === "ENOENT" && !message.includes("/");
  return { stage: missing ? "lookup" : "exec", errno: code, message };
}
