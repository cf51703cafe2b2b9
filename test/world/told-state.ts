import type { ToldState } from "../../src/core/told-state.ts";

/** The state of a gust with which all is well. */
export const wellState = (
  generation: number,
  build: number,
  good: readonly number[],
): ToldState => ({
  newest: generation,
  live: true,
  serving: {
    generation,
    build,
    pid: 41,
    addresses: [{ network: "tcp", address: "127.0.0.1:8080" }],
  },
  failed: null,
  failure: null,
  fix: null,
  waiting: null,
  held: null,
  activity: "idle",
  fetching: null,
  paused: false,
  good,
  swap: null,
});
