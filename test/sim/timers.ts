import type { TimerId } from "../../src/core/event.ts";
import type { Queue } from "./queue.ts";

/** Named timers on a clock that only the queue moves. */
export class Timers {
  private readonly queue: Queue;
  private readonly fired: (timer: TimerId) => void;
  private readonly running = new Map<TimerId, number>();
  private count = 0;

  constructor(queue: Queue, fired: (timer: TimerId) => void) {
    this.queue = queue;
    this.fired = fired;
  }

  start(timer: TimerId, ms: number): void {
    this.count += 1;
    const mine = this.count;
    this.running.set(timer, mine);
    this.queue.later(ms, () => {
      if (this.running.get(timer) !== mine) return;
      this.running.delete(timer);
      this.fired(timer);
    });
  }

  cancel(timer: TimerId): void {
    this.running.delete(timer);
  }
}
