import assert from "node:assert/strict";
import { test } from "node:test";
import { samples } from "../../test/world/notice-samples.ts";
import { type BoardRecord, boardOf, noRecord, tellRecord } from "./dashboard-board.ts";
import type { ServiceBoard } from "./dashboard.ts";
import type { Notice } from "./notice.ts";
import { plainSettings } from "../../test/sim/settings.ts";
import { initialState } from "./state.ts";
import { viewOf } from "./view-of.ts";
import type { View } from "./view.ts";
import type { Version } from "./version.ts";

const version = (generation: number, build = generation): Version => ({
  generation,
  artifact: { build, path: `/run/${build}`, hash: null, sizeBytes: build * 100, shim: true },
});

function boardAfter(
  told: readonly (readonly [at: number, notice: Notice])[],
  seen: Partial<View> = {},
  good: readonly Version[] = [],
): ServiceBoard {
  const record = told.reduce<BoardRecord>(
    (now, [at, notice]) => tellRecord(now, notice, at),
    noRecord,
  );
  return boardOf({
    name: "api",
    main: "./cmd/api",
    record,
    view: { ...viewOf(initialState(plainSettings)), ...seen },
    good,
    wallOf: (monotonic) => 1_000_000 + monotonic,
    show: ({ code, message }) => ({ code, message, seen: [], hint: null, fix: null, places: [] }),
  });
}

test("before anything has happened there is nothing to show", () => {
  const board = boardAfter([]);
  assert.deepEqual(
    [
      board.liveSince,
      board.activeSince,
      board.failure,
      board.saves,
      board.builds,
      board.tests,
      board.drain,
    ],
    [null, null, null, [], [], null, null],
  );
});

test("times are those of the wall", () => {
  const serving = { generation: 3, build: 2, pid: 1, addresses: [], since: 70 };
  const board = boardAfter([], {
    serving,
    activity: { type: "building", generation: 4, since: 90 },
  });
  assert.deepEqual([board.liveSince, board.activeSince], [1_000_070, 1_000_090]);
  assert.equal(board.state.activity, "building");
});

const built = (generation: number): Notice => ({ ...samples.built, generation });

test("builds are those that are kept, with when they were built", () => {
  const serving = { generation: 3, build: 2, pid: 1, addresses: [], since: 70 };
  const { builds } = boardAfter(
    [
      [10, built(1)],
      [20, built(2)],
    ],
    { serving },
    [version(3, 2), version(1)],
  );
  assert.deepEqual(builds, [
    { generation: 3, build: 2, builtAt: 1_000_020, bytes: 200, serving: true },
    { generation: 1, build: 1, builtAt: 1_000_010, bytes: 100, serving: false },
  ]);
});

test("saves have their failures, and ends that meet", () => {
  const board = boardAfter([
    [
      1000.123_456,
      { ...samples["build-started"], lead: [{ name: "classify", durationMs: 3.333_333 }] },
    ],
    [
      1100.654_321,
      {
        ...samples.failed,
        totalMs: 103.864_198,
        phases: [{ name: "build", durationMs: 77.777_777 }],
      },
    ],
  ]);
  const [save] = board.saves;
  assert.deepEqual(save?.phases, [
    { name: "classify", startMs: 0, durationMs: 3.33 },
    { name: "build", startMs: 3.33, durationMs: 77.78 },
    { name: "other", startMs: 81.11, durationMs: 22.75 },
  ]);
  assert.equal(save?.totalMs, 103.86);
  assert.equal(save?.failure?.code, "BUILD_FAILED");
});

test("tests that run, were given up, and have run", () => {
  const started = samples["tests-started"];
  const finished = samples["tests-finished"];
  const running = boardAfter([[1, started]]).tests;
  assert.deepEqual(running, { running: started.summary, report: null, generation: null });
  const given = boardAfter([
    [1, started],
    [2, samples["tests-cancelled"]],
  ]).tests;
  assert.deepEqual(given, { running: null, report: null, generation: null });
  const done = boardAfter([
    [1, started],
    [2, finished],
    [3, started],
  ]).tests;
  assert.deepEqual(done, {
    running: started.summary,
    report: finished.report,
    generation: finished.generation,
  });
});

test("what the version before left behind", () => {
  const { drain } = boardAfter([[500, samples.stopped]]);
  assert.equal(drain?.at, 1_000_500);
  assert.equal(drain?.generation, samples.stopped.generation);
  assert.deepEqual(drain?.report, samples.stopped.drain);
});

test("every kind of notice can be told, and says nothing of another program", () => {
  const told = Object.values(samples).map((notice, index) => [index * 10, notice] as const);
  const board = boardAfter(told);
  assert.ok(board.saves.length > 0);
  assert.deepEqual(JSON.parse(JSON.stringify(board)), board);
});
