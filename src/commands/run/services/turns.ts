/** Gives `count` turns at a time; of those who wait, the one with the lowest rank is next. */
export class Turns {
  private free: number;
  private readonly waiting: Waiter[] = [];

  constructor(count: number) {
    this.free = count;
  }

  /** Resolves with what ends the turn; null when it was given up before it came. */
  take(rank: number, signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return Promise.resolve(null);
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve(this.turn());
    }
    return new Promise((resolve) => {
      const waiter: Waiter = {
        rank,
        go: () => {
          signal.removeEventListener("abort", giveUp);
          resolve(this.turn());
        },
      };
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        resolve(null);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      const after = this.waiting.findIndex((other) => other.rank > rank);
      this.waiting.splice(after === -1 ? this.waiting.length : after, 0, waiter);
    });
  }

  private turn(): () => void {
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next.go();
    };
  }
}

interface Waiter {
  readonly rank: number;
  go(): void;
}
