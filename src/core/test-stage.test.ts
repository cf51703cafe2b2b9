import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Script,
  built,
  effectsOf,
  first,
  gone,
  red,
  save,
  script,
  up,
} from "../../test/world/script.ts";
import type { Effect } from "./effect.ts";
import type { Happening } from "./event.ts";
import type { TestReport, TestResult } from "./test-report.ts";

type Mode = "watch" | "gate";

/** Compares what is asked of tests and programs, and what is said. */
function check(
  mode: Mode | null,
  steps: () => Script,
  expected: readonly string[],
  coverage = 0,
): void {
  const tests = mode === null ? {} : { tests: { mode, coverage, record: true } };
  assert.deepEqual(effectsOf(script(steps), tests).flatMap(show), expected);
}

function show(effect: Effect): string[] {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- Others are tried elsewhere.
  switch (effect.type) {
    case "start-tests":
      return [
        `tests ${effect.run} ${effect.what} ${effect.paths.join(" ")}${effect.gate ? " gate" : ""}`,
      ];
    case "cancel-tests":
      return [`cancel tests ${effect.run}`];
    case "start-build":
      return [`build ${effect.generation}`];
    case "start-process":
      return [`start ${effect.version.generation}`];
    case "debug-test":
      return [`debug ${effect.test.package} ${effect.test.name}`];
    case "record-tests":
      return ["record"];
    case "cancel-recording":
      return ["cancel recording"];
    case "announce":
      return told(effect.notice);
    default:
      return [];
  }
}

function told(notice: Extract<Effect, { type: "announce" }>["notice"]): string[] {
  if (notice.type === "failed")
    return [`failed ${notice.generation} ${notice.failure.code}, ${notice.serving} serves`];
  if (notice.type === "refused") return [`refused ${notice.failure.code}`];
  return /^(?:tests-|nothing|live)/.test(notice.type) ? [notice.type] : [];
}

const result = (name: string, outcome: TestResult["outcome"]): TestResult => ({
  package: "app",
  name,
  outcome,
  durationMs: 1,
  failure: null,
});

const report: TestReport = {
  passed: 1,
  failed: 0,
  skipped: 0,
  packages: 1,
  durationMs: 1,
  results: [result("TestA", "passed")],
  broken: [],
  coverage: [],
  meanwhile: [],
};

const bad: TestReport = { ...report, passed: 0, failed: 1, results: [result("TestA", "failed")] };

const passed = (run: number, change: Partial<TestReport> = {}): Happening => ({
  type: "tests-finished",
  run,
  outcome: { type: "finished", report: { ...report, ...change } },
});
const failed = (run: number): Happening => passed(run, bad);
const dropped = (run: number): Happening => ({
  type: "tests-finished",
  run,
  outcome: { type: "cancelled" },
});

/** The first version serves. */
const live = (): Script => [...first, built(1), ...up(1)];
/** A save after a while, so that it is no burst. */
const edit = (...paths: readonly string[]): Script => [{ after: 9000 }, ...save(...paths)];
const starts = ["build 1", "start 1", "live"];
const testFile = "/app/main_test.go";

test("without a mode no tests run", () => {
  check(null, () => [...live(), ...edit(testFile)], [...starts, "nothing-to-do"]);
});

test("tests run once a save is live, told of its files", () => {
  check("watch", () => [...live(), ...edit(), built(2), gone(1), ...up(2), passed(1)], [
    ...starts,
    "build 2",
    "start 2",
    "live",
    "tests 1 affected /app/main.go",
    "tests-finished",
  ]);
});

test("a stylesheet that is saved with a test is told of, since pages load it", () => {
  check("watch", () => [...live(), ...edit(testFile, "/app/site.css")], [
    ...starts,
    "nothing-to-do",
    `tests 1 affected ${testFile} /app/site.css`,
  ]);
});

test("a save that does not build runs none, and the next one has its files too", () => {
  const steps = (): Script => [
    ...live(),
    ...edit(),
    red(2),
    ...edit(testFile),
    ...edit(),
    built(3),
    gone(1),
    ...up(2),
  ];
  check("watch", steps, [
    ...starts,
    "build 2",
    "failed 2 BUILD_FAILED, 1 serves",
    "build 3",
    "start 3",
    "live",
    `tests 1 affected /app/main.go ${testFile}`,
  ]);
});

test("a change of a test runs without a build; a newer one cancels it and takes over its files", () => {
  const other = "/app/other_test.go";
  check("watch", () => [...live(), ...edit(testFile), ...edit(other), dropped(1), passed(2)], [
    ...starts,
    `tests 1 affected ${testFile}`,
    "cancel tests 1",
    "tests-cancelled",
    `tests 2 affected ${testFile} ${other}`,
    "tests-finished",
  ]);
});

test("a result of a run that was given up changes nothing, whatever it says", () => {
  check("gate", () => [...live(), ...edit(), built(2), ...edit(), passed(1), built(3)], [
    ...starts,
    "build 2",
    "tests 1 affected /app/main.go gate",
    "build 3",
    "cancel tests 1",
    "tests-cancelled",
    "tests 2 affected /app/main.go gate",
  ]);
});

test("with a gate the version starts when its tests have passed", () => {
  check("gate", () => [...live(), ...edit(), built(2), passed(1), gone(1), ...up(2)], [
    ...starts,
    "build 2",
    "tests 1 affected /app/main.go gate",
    "tests-finished",
    "start 2",
    "live",
  ]);
});

test("one that fails does not start; a change of the test lets it in", () => {
  const steps = (): Script => [
    ...live(),
    ...edit(),
    built(2),
    failed(1),
    ...edit(testFile),
    passed(2),
    gone(1),
    ...up(2),
  ];
  check("gate", steps, [
    ...starts,
    "build 2",
    "tests 1 affected /app/main.go gate",
    "tests-finished",
    "failed 2 TESTS_FAILED, 1 serves",
    `tests 2 affected ${testFile} gate`,
    "tests-finished",
    "start 2",
    "live",
  ]);
});

const measured = (change: Partial<TestReport>) => (): Script => [
  ...live(),
  ...edit(),
  built(2),
  passed(1, change),
];

test("too little coverage keeps a version out, and so does a file that changed meanwhile", () => {
  const coverage = [{ package: "app", covered: 1, statements: 2 }];
  const before = [...starts, "build 2", "tests 1 affected /app/main.go gate", "tests-finished"];
  check("gate", measured({ coverage }), [...before, "failed 2 COVERAGE_LOW, 1 serves"], 60);
  check("gate", measured({ coverage }), before, 50);
  check("gate", measured({ meanwhile: ["app"] }), [...before, "failed 2 TESTS_OUTDATED, 1 serves"]);
  const broken = [{ package: "app", built: false, output: "undefined: x" }];
  check("gate", measured({ broken }), [...before, "failed 2 TESTS_FAILED, 1 serves"]);
});

test("keys run the failed tests or all, and open the first failed one in a debugger", () => {
  const failing = (): Script => [...live(), ...edit(testFile), failed(1)];
  const before = [...starts, `tests 1 affected ${testFile}`, "tests-finished"];
  check("watch", () => [...failing(), { type: "tests-requested", what: "failed" }], [
    ...before,
    "tests 2 failed ",
  ]);
  check("watch", () => [...failing(), { type: "tests-requested", what: "all" }], [
    ...before,
    "tests 2 all ",
  ]);
  check("watch", () => [...failing(), { type: "test-debug-requested" }], [
    ...before,
    "debug app TestA",
  ]);
  check("watch", () => [...live(), { type: "tests-requested", what: "failed" }], [
    ...starts,
    "refused NO_FAILED_TEST",
  ]);
  check("watch", () => [...live(), { type: "test-debug-requested" }], [
    ...starts,
    "refused NO_FAILED_TEST",
  ]);
  check(null, () => [...live(), { type: "tests-requested", what: "all" }], [
    ...starts,
    "refused REQUEST_INVALID",
  ]);
});
