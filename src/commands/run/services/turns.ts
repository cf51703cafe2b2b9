/**
 * Gives `count` turns at a time to builds; of those who wait, the one with the lowest rank is next.
 * What nobody waits for has the turns that are left, and keeps no build from its own.
 */
export class Turns {
  private readonly count: number;
  private builds = 0;
  private others = 0;
  private readonly waiting: Waiter[] = [];

  constructor(count: number) {
    this.count = count;
  }

  /** For a build. Resolves with what ends the turn; null when it was given up before it came. */
  take(rank: number, signal: AbortSignal): Promise<Turn | null> {
    return this.wait(rank, signal);
  }

  /** For work that nobody waits for. */
  takeIdle(signal: AbortSignal): Promise<Turn | null> {
    return this.wait(IDLE, signal);
  }

  private wait(rank: number, signal: AbortSignal): Promise<Turn | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        rank,
        go: () => {
          signal.removeEventListener("abort", giveUp);
          resolve(this.turn(rank));
        },
      };
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        resolve(null);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      const after = this.waiting.findIndex((other) => other.rank > rank);
      this.waiting.splice(after === -1 ? this.waiting.length : after, 0, waiter);
      this.admit();
    });
  }

  private admit(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const busy = next.rank === IDLE ? this.builds + this.others : this.builds;
      if (busy >= this.count) return;
      this.waiting.shift();
      next.go();
    }
  }

  private turn(rank: number): Turn {
    this.add(rank, 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.add(rank, -1);
      this.admit();
    };
  }

  private add(rank: number, one: 1 | -1): void {
    if (rank === IDLE) this.others += one;
    else this.builds += one;
  }
}

/** Ends a turn. */
export type Turn = () => void;

interface Waiter {
  readonly rank: number;
  go(): void;
}

/** After every build. */
const IDLE = Infinity;
