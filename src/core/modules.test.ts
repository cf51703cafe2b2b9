import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Script,
  afterFirst,
  built,
  check,
  effectsOf,
  first,
  nextBatch,
  save,
  script,
  up,
} from "../../test/world/script.ts";
import type { Happening, ModulesOutcome } from "./event.ts";
import type { Failure, FailureCode } from "./failure.ts";
import type { Settings } from "./settings.ts";

const fetching: Partial<Settings> = { modules: { download: true, tidy: "ask" } };
const asking: Partial<Settings> = { modules: { download: false, tidy: "ask" } };
const auto: Partial<Settings> = { modules: { download: false, tidy: "auto" } };

const finished = (run: number, outcome: ModulesOutcome): Happening => ({
  type: "modules-finished",
  run,
  outcome,
});
const fetched = (run: number, count = 0): Happening =>
  finished(run, { type: "fetched", count, durationMs: 5 });
const done = (run: number): Happening => finished(run, { type: "done", durationMs: 5, said: [] });
const unreachable = (run: number): Happening =>
  finished(run, {
    type: "failed",
    failure: { code: "MODULE_UNREACHABLE", message: "no network" },
  });
const cancelled = (run: number): Happening => finished(run, { type: "cancelled" });

const failed = (generation: number, failure: Partial<Failure>): Happening => ({
  type: "build-finished",
  generation,
  outcome: {
    type: "failed",
    failure: { code: "MODULE_SUM_MISSING", message: "no sum", ...failure },
    phases: [],
  },
});
const untidy = (generation: number, code: FailureCode = "MODULE_SUM_MISSING"): Happening =>
  failed(generation, { code, fix: ["mod", "tidy"] });

const mod = "/app/go.mod";
const fix: Happening = { type: "fix-requested", origin: "key" };

/** The answer to a look at everything: go.mod has changed, or nothing has. */
const looked = (changed: boolean): Happening => ({
  type: "examined",
  batch: nextBatch(),
  facts: changed ? [{ path: mod, change: "modified", ignored: false }] : [],
});

const firstFetched = (): Script => [{ type: "started" }, fetched(1), built(1), ...up(1)];
const afterFetch = ["run fetch", ...afterFirst];

test("before the first build, and after a change of module files, modules are fetched", () => {
  check(script(firstFetched), afterFetch, fetching);
  check(
    script(() => [...firstFetched(), { after: 9000 }, ...save(), built(2)]),
    [...afterFetch, "start-build #2", "signal 1"],
    fetching,
  );
  check(
    script(() => [...firstFetched(), { after: 9000 }, ...save(mod), fetched(2, 3)]),
    [...afterFetch, "run fetch", "start-build #2"],
    fetching,
  );
});

test("a save during a download ends it, and the next one begins when it is gone", () => {
  check(
    script(() => [
      ...firstFetched(),
      { after: 9000 },
      ...save(mod),
      { after: 500 },
      ...save(),
      { after: 100 },
      { type: "timer-fired", timer: "burst" },
      cancelled(2),
      fetched(3),
    ]),
    [...afterFetch, "run fetch", "cancel modules", "run fetch", "start-build #2"],
    fetching,
  );
});

test("a late answer of a download that was given up changes nothing", () => {
  check(
    script(() => [...firstFetched(), { after: 9000 }, ...save(mod), fetched(1), unreachable(7)]),
    [...afterFetch, "run fetch"],
    fetching,
  );
});

test("what cannot be fetched is tried again only where the build needs it", () => {
  const broken = failed(2, { code: "MODULE_UNREACHABLE" });
  check(
    script(() => [
      ...firstFetched(),
      { after: 9000 },
      ...save(mod),
      unreachable(2),
      broken,
      { after: 9000 },
      ...save(),
      unreachable(3),
      built(3),
      { after: 9000 },
      ...save(),
    ]),
    [
      ...afterFetch,
      "run fetch",
      "start-build #2",
      "(failed)",
      "run fetch",
      "start-build #3",
      "signal 1",
      "start-build #4",
    ],
    fetching,
  );
});

test("the command of a failure runs when it is asked for, and its own writes lead to nothing", () => {
  check(
    script(() => [
      ...first,
      { after: 9000 },
      ...save(),
      untidy(2),
      { after: 9000 },
      fix,
      ...save(mod),
      done(1),
      looked(false),
      ...save("/app/README"),
    ]),
    [...afterFirst, "start-build #2", "(failed)", "run mod tidy", "rescan", "start-build #3"],
    asking,
  );
});

test("a file that is saved while the command runs is built together with what it wrote", () => {
  check(
    script(() => [
      ...first,
      { after: 9000 },
      ...save(),
      untidy(2),
      { after: 9000 },
      fix,
      ...save(),
      { after: 100 },
      { type: "timer-fired", timer: "burst" },
      done(1),
      looked(true),
    ]),
    [...afterFirst, "start-build #2", "(failed)", "run mod tidy", "rescan", "start-build #3"],
    asking,
  );
});

test("a command that fails is told, and what was saved meanwhile is built", () => {
  check(
    script(() => [
      ...first,
      { after: 9000 },
      ...save(),
      untidy(2),
      { after: 9000 },
      fix,
      ...save(),
      { after: 100 },
      { type: "timer-fired", timer: "burst" },
      unreachable(1),
    ]),
    [...afterFirst, "start-build #2", "(failed)", "run mod tidy", "(failed)", "start-build #3"],
    asking,
  );
});

test("a command that fails is told as what was asked for, and not as a swap", () => {
  const control: Happening = { type: "fix-requested", origin: "control" };
  const effects = effectsOf(
    script(() => [
      ...first,
      { after: 9000 },
      ...save(),
      untidy(2),
      { after: 9000 },
      control,
      { after: 100 },
      unreachable(1),
    ]),
    asking,
  );
  const causes = effects.flatMap((effect) =>
    effect.type === "announce" && effect.notice.type === "failed" ? [effect.notice.cause] : [],
  );
  assert.deepEqual(causes.at(-1), { type: "request", origin: "control", fix: true });
});

test("without a command there is nothing to run", () => {
  check(
    script(() => [...first, { after: 9000 }, fix]),
    afterFirst,
    asking,
  );
  check(
    script(() => [...first, { after: 9000 }, ...save(), untidy(2), { after: 9000 }, fix]),
    [...afterFirst, "start-build #2", "(failed)"],
    { modules: { download: false, tidy: "never" } },
  );
});

test("by itself `go mod tidy` runs once for a change, and for the next one again", () => {
  check(
    script(() => [
      ...first,
      { after: 9000 },
      ...save(),
      { after: 500 },
      untidy(2),
      { after: 5000 },
      done(1),
      looked(true),
      untidy(3),
      { after: 9000 },
      ...save(),
      { after: 500 },
      untidy(4),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "run mod tidy",
      "rescan",
      "start-build #3",
      "(failed)",
      "start-build #4",
      "run mod tidy",
    ],
    auto,
  );
});

test("by itself it runs for nothing that it cannot put right", () => {
  for (const code of ["VENDOR_OUTDATED", "MODULE_CHECKSUM", "BUILD_FAILED"] as const) {
    check(
      script(() => [...first, { after: 9000 }, ...save(), untidy(2, code)]),
      [...afterFirst, "start-build #2", "(failed)"],
      auto,
    );
  }
});
