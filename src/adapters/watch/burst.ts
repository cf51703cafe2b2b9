import type { WatchSink } from "../../engine/ports.ts";

/** When a burst of events counts as too much to trust that none was dropped. */
export interface BurstLimits {
  /** So many events in one burst: the queue of the system may have overflowed. */
  readonly events: number;
  /** A turn of the event loop this long (milliseconds) during a burst is a stall... */
  readonly stallMs: number;
  /** ...that counts once the burst has so many events. */
  readonly stallEvents: number;
}

/**
 * Collects events into batches: the first event of a burst goes out in the same turn of the event
 * loop, later ones once a turn. A burst ends with the first turn that brings nothing.
 *
 * No system tells Node that its queue of events overflowed (libuv drops that message), so the size
 * and the stalls of a burst are measured, and `lost` is reported when it ends.
 */
export class Burst {
  readonly #sink: WatchSink;
  readonly #limits: BurstLimits;
  #paths = new Set<string>();
  #running = false;
  #closed = false;
  #events = 0;
  #turnBegan = 0;
  #stalled = false;
  #lost: string | null = null;

  constructor(sink: WatchSink, limits: BurstLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /** A path for the next batch. */
  touched(path: string): void {
    this.#paths.add(path);
    this.#run();
  }

  /** Counts one event of the system, whether or not it leads to a path. */
  event(): void {
    this.#events += 1;
    this.#run();
  }

  lost(reason: string): void {
    this.#lost ??= reason;
    this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#paths.clear();
  }

  #run(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#turnBegan = performance.now();
    setImmediate(() => this.#turn(0));
  }

  #turn(eventsBefore: number): void {
    if (this.#closed) return;
    const now = performance.now();
    if (now - this.#turnBegan > this.#limits.stallMs) this.#stalled = true;
    if (this.#paths.size === 0 && this.#events === eventsBefore) {
      this.#end();
      return;
    }
    const paths = this.#paths;
    const events = this.#events;
    if (paths.size > 0) {
      this.#paths = new Set();
      this.#sink.touched([...paths]);
    }
    this.#turnBegan = now;
    setImmediate(() => this.#turn(events));
  }

  #end(): void {
    const reason = this.#lost ?? this.#measured();
    this.#running = false;
    this.#events = 0;
    this.#stalled = false;
    this.#lost = null;
    if (reason !== null) this.#sink.lost(reason);
  }

  #measured(): string | null {
    if (this.#events >= this.#limits.events) {
      return `${this.#events} events at once, more than the system may have kept`;
    }
    if (this.#stalled && this.#events >= this.#limits.stallEvents) {
      return `${this.#events} events while gust was held up`;
    }
    return null;
  }
}
