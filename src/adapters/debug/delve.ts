import type { NetConnectOpts } from "node:net";
import { constants } from "node:os";
import type { Place } from "../../core/event.ts";
import { type Fields, fieldsOf } from "./json-stream.ts";
import { Rpc, type RpcResult } from "./rpc.ts";

export interface DelveSink {
  /** The program is stopped at `place`, or goes on. */
  paused(paused: boolean, place: Place | null): void;
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
  #ended = false;
  #quiet = false;
  #asking: Promise<void> | null = null;
  #again = false;

  constructor(where: NetConnectOpts, rpc: Rpc, sink: DelveSink) {
    this.where = where;
    this.rpc = rpc;
    this.#sink = sink;
  }

  get paused(): boolean {
    return this.#paused === true;
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
  follow(): void {
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

  /**
   * Stops it, where it runs, so that delve can be asked for its breakpoints; false: it is gone. From
   * now on nobody is told of stops.
   */
  async halt(): Promise<boolean> {
    this.#quiet = true;
    if (this.#paused !== true) await this.rpc.call("Command", { name: "halt" });
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
    const result = await this.rpc.call("State", { NonBlocking: true });
    const state = result.ok ? fieldsOf(result.value["State"]) : null;
    if (state?.["Running"] === true) {
      if (this.#paused === false) return;
      this.#tell(false, null);
      this.#await();
    } else this.#stopped(result);
  }

  /** Resolves when the program runs, or will not any more. */
  async #running(): Promise<void> {
    for (let tries = 0; tries < MOST_LOOKS; tries += 1) {
      const result = await this.rpc.call("State", { NonBlocking: true });
      if (!result.ok) return;
      const state = fieldsOf(result.value["State"]);
      if (state?.["Running"] === true) return this.#tell(false, null);
      // It may have stopped again already.
      if (this.#paused === true || this.#ended) return;
    }
  }

  /** delve answers this when the program has stopped or ended. */
  #await(): void {
    void this.rpc.call("State", { NonBlocking: false }).then((result) => this.#stopped(result));
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
    this.#tell(true, placeOf(state));
  }

  #tell(paused: boolean, place: Place | null): void {
    if (this.#paused === paused || this.#quiet) return;
    this.#paused = paused;
    this.#sink.paused(paused, place);
  }
}

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
