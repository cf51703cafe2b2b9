import { EventEmitter, once } from "node:events";

/**
 * Requests that must not be sent twice and have had no answer yet. A program that is told to end closes
 * its socket, and with it what it has not accepted: nobody can tell then whether it has read a request.
 */
export class Unanswered {
  readonly #begun = new Map<object, number>();
  readonly #news = new EventEmitter<{ change: [] }>().setMaxListeners(0);

  /** One is being sent, by a connection of its own; call what is returned when an answer comes. */
  begin(): () => void {
    const key = {};
    this.#begun.set(key, performance.now());
    return () => {
      if (this.#begun.delete(key)) this.#news.emit("change");
    };
  }

  /**
   * Null where all are old enough for any program to have accepted them, or answered. Otherwise
   * resolves when they are, which takes no longer than it takes to grow old.
   */
  settled(): Promise<void> | null {
    return this.#anyYoung() ? this.#wait() : null;
  }

  async #wait(): Promise<void> {
    const end = AbortSignal.timeout(OLD_MS);
    while (this.#anyYoung() && !end.aborted) {
      await once(this.#news, "change", { signal: end }).catch(() => undefined);
    }
  }

  #anyYoung(): boolean {
    const limit = performance.now() - OLD_MS;
    return [...this.#begun.values()].some((since) => since > limit);
  }
}

/** Programs accept within a millisecond, unless the machine has much else to do. */
const OLD_MS = 150;
