import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../../../core/view.ts";
import { Waits } from "./waits.ts";

const building: View = {
  newest: 3,
  serving: null,
  stale: true,
  failure: null,
  failed: null,
  fix: null,
  waiting: null,
  held: null,
  activity: { type: "building", generation: 3, since: 5 },
  paused: false,
  good: [],
  swap: null,
};

function open() {
  const unsettled = new Set<string>();
  const lost = new Set<string>();
  const shown: string[] = [];
  const stuck: string[] = [];
  const waits = new Waits({
    unsettled: (names) => names.filter((name) => unsettled.has(name)),
    isLost: (name) => lost.has(name),
    show: (name) => shown.push(name),
  });
  for (const name of ["api", "web"]) {
    waits.onStuck(name, (message) => stuck.push(`${name}: ${message}`));
  }
  return { unsettled, lost, shown, stuck, waits };
}

test("what is held back is seen to wait for those that are missing now", () => {
  const { waits, unsettled, shown } = open();
  assert.equal(waits.seen("api", building), building);
  unsettled.add("db").add("auth");
  waits.begin("api", ["db", "auth", "other"]);
  const seenFor = (): unknown => {
    const { activity } = waits.seen("api", building);
    return activity.type === "waiting" ? activity.for : activity.type;
  };
  assert.deepEqual(seenFor(), ["db", "auth"]);
  unsettled.delete("db");
  waits.look();
  waits.look();
  assert.deepEqual(seenFor(), ["auth"]);
  assert.deepEqual(shown, ["api", "api"]);
  const idle: View = { ...building, activity: { type: "idle" } };
  assert.equal(waits.seen("api", idle), idle);
  waits.end("api");
  assert.equal(seenFor(), "building");
});

test("who waits for one that has failed is stuck, and who waits for that one, too", () => {
  const { waits, unsettled, lost, stuck } = open();
  unsettled.add("auth").add("api");
  waits.begin("api", ["auth"]);
  waits.begin("web", ["api"]);
  waits.look();
  assert.deepEqual(stuck, []);
  lost.add("auth");
  waits.quietly(() => waits.look());
  assert.deepEqual(stuck, []);
  waits.look();
  assert.deepEqual(stuck.splice(0), [
    "api: it waits for auth, which is not live",
    "web: it waits for api, which is not live",
  ]);
  waits.end("api");
  waits.look();
  assert.deepEqual(stuck, []);
});
