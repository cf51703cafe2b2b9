import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.ts";

test("no more than so many have a turn, and the lowest rank is next", async () => {
  const turns = new Turns(2);
  const never = new AbortController().signal;
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const take = async (name: string, rank: number, signal = never): Promise<void> => {
    const end = await turns.take(rank, signal);
    order.push(end === null ? `${name} gave up` : name);
    if (end !== null) ends.push(end);
  };
  const impatient = new AbortController();
  const all = [
    take("a", 5),
    take("b", 0),
    take("late", 9),
    take("c", 2),
    take("d", 2),
    take("gone", 1, impatient.signal),
    take("first", 0),
  ];
  await Promise.all(all.slice(0, 2));
  assert.deepEqual(order, ["a", "b"]);
  impatient.abort();
  const endOne = async (): Promise<void> => {
    const end = ends.shift();
    end?.();
    end?.();
    await new Promise(setImmediate);
  };
  await endOne();
  assert.deepEqual(order, ["a", "b", "gone gave up", "first"]);
  for (let left = 3; left > 0; left -= 1) await endOne();
  assert.deepEqual(order.slice(4), ["c", "d", "late"]);
  await Promise.all(all);
  const spent = new AbortController();
  spent.abort();
  assert.equal(await turns.take(0, spent.signal), null);
});

test("what nobody waits for keeps no build from its turn", async () => {
  const turns = new Turns(1);
  const never = new AbortController().signal;
  const idle = await turns.takeIdle(never);
  assert.notEqual(idle, null);
  const build = await turns.take(3, never);
  assert.notEqual(build, null);
  const order: string[] = [];
  const later = [
    turns.takeIdle(never).then((end) => (order.push("idle"), end)),
    turns.take(9, never).then((end) => (order.push("build"), end)),
  ];
  build?.();
  (await later[1])?.();
  assert.deepEqual(order, ["build"]);
  idle?.();
  await later[0];
  assert.deepEqual(order, ["build", "idle"]);
});
