import assert from "node:assert/strict";
import { test } from "node:test";
import { newService, serviceMessage, serviceState } from "./service-state.ts";
import type { ServiceState } from "./service-state.ts";
import type { Activity, View } from "./view.ts";

const view = (serving: number | null, activity: Activity, more: Partial<View> = {}): View => ({
  newest: 2,
  serving:
    serving === null
      ? null
      : { generation: serving, build: serving, pid: 9, addresses: [], since: 0 },
  stale: false,
  failure: null,
  failed: null,
  fix: null,
  activity,
  waiting: null,
  held: null,
  paused: false,
  good: [],
  swap: null,
  ...more,
});

const idle: Activity = { type: "idle" };
const builds = (generation: number): Activity => ({ type: "building", generation, since: 0 });
const starts = (generation: number): Activity => ({ type: "starting", generation, since: 0 });

/** Goes through views, and returns what a manager hears. */
function hears(views: readonly View[], quits = false): string[] {
  let state: ServiceState = newService;
  const heard: string[] = [];
  for (const [index, one] of views.entries()) {
    const quitting = quits && index === views.length - 1;
    const next = serviceState(state, { view: one, quitting, told: "" });
    const message = serviceMessage(state, next, 7n);
    if (message !== "") heard.push(message);
    state = next;
  }
  return heard;
}

test("a service is ready with its first version, and each swap is a reload", () =>
  assert.deepEqual(
    hears([
      view(null, builds(1)),
      view(null, starts(1)),
      view(1, idle),
      view(1, builds(2)),
      view(1, starts(2)),
      view(2, { type: "stopping", generation: 1, since: 0 }),
      view(2, idle),
    ]),
    [
      "STATUS=nothing is live; #1 is coming",
      "READY=1\nSTATUS=#1 live",
      "RELOADING=1\nMONOTONIC_USEC=7\nSTATUS=#1 live; #2 is coming",
      "READY=1\nSTATUS=#2 live",
    ],
  ));

test("a reload that fails is over as well, and the status tells why", () => {
  const failure = { code: "START_EXITED", message: "#2 ended\nat once" } as const;
  assert.deepEqual(
    hears([view(1, idle), view(1, starts(2)), view(1, idle, { failed: 2, failure })]),
    [
      "READY=1\nSTATUS=#1 live",
      "RELOADING=1\nMONOTONIC_USEC=7\nSTATUS=#1 live; #2 is coming",
      "READY=1\nSTATUS=#1 live; #2 failed: #2 ended at once",
    ],
  );
});

test("the end is told once", () =>
  assert.deepEqual(hears([view(1, idle), view(1, idle)], true), [
    "READY=1\nSTATUS=#1 live",
    "STOPPING=1\nSTATUS=stopping",
  ]));
