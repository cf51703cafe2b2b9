import assert from "node:assert/strict";
import { test } from "node:test";
import { TestStream } from "./test-output.ts";

const context = { dirs: new Map([["app/a", "/app/a"]]), separator: "/", ownDirs: ["/app"] };

interface Line {
  readonly Action: string;
  readonly [key: string]: unknown;
}

function read(lines: readonly (Line | string)[], said = "") {
  const stream = new TestStream(context);
  const text = lines
    .map((line) => (typeof line === "string" ? line : JSON.stringify(line)))
    .join("\n");
  // A piece may end anywhere.
  for (let at = 0; at < text.length; at += 7) stream.add(text.slice(at, at + 7));
  return stream.end(said);
}

const of = (Test: string, Action: string, more: object = {}): Line => ({
  Package: "app/a",
  Test,
  Action,
  ...more,
});
const says = (Test: string, Output: string): Line => of(Test, "output", { Output });

test("results have their time, and failures their place", () => {
  const { results, broken } = read([
    { Action: "start", Package: "app/a" },
    of("TestA", "run"),
    says("TestA", "=== RUN   TestA\n"),
    of("TestA", "pass", { Elapsed: 0.25 }),
    of("TestB", "run"),
    says("TestB", "    b_test.go:7: got 1, want 2\n"),
    says("TestB", "--- FAIL: TestB (0.01s)\n"),
    of("TestB", "fail", { Elapsed: 0.01 }),
    of("TestC", "skip", { Elapsed: 0 }),
    { Action: "fail", Package: "app/a", Elapsed: 0.3 },
  ]);
  assert.deepEqual(broken, []);
  assert.deepEqual(
    results.map(({ name, outcome, durationMs }) => [name, outcome, durationMs]),
    [
      ["TestA", "passed", 250],
      ["TestB", "failed", 10],
      ["TestC", "skipped", 0],
    ],
  );
  assert.deepEqual(results[1]?.failure, {
    message: "got 1, want 2",
    place: { file: "/app/a/b_test.go", line: 7 },
    difference: { want: "2", got: "1" },
    output: "    b_test.go:7: got 1, want 2\n--- FAIL: TestB (0.01s)\n",
  });
});

test("a test that fails because of its subtests says so, and they say why", () => {
  const { results } = read([
    says("TestA/x", "        a_test.go:9: bad\n"),
    of("TestA/x", "fail"),
    says("TestA", "--- FAIL: TestA (0.00s)\n"),
    of("TestA", "fail"),
    { Action: "fail", Package: "app/a" },
  ]);
  const messages = results.map(({ name, failure }) => [name, failure?.message]);
  assert.deepEqual(messages, [
    ["TestA/x", "bad"],
    ["TestA", "1 of its subtests failed"],
  ]);
});

test("a panic has the place in the user's own code; tests that it kept from ending have none", () => {
  const trace = [
    "panic: boom [recovered]\n",
    "\tpanic: boom\n",
    "\n",
    "goroutine 7 [running]:\n",
    "testing.tRunner.func1.2({0x1, 0x2})\n",
    "\t/go/src/testing/testing.go:1734 +0x21c\n",
    "app/a.TestA(0xc000)\n",
    "\t/app/a/a_test.go:12 +0x10\n",
  ];
  const { results } = read([
    of("TestB", "run"),
    ...trace.map((line) => says("TestA", line)),
    of("TestA", "fail"),
    { Action: "fail", Package: "app/a" },
  ]);
  assert.equal(results.length, 1);
  assert.deepEqual(results[0]?.failure?.place, { file: "/app/a/a_test.go", line: 12 });
  assert.match(results[0]?.failure?.message ?? "", /^panic: boom/);
});

test("what does not build is told with the words of the compiler, from old and new versions of Go", () => {
  const error = "a/a.go:3:5: undefined: x";
  const { broken } = read([
    { Action: "build-output", ImportPath: "app/a [app/a.test]", Output: "# app/a\n" },
    { Action: "build-output", ImportPath: "app/a [app/a.test]", Output: `${error}\n` },
    { Action: "build-fail", ImportPath: "app/a [app/a.test]" },
    { Action: "output", Package: "app/a", Output: "FAIL\tapp/a [build failed]\n" },
    { Action: "fail", Package: "app/a", FailedBuild: "app/a [app/a.test]" },
  ]);
  assert.deepEqual(broken, [{ package: "app/a", built: false, output: `# app/a\n${error}\n` }]);
  const older = read([{ Action: "fail", Package: "app/a" }, "FAIL"], `# app/a\n${error}\n`);
  assert.deepEqual(older.broken, [
    { package: "app/a", built: false, output: `# app/a\n${error}\n` },
  ]);
  const exits = read([
    { Action: "output", Package: "app/a", Output: "exit status 3\n" },
    { Action: "fail", Package: "app/a" },
  ]);
  assert.deepEqual(exits.broken, [{ package: "app/a", built: true, output: "exit status 3\n" }]);
});

test("what a program prints among the events is left out, and long output is shortened", () => {
  const { results } = read([
    "{not json",
    '{"Some":"object"}',
    ...Array.from({ length: 3000 }, (_, index) => says("TestA", `line ${index} of many\n`)),
    of("TestA", "fail"),
  ]);
  const output = results[0]?.failure?.output ?? "";
  assert.ok(output.length < 20_000);
  assert.match(output, /^line 0 of many\n/);
  assert.match(output, /line 2999 of many\n$/);
});

const at = (Time: string, line: Line): Line => ({ ...line, Time });

test("a test that the process ends with has failed, though no event says so", () => {
  const { results, broken } = read([
    of("TestDone", "run"),
    of("TestDone", "pass"),
    of("TestLater", "run"),
    of("TestLater", "pause"),
    at("2026-01-02T23:59:59.5Z", of("TestA", "run")),
    says("TestA", "=== RUN   TestA\n"),
    at("2026-01-02T23:59:59.75Z", of("TestA/x", "run")),
    says("TestA/x", "=== RUN   TestA/x\n"),
    { Action: "output", Package: "app/a", Output: "FAIL\tapp/a\t0.1s\n" },
    at("2026-01-03T00:00:00.25Z", { Action: "fail", Package: "app/a" }),
  ]);
  assert.deepEqual(broken, []);
  const told = results.map((one) => [one.name, one.outcome, one.durationMs, one.failure?.message]);
  const words = "the process ended while this test ran: os.Exit, log.Fatal or a signal";
  assert.deepEqual(told, [
    ["TestDone", "passed", 0, undefined],
    ["TestA", "failed", 750, "1 of its subtests failed"],
    ["TestA/x", "failed", 500, words],
  ]);
});

test("of several that ran when the time was over, those fail that the time-out names", () => {
  const panic = [
    "panic: test timed out after 1s\n",
    "\trunning tests:\n",
    "\t\tTestB (1s)\n",
    "\t\tTestB/x (y) (0s)\n",
    "\n",
    "goroutine 17 [running]:\n",
    "testing.(*M).startAlarm.func1()\n",
    "\t/go/src/testing/testing.go:2802 +0x354\n",
  ];
  const { results, broken } = read([
    of("TestA", "run"),
    of("TestB", "run"),
    of("TestB/x (y)", "run"),
    ...panic.map((line) => says("TestA", line)),
    { Action: "fail", Package: "app/a" },
  ]);
  assert.deepEqual(broken, []);
  assert.deepEqual(
    results.map(({ name, failure }) => [name, failure?.message]),
    [
      ["TestB", "1 of its subtests failed"],
      ["TestB/x (y)", "panic: test timed out after 1s"],
    ],
  );
});

test("what a test says at the end of long lines is kept", () => {
  const long = `${"a".repeat(4000)}\n`;
  const { results } = read([
    ...Array.from({ length: 50 }, () => says("TestA", long)),
    says("TestA", "    a_test.go:9: too long\n"),
    says("TestA", "--- FAIL: TestA (0.00s)\n"),
    of("TestA", "fail"),
  ]);
  const failure = results[0]?.failure;
  assert.equal(failure?.message, "too long");
  assert.deepEqual(failure.place, { file: "/app/a/a_test.go", line: 9 });
  assert.ok(failure.output.length < 20_000);
});
