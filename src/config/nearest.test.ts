import assert from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearest } from "./nearest.ts";

const checkDistance = (a: string, b: string, expected: number): void => {
  assert.equal(editDistance(a, b), expected);
  assert.equal(editDistance(b, a), expected);
};

test("the distance counts insertions, deletions, replacements and swaps", () => {
  checkDistance("", "", 0);
  checkDistance("delay", "delay", 0);
  checkDistance("dealy", "delay", 1);
  checkDistance("", "bin", 3);
  checkDistance("cmd", "cmds", 1);
  checkDistance("poll", "pole", 1);
  checkDistance("kitten", "sitting", 3);
});

const names = ["build.cmd", "build.delay", "run.restart", "root"];

const checkNearest = (name: string, expected: string | null): void =>
  assert.equal(nearest(name, names), expected, name);

test("a name is suggested only when it is near", () => {
  checkNearest("build.dealy", "build.delay");
  checkNearest("Build.Delay", "build.delay");
  checkNearest("rot", "root");
  checkNearest("run.restrat", "run.restart");
  checkNearest("watch", null);
  checkNearest("something.else", null);
  checkNearest("x", null);
});
