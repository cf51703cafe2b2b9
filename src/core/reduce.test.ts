import assert from "node:assert/strict";
import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import type { Effect } from "./effect.ts";
import type { Happening } from "./event.ts";
import { reduce } from "./reduce.ts";
import type { RuleSettings, Settings } from "./settings.ts";
import { initialState } from "./state.ts";

type Script = readonly (Happening | { readonly after: number })[];

/** Runs a script of events, and compares what is asked of the world as text. */
function check(
  script: Script,
  expected: readonly string[],
  settings: Partial<Settings> = {},
): void {
  let state = initialState({ ...plainSettings, ...settings });
  let at = 0;
  const seen: string[] = [];
  for (const entry of script) {
    if ("after" in entry) {
      at += entry.after;
      continue;
    }
    const [next, effects] = reduce(state, { at, ...entry });
    state = next;
    seen.push(...effects.flatMap(show));
  }
  assert.deepEqual(seen, expected);
}

function show(effect: Effect): string[] {
  switch (effect.type) {
    case "start-build":
    case "cancel-build":
      return [`${effect.type} #${effect.generation}`];
    case "start-process":
      return [`start #${effect.version.generation}`];
    case "signal-process":
      return [`signal ${effect.instance}`];
    case "kill-process":
      return [`kill ${effect.instance}`];
    case "run-rule":
    case "cancel-rule":
      return [`${effect.type} ${effect.run}`];
    case "rescan":
      return ["rescan"];
    case "announce":
      return said.has(effect.notice.type) ? [`(${effect.notice.type})`] : [];
    case "answer-wait":
      return [`answer ${effect.verdict.type}`];
    case "exit":
      return [`exit ${effect.code}`];
    default:
      return [];
  }
}

const said = new Set(["live", "failed", "rolled-back", "crashed", "finished", "nothing-to-do"]);

const main = "/app/main.go";
let batch = 0;

/** An event of the watcher and the answer of the disk. */
function save(path = main): Happening[] {
  batch += 1;
  const fact = { path, change: "modified", ignored: false } as const;
  return [
    { type: "paths-touched", paths: [path] },
    { type: "examined", batch, facts: [fact] },
  ];
}

const built = (generation: number, hash = `${generation}`): Happening => ({
  type: "build-finished",
  generation,
  outcome: {
    type: "built",
    artifact: {
      build: generation,
      path: `/run/${generation}`,
      hash,
      sizeBytes: 1,
    },
    phases: [],
    warnings: [],
  },
});

const red = (generation: number): Happening => ({
  type: "build-finished",
  generation,
  outcome: { type: "failed", failure: { code: "BUILD_FAILED", message: "bad" }, phases: [] },
});

const cancelled = (generation: number): Happening => ({
  type: "build-finished",
  generation,
  outcome: { type: "cancelled" },
});

const up = (instance: number): Happening[] => [
  { type: "process-started", instance, pid: 100 + instance },
  {
    type: "process-listening",
    instance,
    addresses: [{ network: "tcp", address: "[::]:8080" }],
  },
];

const exited = (instance: number, code: number | null): Happening => ({
  type: "process-exited",
  instance,
  exit: { code, signal: code === null ? "SIGKILL" : null, tail: "", failure: null },
});

const gone = (instance: number): Happening => ({
  type: "process-gone",
  instance,
  leftovers: { killed: 0, held: [] },
});

const first: Happening[] = [{ type: "started" }, built(1), ...up(1)];
const afterFirst = ["start-build #1", "start #1", "(live)"];

/** Each script counts its looks at the disk from one. */
function script(make: () => Script): Script {
  batch = 0;
  return make();
}

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

test("a candidate that crashes at start brings back the last good version", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      exited(1, 0),
      gone(1),
      { type: "process-started", instance: 2, pid: 9 },
      exited(2, 1),
      gone(2),
      ...up(3),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "signal 1",
      "start #2",
      "kill 2",
      "(failed)",
      "start #1",
      "(rolled-back)",
    ],
  ));

test("a candidate that hangs is ended at its deadline", () =>
  check(
    script(() => [
      { type: "started" },
      built(1),
      { type: "process-started", instance: 1, pid: 9 },
      { type: "timer-fired", timer: "ready:1" },
      { type: "timer-fired", timer: "stop:1" },
      exited(1, null),
      gone(1),
    ]),
    ["start-build #1", "start #1", "signal 1", "(failed)", "kill 1"],
  ));

test("a crash in probation brings back the version before, one after it does not", () => {
  const swapped = script(() => [
    ...first,
    { after: 5000 },
    ...save(),
    built(2),
    exited(1, 0),
    gone(1),
    ...up(2),
  ]);
  const seen = [...afterFirst, "start-build #2", "signal 1", "start #2", "(live)"];
  check([...swapped, exited(2, 2), gone(2)], [...seen, "kill 2", "(failed)", "start #1"]);
  check(
    [...swapped, { type: "timer-fired", timer: "probation:2" }, exited(2, 2), gone(2)],
    [...seen, "kill 2", "(crashed)"],
  );
});

test("a program that crashes is started again where the user chose so", () =>
  check(
    [
      ...first,
      { type: "timer-fired", timer: "probation:1" },
      exited(1, 2),
      gone(1),
      { type: "timer-fired", timer: "restart" },
    ],
    [...afterFirst, "kill 1", "(crashed)", "start #1"],
    { restart: "on-crash" },
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

test("a process that ignores the signal is killed after the time-out, and only then replaced", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      { type: "timer-fired", timer: "stop:1" },
      exited(1, null),
      gone(1),
    ]),
    [...afterFirst, "start-build #2", "signal 1", "kill 1", "start #2"],
  ));

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

test("an exit with code 0 of a program that does not listen is an end, not a failure", () =>
  check(
    [
      { type: "started" },
      built(1),
      { type: "process-started", instance: 1, pid: 9 },
      exited(1, 0),
      gone(1),
    ],
    ["start-build #1", "start #1", "kill 1", "(finished)"],
  ));

test("a wait is answered when the save before it is decided", () =>
  check(
    script(() => {
      const [touched, answered] = save();
      batch += 1;
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

test("on leaving, builds and processes end first", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      { type: "quit-requested", exitCode: 0 },
      exited(1, 0),
      gone(1),
      cancelled(2),
    ]),
    [...afterFirst, "start-build #2", "cancel-build #2", "signal 1", "exit 0"],
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

test("what is newer and already built goes before the last good version", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      exited(1, 0),
      gone(1),
      { type: "process-started", instance: 2, pid: 9 },
      { after: 5000 },
      ...save(),
      built(3),
      exited(2, 1),
      gone(2),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "signal 1",
      "start #2",
      "start-build #3",
      "signal 2",
      "start #3",
    ],
  ));

test("a crash is forgotten when the same version is up again", () =>
  check(
    [
      ...first,
      { type: "timer-fired", timer: "probation:1" },
      exited(1, 2),
      gone(1),
      { type: "timer-fired", timer: "restart" },
      ...up(2),
      { type: "wait-requested", request: 1 },
      { type: "examined", batch: 1, facts: [] },
    ],
    [...afterFirst, "kill 1", "(crashed)", "start #1", "(live)", "rescan", "answer live"],
    { restart: "on-crash" },
  ));

test("a wait is not answered while a crashed program is about to be started again", () =>
  check(
    [
      ...first,
      { type: "timer-fired", timer: "probation:1" },
      exited(1, 2),
      gone(1),
      { type: "wait-requested", request: 1 },
      { type: "examined", batch: 1, facts: [] },
    ],
    [...afterFirst, "kill 1", "(crashed)", "rescan"],
    { restart: "on-crash" },
  ));

test("two rules run one after the other, and the first again when its input changes meanwhile", () => {
  const rule = (name: string, input: string): RuleSettings => ({
    name,
    inputs: [input],
    excludes: [],
    outputs: [],
    timeoutMs: 1000,
    atStart: true,
    only: false,
  });
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
