import { test } from "node:test";
import {
  afterFirst,
  built,
  cancelled,
  check,
  exited,
  first,
  gone,
  nextBatch,
  red,
  save,
  script,
  up,
} from "../../test/world/script.ts";
import { plainSettings } from "../../test/sim/settings.ts";
import type { RuleSettings } from "./settings.ts";

test("the first build starts the program, which is live when it listens", () =>
  check(first, afterFirst));

test("a save builds while the old version serves, which is then stopped and replaced", () =>
  check(
    script(() => [...first, { after: 5000 }, ...save(), built(2), exited(1, 0), gone(1), ...up(2)]),
    [...afterFirst, "start-build #2", "signal 1", "start #2", "(live)"],
  ));

test("a failed build leaves the serving process alone", () =>
  check(
    script(() => [...first, { after: 5000 }, ...save(), red(2)]),
    [...afterFirst, "start-build #2", "(failed)"],
  ));

test("a save during a build gives it up, and the next one starts when it is gone", () =>
  check(
    script(() => [
      { type: "started" },
      ...save(),
      cancelled(1),
      { type: "timer-fired", timer: "burst" },
    ]),
    ["start-build #1", "cancel-build #1", "start-build #2"],
  ));

test("the result of an older build changes nothing", () =>
  check(
    script(() => [{ type: "started" }, ...save(), built(1), built(1), red(1)]),
    ["start-build #1", "cancel-build #1"],
  ));

test("a template restarts without a build, a stylesheet and a test do nothing", () => {
  check(
    script(() => [...first, { after: 5000 }, ...save("/app/page.tmpl"), exited(1, 0), gone(1)]),
    [...afterFirst, "signal 1", "start #2"],
  );
  for (const path of ["/app/site.css", "/app/main_test.go"]) {
    check(
      script(() => [...first, { after: 5000 }, ...save(path)]),
      [...afterFirst, "(nothing-to-do)"],
    );
  }
});

test("the same binary is left running, unless something else that it read has changed", () => {
  check(
    script(() => [...first, { after: 5000 }, ...save(), built(2, "1")]),
    [...afterFirst, "start-build #2", "(nothing-to-do)"],
  );
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/gust.toml"),
      { type: "config-loaded", settings: plainSettings },
      { type: "timer-fired", timer: "burst" },
      built(2, "1"),
    ]),
    [...afterFirst, "start-build #2", "signal 1"],
  );
  const many = Array.from({ length: 20 }, (_, index) => `/app/file${index}.go`);
  const facts = [...many, "/app/.env"].map(
    (path) => ({ path, change: "modified", ignored: false }) as const,
  );
  check(
    script(() => [
      ...first,
      { after: 5000 },
      { type: "paths-touched", paths: many },
      { type: "examined", batch: 1, facts },
      built(2, "1"),
    ]),
    [...afterFirst, "start-build #2", "signal 1"],
  );
});

test("a rule runs before the build, and what it writes is part of the same build", () => {
  const rule = {
    name: "templ",
    inputs: ["\\.templ$"],
    excludes: [],
    outputs: ["_templ\\.go$"],
    timeoutMs: 1000,
    atStart: false,
    only: false,
  };
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/page.templ"),
      ...save("/app/page_templ.go"),
      { type: "rule-finished", run: 1, outcome: { type: "done", durationMs: 5 } },
      { type: "examined", batch: 3, facts: [] },
    ]),
    [...afterFirst, "run-rule 1", "rescan", "start-build #2"],
    { rules: [rule] },
  );
});

test("a wait is answered when the save before it is decided", () =>
  check(
    script(() => {
      const [touched, answered] = save();
      const batch = nextBatch();
      return [
        ...first,
        { after: 5000 },
        ...(touched === undefined ? [] : [touched]),
        { type: "wait-requested", request: 1 },
        ...(answered === undefined ? [] : [answered]),
        { type: "examined", batch, facts: [] },
        red(2),
      ];
    }),
    [...afterFirst, "rescan", "start-build #2", "(failed)", "answer failed"],
  ));

test("a late result of an older generation does not end the build that runs", () =>
  check(
    script(() => [
      { type: "started" },
      ...save(),
      cancelled(1),
      { type: "timer-fired", timer: "burst" },
      built(1),
      red(1),
      built(2),
    ]),
    ["start-build #1", "cancel-build #1", "start-build #2", "start #2"],
  ));

test("two rules run one after the other, and the first again when its input changes meanwhile", () => {
  check(
    script(() => [
      { type: "started" },
      { type: "rule-finished", run: 1, outcome: { type: "done", durationMs: 5 } },
      ...save("/app/a.txt"),
      { type: "rule-finished", run: 2, outcome: { type: "cancelled" } },
      { type: "rule-finished", run: 3, outcome: { type: "done", durationMs: 5 } },
      { type: "rule-finished", run: 4, outcome: { type: "done", durationMs: 5 } },
      { type: "examined", batch: 2, facts: [] },
    ]),
    [
      "run-rule 1",
      "run-rule 2",
      "cancel-rule 2",
      "run-rule 3",
      "run-rule 4",
      "rescan",
      "start-build #1",
    ],
    { rules: [rule("a", "^a"), rule("b", "^b")] },
  );
});

const rule = (name: string, input: string): RuleSettings => ({
  name,
  inputs: [input],
  excludes: [],
  outputs: [],
  timeoutMs: 1000,
  atStart: true,
  only: false,
});
