import type { Clock } from "../engine/ports.ts";

/** The one place that reads a clock and sets timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
