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
import type { Happening } from "./event.ts";
import type { FileFact } from "./facts.ts";
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
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/gust.toml"),
      { type: "config-unchanged" },
    ]),
    [...afterFirst, "(nothing-to-do)"],
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

test("a wait is not told live while a pause holds the save back", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      { type: "pause-toggled" },
      ...save(),
      { type: "wait-requested", request: 1 },
      { type: "examined", batch: nextBatch(), facts: [] },
    ]),
    [...afterFirst, "rescan", "answer failed"],
  ));

test("a wait that comes before the first attempt is answered by what becomes of it", () =>
  check(
    script(() => [
      { type: "wait-requested", request: 1 },
      { type: "examined", batch: nextBatch(), facts: [] },
      ...first,
    ]),
    ["rescan", ...afterFirst, "answer live"],
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

/** A rule that has ended well, and the answer to the look at the disk that follows it. */
function ruleDone(run: number, facts: readonly FileFact[] = []): Happening[] {
  return [
    { type: "rule-finished", run, outcome: { type: "done", durationMs: 5 } },
    { type: "examined", batch: nextBatch(), facts },
  ];
}

const changed = (path: string): FileFact => ({ path, change: "modified", ignored: false });

test("two rules run one after the other, and the first again when its input changes meanwhile", () =>
  check(
    script(() => [
      { type: "started" },
      ...ruleDone(1),
      ...save("/app/a.txt"),
      ...ruleDone(2),
      ...ruleDone(3),
    ]),
    ["run-rule 1", "rescan", "run-rule 2", "rescan", "run-rule 3", "rescan", "start-build #1"],
    { rules: [rule("a", "^a"), rule("b", "^b")] },
  ));

test("a rule whose input changes while it runs is given up and runs again", () =>
  check(
    script(() => [
      { type: "started" },
      ...save("/app/a.txt"),
      { type: "rule-finished", run: 1, outcome: { type: "cancelled" } },
      ...ruleDone(2),
    ]),
    ["run-rule 1", "cancel-rule 1", "run-rule 2", "rescan", "start-build #1"],
    { rules: [rule("a", "^a")] },
  ));

test("what one rule writes may be what another one reads", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/a.txt"),
      ...ruleDone(1, [changed("/app/b.txt")]),
      ...ruleDone(2, [changed("/app/main.go")]),
    ]),
    [...afterFirst, "run-rule 1", "rescan", "run-rule 2", "rescan", "start-build #2"],
    { rules: [rule("b", "^b", false), rule("a", "^a", false)] },
  ));

test("a rule that rewrites its own input without end is said to loop", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/a.txt"),
      ...ruleDone(1, [changed("/app/a.txt")]),
      ...ruleDone(2, [changed("/app/a.txt")]),
      ...ruleDone(3, [changed("/app/a.txt")]),
    ]),
    [
      ...afterFirst,
      ...[1, 2, 3].flatMap((run) => [`run-rule ${run}`, "rescan"]),
      "(failed)",
      "rescan",
    ],
    { rules: [rule("a", "^a", false)] },
  ));

test("a rule that failed runs again with the next attempt, whatever that is about", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save("/app/a.txt"),
      {
        type: "rule-finished",
        run: 1,
        outcome: { type: "failed", failure: { code: "RULE_FAILED", message: "no" } },
      },
      { after: 5000 },
      ...save(),
      ...ruleDone(2),
    ]),
    [...afterFirst, "run-rule 1", "(failed)", "run-rule 2", "rescan", "start-build #3"],
    { rules: [rule("a", "^a", false)] },
  ));

const rule = (name: string, input: string, atStart = true): RuleSettings => ({
  name,
  inputs: [input],
  excludes: [],
  outputs: [],
  timeoutMs: 1000,
  atStart,
  only: false,
});
