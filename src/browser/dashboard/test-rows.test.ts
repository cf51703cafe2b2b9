import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestReport, TestResult } from "../../core/test-report.ts";
import { type Difference, differenceOf, testRows } from "./test-rows.ts";

const result = (
  name: string,
  outcome: TestResult["outcome"],
  durationMs: number,
  place: { file: string; line: number } | null = null,
): TestResult => ({
  package: "p",
  name,
  outcome,
  durationMs,
  failure: outcome === "failed" ? { message: "", place, difference: null, output: "" } : null,
});

const report = (results: readonly TestResult[]): TestReport => ({
  passed: 0,
  failed: 0,
  skipped: 0,
  packages: 1,
  durationMs: 1,
  results,
  broken: [],
  coverage: [],
  meanwhile: [],
});

test("failed tests come first, then skipped ones, then the slowest", () => {
  const rows = testRows(
    report([
      result("TestFast", "passed", 1),
      result("TestSkipped", "skipped", 0),
      result("TestSlow", "passed", 9),
      result("TestBad", "failed", 2),
    ]),
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["TestBad", "TestSkipped", "TestSlow", "TestFast"],
  );
});

test("a test that fails because of its subtests alone is left out", () => {
  const rows = testRows(
    report([
      result("TestA", "failed", 3),
      result("TestA/one", "failed", 2, { file: "a.go", line: 1 }),
      result("TestB", "failed", 1, { file: "b.go", line: 1 }),
      result("TestB/two", "failed", 1, { file: "b.go", line: 2 }),
      result("TestAB", "failed", 1),
    ]),
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["TestA/one", "TestB", "TestB/two", "TestAB"],
  );
});

function check(want: string, got: string, difference: Difference): void {
  assert.deepEqual(differenceOf(want, got), difference);
}

test("what differs is found between what is the same", () => {
  check("[a b c]", "[a x c]", { before: "[a ", want: "b", got: "x", after: " c]" });
  check("same", "same", { before: "same", want: "", got: "", after: "" });
  check("", "new", { before: "", want: "", got: "new", after: "" });
  check("aa", "aaa", { before: "aa", want: "", got: "a", after: "" });
  check("🙂x", "🙃x", { before: "", want: "🙂", got: "🙃", after: "x" });
});
