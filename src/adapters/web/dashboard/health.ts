import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Health } from "../../../core/dashboard.ts";

/** What gust knows of its watches. */
export type Watches = Pick<Health, "watchedDirs" | "watchMode">;

/** Looks at gust itself, every two seconds while it is open. */
export class HealthWatch {
  readonly #watches: () => Watches;
  readonly #delay: IntervalHistogram;
  readonly #timer: NodeJS.Timeout;
  // Before the first two seconds are over it is the time since gust began.
  #cpu: NodeJS.CpuUsage = { user: 0, system: 0 };
  #at = 0;
  #newest: Health;

  constructor(watches: () => Watches, tell: (health: Health) => void) {
    this.#watches = watches;
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delay.enable();
    this.#newest = this.#look();
    this.#timer = setInterval(() => {
      this.#newest = this.#look();
      tell(this.#newest);
    }, EVERY_MS);
    this.#timer.unref();
  }

  get newest(): Health {
    return this.#newest;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #look(): Health {
    const { rss, heapUsed } = process.memoryUsage();
    const cpu = process.cpuUsage();
    const used = cpu.user - this.#cpu.user + cpu.system - this.#cpu.system;
    const now = performance.now();
    const passed = Math.max(1, now - this.#at);
    this.#cpu = cpu;
    this.#at = now;
    const loopLagMs = { mean: lagOf(this.#delay.mean), max: lagOf(this.#delay.max) };
    this.#delay.reset();
    return {
      at: Date.now(),
      residentBytes: rss,
      heapBytes: heapUsed,
      ...this.#watches(),
      loopLagMs,
      cpu: used / 1000 / passed,
    };
  }
}

const EVERY_MS = 2000;
const RESOLUTION_MS = 20;

/** The time between two looks is measured, in nanoseconds: what is beyond the time asked for is delay. */
function lagOf(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS) : 0;
}
