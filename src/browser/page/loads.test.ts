import assert from "node:assert/strict";
import { test } from "node:test";
import { type Load, isLooping, readLoads, triedFor, withLoad } from "./loads.ts";

const load = (url: string, at: number, key = "one 2"): Load => ({ url, key, at });

const often = (apart: number): readonly Load[] =>
  Array.from({ length: 6 }, (_, index) => load("/", index * apart));

test("loads are known by page, and whatever else is kept there is none", () => {
  const loads = [load("/a", 1), load("/b", 2, "one 3"), load("/a", 3, "one 4")];
  assert.deepEqual(triedFor(loads, "/a"), ["one 2", "one 4"]);
  assert.deepEqual(readLoads(JSON.parse(JSON.stringify(loads))), loads);
  for (const other of [null, {}, "x"]) assert.deepEqual(readLoads(other), []);
});

test("the oldest are forgotten", () => {
  let loads: readonly Load[] = [];
  for (let at = 0; at < 100; at += 1) loads = withLoad(loads, load("/", at));
  assert.equal(loads.length, 40);
  assert.equal(loads.at(-1)?.at, 99);
});

test("a page that is loaded more often than anybody saves is in a loop", () => {
  assert.equal(isLooping(often(1000), "/", 5500), true);
  assert.equal(isLooping(often(1000), "/other", 5500), false);
  assert.equal(isLooping(often(1000), "/", 60_000), false);
  assert.equal(isLooping(often(3000), "/", 15_000), false);
});
