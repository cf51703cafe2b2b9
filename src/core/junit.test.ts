import assert from "node:assert/strict";
import { test } from "node:test";
import { junitText } from "./junit.ts";

test("a report becomes a suite for each package, with everything escaped that XML does not take", () => {
  const text = junitText({
    passed: 1,
    failed: 1,
    skipped: 1,
    packages: 2,
    durationMs: 1500,
    results: [
      {
        package: "app/a",
        name: "TestBad/x<y",
        outcome: "failed",
        durationMs: 20,
        failure: {
          message: 'got "a" & b',
          place: { file: "/app/a/a_test.go", line: 3 },
          difference: null,
          output: "\u{1b}[31mred\u0000]]>\n",
        },
      },
      { package: "app/a", name: "TestGood", outcome: "passed", durationMs: 1250, failure: null },
      { package: "app/b", name: "TestLater", outcome: "skipped", durationMs: 0, failure: null },
    ],
    broken: [{ package: "app/c", built: false, output: "undefined: x" }],
    coverage: [],
    meanwhile: [],
  });
  assert.equal(
    text,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" errors="1" time="1.500">
  <testsuite name="app/a" tests="2" failures="1" errors="0" skipped="0" time="1.250">
    <testcase classname="app/a" name="TestBad/x&lt;y" time="0.020">
      <failure message="got &quot;a&quot; &amp; b (/app/a/a_test.go:3)">\uFFFD[31mred\uFFFD]]&gt;\n</failure>
    </testcase>
    <testcase classname="app/a" name="TestGood" time="1.250"/>
  </testsuite>
  <testsuite name="app/b" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase classname="app/b" name="TestLater" time="0.000">
      <skipped/>
    </testcase>
  </testsuite>
  <testsuite name="app/c" tests="1" failures="0" errors="1" skipped="0" time="0">
    <testcase classname="app/c" name="build" time="0">
      <error message="could not be tested">undefined: x</error>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});
