import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { GustEvent } from "./gust-events.ts";
import { compilerStart, shareOf } from "./gust-share.ts";

const sight = { savedAt: 1000, firstMs: 395 };

function eventsOf(phases: Readonly<Record<string, number>>): readonly GustEvent[] {
  const told = Object.entries(phases).map(([name, durationMs]) => ({ name, durationMs }));
  return [
    { type: "build-started", at: 1005 },
    { type: "live", at: 1400, phases: told },
  ];
}

test("a build command is one step, and how long it planned is not known", () => {
  const share = shareOf(eventsOf({ build: 350, check: 10, start: 20 }), sight);
  deepEqual(share, {
    pickUp: 5,
    build: 350,
    plan: null,
    compile: null,
    link: null,
    check: 10,
    start: 20,
    rest: 15,
    live: 400,
    knownAfter: 5,
  });
  equal(compilerStart({ pickUp: 5, plan: null }), null);
});

test("steps that are told add up to the build", () => {
  const share = shareOf(eventsOf({ plan: 2, compile: 48, link: 300, check: 10, start: 20 }), sight);
  deepEqual([share?.build, share?.plan, share?.rest], [350, 2, 15]);
  equal(compilerStart({ pickUp: 5, plan: 2 }), 7);
});

test("a build that is told beside its steps is not counted twice", () => {
  const share = shareOf(eventsOf({ build: 350, plan: 2, compile: 48, link: 300 }), sight);
  deepEqual([share?.build, share?.plan, share?.rest], [350, 2, 45]);
});

test("a save that did not go live has no share", () => {
  equal(shareOf([{ type: "build-started", at: 1005 }], sight), null);
  equal(shareOf([], sight), null);
});
