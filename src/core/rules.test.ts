import { test } from "node:test";
import {
  afterFirst,
  built,
  cancelled,
  check,
  first,
  nextBatch,
  red,
  save,
  script,
} from "../../test/world/script.ts";
import { plainSettings } from "../../test/sim/settings.ts";
import type { Happening } from "./event.ts";
import type { RuleSettings } from "./settings.ts";

const rule = (name: string, input: string): RuleSettings => ({
  name,
  inputs: [input],
  excludes: [],
  outputs: [],
  timeoutMs: 1000,
  atStart: false,
  only: false,
});

const templ = rule("templ", "\\.templ$");

const done = (run: number): Happening => ({
  type: "rule-finished",
  run,
  outcome: { type: "done", durationMs: 5 },
});

const failed = (run: number): Happening => ({
  type: "rule-finished",
  run,
  outcome: { type: "failed", failure: { code: "RULE_FAILED", message: "bad" } },
});

const nothingWritten = (): Happening => ({ type: "examined", batch: nextBatch(), facts: [] });

/** A save of the configuration, and what it says now. */
const corrected = (rules: readonly RuleSettings[]): Happening[] => [
  ...save("/app/gust.toml"),
  { type: "config-loaded", settings: { ...plainSettings, rules } },
  { type: "timer-fired", timer: "burst" },
];

test("a rule that failed runs again with the next attempt, which builds whatever else had changed", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/page.templ"),
      // It joins the attempt of the rule that fails, and is not built.
      ...save(),
      failed(1),
      { after: 5000 },
      ...save("/app/page.templ"),
      done(2),
      nothingWritten(),
    ]),
    [...afterFirst, "run-rule 1", "(failed)", "run-rule 2", "rescan", "start-build #3"],
    { rules: [templ] },
  ));

test("a failure is over when the rule succeeds, though it wrote what it had written before", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/page.templ"),
      failed(1),
      { after: 5000 },
      ...save("/app/page.templ"),
      done(2),
      nothingWritten(),
      built(3, "1"),
      { type: "wait-requested", request: 1 },
      nothingWritten(),
    ]),
    [
      ...afterFirst,
      "run-rule 1",
      "(failed)",
      "run-rule 2",
      "rescan",
      "start-build #3",
      "(nothing-to-do)",
      "rescan",
      "answer live",
    ],
    { rules: [templ] },
  ));

test("a build that is given up does not need rules again that have run", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/page.templ"),
      ...save(),
      done(1),
      nothingWritten(),
      { after: 5000 },
      ...save(),
      cancelled(2),
      { type: "timer-fired", timer: "burst" },
    ]),
    [...afterFirst, "run-rule 1", "rescan", "start-build #2", "cancel-build #2", "start-build #3"],
    { rules: [templ] },
  ));

test("what is read at the start is not forgotten by the builds that fail before it", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      red(2),
      { after: 5000 },
      ...save("/app/page.tmpl"),
      red(3),
      { after: 5000 },
      ...save(),
      built(4, "1"),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "(failed)",
      "start-build #3",
      "(failed)",
      "start-build #4",
      "signal 1",
    ],
  ));

test("a configuration that changes with the input of a rule that runs is read before it runs again", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/page.templ"),
      ...save("/app/gust.toml"),
      ...save("/app/page.templ"),
      { type: "rule-finished", run: 1, outcome: { type: "cancelled" } },
      { type: "timer-fired", timer: "burst" },
      { type: "config-loaded", settings: { ...plainSettings, rules: [rule("new", "x"), templ] } },
      { type: "timer-fired", timer: "burst" },
      done(2),
    ]),
    [...afterFirst, "run-rule 1", "cancel-rule 1", "run-rule 2", "rescan"],
    { rules: [templ] },
  ));

test("a rule that failed runs again when the configuration was corrected, wherever it stands now", () => {
  const until: readonly string[] = [...afterFirst, "run-rule 1", "(failed)"];
  const rules = [templ];
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/a.templ"),
      failed(1),
      { after: 5000 },
      ...corrected([rule("new", "x"), templ]),
      done(2),
    ]),
    [...until, "run-rule 2", "rescan"],
    { rules },
  );
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/a.templ"),
      failed(1),
      { after: 5000 },
      ...corrected([]),
    ]),
    [...until, "start-build #3"],
    { rules },
  );
});
