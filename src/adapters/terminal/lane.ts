import type { Sink } from "./sink.ts";

/**
 * Bytes on their way to one destination, in order, one write at a time. What waits is bounded by
 * those who obey `room`.
 */
export class Lane {
  readonly #sink: Sink;
  readonly #lost: (error: Error) => void;
  #queue: Uint8Array[] = [];
  #waiting = 0;
  #busy = false;
  #broken = false;
  #listeners: (() => void)[] = [];

  /** `lost` is called once, when the destination takes no more (its reader is gone). */
  constructor(sink: Sink, lost: (error: Error) => void) {
    this.#sink = sink;
    this.#lost = lost;
  }

  /** False when so much waits that the writer should pause until `whenEmpty`. */
  get room(): boolean {
    return this.#waiting < HIGH;
  }

  /** True when everything is written. */
  get empty(): boolean {
    return !this.#busy && this.#queue.length === 0;
  }

  /** The bytes must not be changed afterwards. */
  put(data: Uint8Array): void {
    if (this.#broken || data.length === 0) return;
    this.#queue.push(data);
    this.#waiting += data.length;
    if (!this.#busy) this.#pump();
  }

  /** Calls back once, when everything is written; at once when nothing waits. */
  whenEmpty(callback: () => void): void {
    if (this.empty) callback();
    else this.#listeners.push(callback);
  }

  /** Writes what waits at once and in a blocking way, for an exit that cannot wait. */
  rescue(): void {
    const queue = this.#queue;
    this.#queue = [];
    this.#waiting = 0;
    if (!this.#broken) this.#sink.writeNow(Buffer.concat(queue));
  }

  #pump(): void {
    const batch = this.#take();
    if (batch === null) {
      const listeners = this.#listeners;
      this.#listeners = [];
      for (const listener of listeners) listener();
      return;
    }
    this.#busy = true;
    this.#sink.write(batch, (error) => {
      this.#busy = false;
      this.#waiting = Math.max(0, this.#waiting - batch.length);
      if (error !== null) this.#break(error);
      this.#pump();
    });
  }

  /** Small pieces go together in one write; a large one is not copied. */
  #take(): Uint8Array | null {
    const first = this.#queue[0];
    if (first === undefined) return null;
    let count = 0;
    let length = 0;
    for (const piece of this.#queue) {
      if (count > 0 && length + piece.length > BATCH) break;
      count += 1;
      length += piece.length;
    }
    const pieces = this.#queue.splice(0, count);
    return pieces.length === 1 ? first : Buffer.concat(pieces, length);
  }

  #break(error: Error): void {
    this.#broken = true;
    this.#queue = [];
    this.#waiting = 0;
    this.#lost(error);
  }
}

const HIGH = 1_048_576;
const BATCH = 262_144;
