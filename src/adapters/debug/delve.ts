import type { NetConnectOpts } from "node:net";
import { constants } from "node:os";
import type { Place } from "../../core/event.ts";
import { type Fields, fieldsOf } from "./json-stream.ts";
import type { Rpc, RpcResult } from "./rpc.ts";

export interface DelveSink {
  /** The program is stopped at `place`, or goes on. */
  paused(paused: boolean, place: Place | null): void;
  /** True: it has panicked, and nobody is there to look at it, so that it ends. */
  readonly unseen: () => boolean;
  /** The program has ended. */
  exited(end: ProgramEnd): void;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One delve and its program: whether it runs is known from what delve answers, and never guessed. */
export class Delve {
  readonly where: NetConnectOpts;
  readonly rpc: Rpc;
  readonly #sink: DelveSink;
  #paused: boolean | null = null;
  #place = "";
  #stands = false;
  #goingOn: NodeJS.Timeout | undefined;
  #ended = false;
  #quiet = false;
  #asking: Promise<void> | null = null;
  #awaiting = false;
  /** Which step is under way: it is on its way to the next line, and does not go on. 0: none. */
  #step = 0;
  #steps = 0;
  #again = false;

  constructor(where: NetConnectOpts, rpc: Rpc, sink: DelveSink) {
    this.where = where;
    this.rpc = rpc;
    this.#sink = sink;
  }

  /** It stands still now, whatever has been told. */
  get paused(): boolean {
    return this.#stands;
  }

  /** It was stopped only for a moment: whoever did it lets it go on, or ends it. */
  quietly(quiet: boolean): void {
    this.#quiet = quiet;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Lets the program begin. */
  async begin(): Promise<void> {
    void this.rpc.call("Command", { name: "continue" }).then((result) => this.#stopped(result));
    await this.#running();
  }

  /** Somebody else has let it begin. */
  async follow(): Promise<void> {
    await this.#running();
    this.#await();
  }

  /** A client and delve have spoken: perhaps the program goes on, or has stopped. */
  look(): void {
    if (this.#ended) return;
    if (this.#asking !== null) {
      this.#again = true;
      return;
    }
    this.#asking = this.#look().finally(() => {
      this.#asking = null;
      const again = this.#again;
      this.#again = false;
      if (again) this.look();
    });
  }

  /** A client steps to the next line. One that takes long runs on, whatever comes of it. */
  step(): void {
    this.#steps += 1;
    const step = this.#steps;
    this.#step = step;
    setTimeout(() => {
      if (this.#step === step) this.goOn();
    }, LONG_STEP_MS).unref();
  }

  /** A client lets it go on. */
  goOn(): void {
    this.#step = 0;
    this.look();
  }

  /**
   * Stops it, where it runs, so that delve can be asked for its breakpoints; false: it is gone. From
   * now on nobody is told of stops.
   */
  async halt(): Promise<boolean> {
    this.#quiet = true;
    if (!this.#stands) await this.rpc.call("Command", { name: "halt" });
    return !this.#ended;
  }

  /** Goes on after `halt`. */
  resume(): void {
    void this.rpc.call("Command", { name: "continue" }).then((result) => this.#stopped(result));
  }

  async pid(): Promise<number | null> {
    const result = await this.rpc.call("ProcessPid");
    const pid = result.ok ? Number(result.value["Pid"]) : 0;
    return pid > 0 ? pid : null;
  }

  /** Ends the program, if it lives, and delve. */
  end(): void {
    void this.rpc.call("Detach", { Kill: true });
  }

  async #look(): Promise<void> {
    const result = await this.#state();
    if (!isRunning(result)) return this.#stopped(result);
    if (this.#step === 0) this.#tell(false, null);
    this.#await();
    return undefined;
  }

  /** Resolves when the program runs, or has stopped or ended already. */
  async #running(): Promise<void> {
    for (let tries = 0; tries < MOST_LOOKS; tries += 1) {
      const result = await this.#state();
      if (isRunning(result)) return this.#tell(false, null);
      if (!result.ok || this.#paused === true || this.#ended) return undefined;
    }
    return undefined;
  }

  /**
   * What the program does now. One that begins to run at this very moment keeps delve from answering
   * until it stops: then it is asked once more, and that answer is as good when it comes.
   */
  async #state(): Promise<RpcResult> {
    const call = this.rpc.call("State", { NonBlocking: true });
    const result = await Promise.race([call, after(ANSWER_MS)]);
    if (result !== null) return result;
    void call.then((late) => this.#stopped(late));
    return this.#state();
  }

  /** delve answers this when the program has stopped or ended. */
  #await(): void {
    if (this.#awaiting) return;
    this.#awaiting = true;
    void this.#awaitStop();
  }

  async #awaitStop(): Promise<void> {
    const result = await this.rpc.call("State", { NonBlocking: false });
    this.#awaiting = false;
    this.#stopped(result);
  }

  #stopped(result: RpcResult): void {
    if (this.#ended) return;
    const end = endOf(result);
    if (end !== null) {
      this.#ended = true;
      return this.#sink.exited(end);
    }
    // What delve could not do, or cannot tell any more, says nothing of the program.
    const state = result.ok ? fieldsOf(result.value["State"]) : null;
    if (state === null || state["Running"] === true) return;
    this.#step = 0;
    if (hasPanicked(state) && this.#sink.unseen()) return this.resume();
    this.#tell(true, placeOf(state));
  }

  /**
   * One that goes on is left alone for a moment: what it was stopped in is to be finished, or to come to
   * the next breakpoint.
   */
  #tell(paused: boolean, place: Place | null): void {
    this.#stands = paused;
    if (paused) {
      clearTimeout(this.#goingOn);
      this.#goingOn = undefined;
    }
    const text = JSON.stringify(place);
    if (this.#quiet || (this.#paused === paused && this.#place === text)) return;
    if (!paused && this.#paused === true) {
      this.#goingOn ??= setTimeout(() => this.#set(false, null), MOMENT_MS).unref();
    } else this.#set(paused, place);
  }

  #set(paused: boolean, place: Place | null): void {
    this.#goingOn = undefined;
    if (this.#quiet || this.#ended) return;
    this.#paused = paused;
    this.#place = JSON.stringify(place);
    this.#sink.paused(paused, place);
  }
}

/** Where delve itself stops a program that is about to end by a panic or a fatal error. */
function hasPanicked(state: Fields): boolean {
  const name = fieldsOf(fieldsOf(state["currentThread"])?.["breakPoint"])?.["name"];
  return name === "unrecovered-panic" || name === "runtime-fatal-throw";
}

const LONG_STEP_MS = 3000;

const MOMENT_MS = 250;

function isRunning(result: RpcResult): boolean {
  return result.ok && fieldsOf(result.value["State"])?.["Running"] === true;
}

function after(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms).unref());
}

/** delve answers in a millisecond, unless it is busy. */
const ANSWER_MS = 50;

const MOST_LOOKS = 1000;

function endOf(result: RpcResult): ProgramEnd | null {
  if (!result.ok) {
    const status = /has exited with status (-?\d+)/.exec(result.error)?.[1];
    return status === undefined ? null : endBy(Number(status));
  }
  const state = fieldsOf(result.value["State"]);
  return state?.["exited"] === true ? endBy(Number(state["exitStatus"])) : null;
}

/** delve tells the number of a signal below zero. */
function endBy(status: number): ProgramEnd {
  if (status >= 0) return { code: status, signal: null };
  const name = Object.entries(constants.signals).find(([, number]) => number === -status)?.[0];
  return { code: null, signal: name ?? `signal ${-status}` };
}

function placeOf(state: Fields): Place | null {
  const goroutine = fieldsOf(state["currentGoroutine"]);
  const user = fieldsOf(goroutine?.["userCurrentLoc"]);
  const at = user ?? fieldsOf(state["currentThread"]);
  const [file, line] = [at?.["file"], at?.["line"]];
  if (typeof file !== "string" || typeof line !== "number" || file === "") return null;
  const name = fieldsOf(at?.["function"])?.["name"];
  return { function: typeof name === "string" ? name : "", file, line };
}
