import type { View } from "../../src/core/view.ts";

/** A view in which nothing goes on, but for what is given. */
export const calmView = (change: Partial<View> = {}): View => ({
  newest: 1,
  serving: null,
  stale: change.serving === undefined,
  failure: null,
  failed: null,
  fix: null,
  activity: { type: "idle" },
  waiting: null,
  held: null,
  paused: false,
  good: [],
  swap: null,
  ...change,
});
