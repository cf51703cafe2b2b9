import assert from "node:assert/strict";
import { test } from "node:test";
import { groupTests } from "./test-groups.ts";

const known = new Map([
  ["a", new Set(["TestA", "TestNew"])],
  ["b", new Set(["TestB", "TestNew"])],
  ["c", new Set(["TestC"])],
]);

function check(
  tests: readonly string[],
  compiled: readonly string[],
  expected: readonly string[],
): void {
  const selection = {
    tests: tests.map((text) => {
      const [path = "", name = "", mark] = text.split(" ");
      return { package: path, name, failing: mark === "!", reason: { type: "asked" } as const };
    }),
    compiled,
    changed: [],
    known: 5,
  };
  const groups = groupTests(selection, known);
  assert.deepEqual(
    groups.map(({ packages, pattern }) => `${pattern ?? "all"} ${packages.join(" ")}`),
    expected,
  );
}

test("calls run exactly what was chosen, and are as few as can be", () => {
  check([], [], []);
  check(["a TestA"], [], ["^(TestA)$ a"]);
  check(["a TestA", "b TestB"], [], ["^(TestA|TestB)$ a b"]);
  check(["a TestNew", "b TestNew"], [], ["^(TestNew)$ a b"]);
  // One pattern would run TestNew of b as well.
  check(["a TestNew", "b TestB"], [], ["^(TestNew)$ a", "^(TestB)$ b"]);
  check(["a TestA", "a TestNew", "c TestC"], [], ["all a c"]);
  check(["a TestA"], ["c"], ["^(TestA)$ a c"]);
  check([], ["c"], ["^$ c"]);
});

test("what failed last time goes before all others", () => {
  check(["a TestA", "b TestB !"], [], ["^(TestB)$ b", "^(TestA)$ a"]);
  check(["c TestC !", "a TestA"], ["b"], ["all c", "^(TestA)$ a b"]);
});
