import assert from "node:assert/strict";
import { test } from "node:test";
import type { Happening } from "./event.ts";
import type { Failure } from "./failure.ts";
import { type Mask, maskedHappening } from "./masked.ts";
import { secretsOf, withoutKnown, withoutSecrets } from "./secrets.ts";
import type { TestReport } from "./test-report.ts";

const known = secretsOf({ API_TOKEN: "hunter22" });
const mask: Mask = (text, only) =>
  only === "known" ? withoutKnown(text, known) : withoutSecrets(text, known);

function check(happening: Happening, expected: Happening): void {
  assert.deepEqual(maskedHappening(happening, mask), expected);
}

const failed = (seen: string): Failure => ({
  code: "MODULE_UNREACHABLE",
  message: "no module",
  seen,
});

const reportOf = (word: string): TestReport => ({
  passed: 0,
  failed: 1,
  skipped: 0,
  packages: 2,
  durationMs: 1,
  results: [
    {
      package: "app",
      name: "TestA",
      outcome: "failed",
      durationMs: 1,
      failure: {
        message: `bad ${word}; token: IDENT`,
        place: null,
        difference: { want: `key: ${word}`, got: "key: other" },
        output: `API_TOKEN=${word}`,
      },
    },
  ],
  broken: [{ package: "app/b", built: true, output: `exit ${word}` }],
  coverage: [],
  meanwhile: [],
});

test("nothing that the go command says of modules has a secret in it", () => {
  const run = 1;
  const type = "modules-finished";
  check(
    { type, run, outcome: { type: "failed", failure: failed("https://me:pass@proxy hunter22") } },
    { type, run, outcome: { type: "failed", failure: failed("https://me:***@proxy ***") } },
  );
  check(
    { type, run, outcome: { type: "done", durationMs: 1, said: ["warning hunter22"] } },
    { type, run, outcome: { type: "done", durationMs: 1, said: ["warning ***"] } },
  );
});

test("tests tell no secret that is known, and all else that they are about", () => {
  const run = 1;
  const type = "tests-finished";
  check(
    { type, run, outcome: { type: "finished", report: reportOf("hunter22") } },
    { type, run, outcome: { type: "finished", report: reportOf("***") } },
  );
  check(
    { type, run, outcome: { type: "failed", failure: failed("hunter22") } },
    { type, run, outcome: { type: "failed", failure: failed("***") } },
  );
  check(
    { type: "tests-recorded", outcome: { type: "impossible", failure: failed("hunter22") } },
    { type: "tests-recorded", outcome: { type: "impossible", failure: failed("***") } },
  );
});
