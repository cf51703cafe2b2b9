import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../../../core/view.ts";
import { Board } from "./board.ts";
import { calmView } from "../../../../test/world/views.ts";

const idle = calmView({
  serving: { generation: 1, build: 1, pid: 5, addresses: [], since: 0 },
  good: [1],
});
const red: Partial<View> = {
  newest: 2,
  stale: true,
  failed: 2,
  failure: { code: "BUILD_FAILED", message: "" },
};

test("what a service needs is there when it serves, or is done, and nothing newer is under way", () => {
  check(null, false);
  check({}, true);
  check(red, true);
  check({ activity: { type: "building", generation: 2, since: 0 } }, false);
  check({ activity: { type: "collecting", since: 0 } }, false);
  check({ newest: 0, serving: null }, false);
  check({ ...red, serving: null }, false);
  // A command that has done what it had to, such as a migration.
  check({ serving: null, stale: false }, true);
});

test("who waits goes on when the last is there, and not before", async () => {
  const board = new Board();
  const { signal } = new AbortController();
  let went = false;
  const waits = board.settled(["a", "b"], signal).then((result) => (went = result));
  board.put("a", idle);
  await new Promise(setImmediate);
  assert.equal(went, false);
  board.put("b", idle);
  await waits;
  assert.equal(went, true);
});

test("who gives up waits no more", async () => {
  const board = new Board();
  const abort = new AbortController();
  const waits = board.settled(["a"], abort.signal);
  abort.abort();
  assert.equal(await waits, false);
  assert.equal(await board.settled(["a"], abort.signal), false);
});

function check(view: Partial<View> | null, expected: boolean): void {
  const board = new Board();
  if (view !== null) board.put("api", { ...idle, ...view });
  assert.deepEqual(board.unsettled(["api"]), expected ? [] : ["api"], JSON.stringify(view));
}

test("a build begins when those of all that it needs have begun, or cannot", async () => {
  const board = new Board();
  const never = new AbortController().signal;
  const order: string[] = [];
  const begin = async (name: string, needs: readonly string[], signal = never): Promise<void> => {
    await board.begin(name, needs, signal);
    order.push(name);
  };
  const impatient = new AbortController();
  const all = [
    begin("web", ["api", "db"]),
    begin("api", ["auth"]),
    begin("gone", ["web"], impatient.signal),
  ];
  impatient.abort();
  await all[2];
  assert.deepEqual(order.splice(0), ["gone"]);
  await begin("auth", []);
  await all[1];
  assert.deepEqual(order, ["auth", "api"]);
  // Its rule has failed: there was no build.
  board.put("db", { ...idle, ...red, serving: null });
  await all[0];
  assert.deepEqual(order, ["auth", "api", "web"]);
});
