import assert from "node:assert/strict";
import { test } from "node:test";
import { TerminalPresenter } from "../../src/adapters/terminal/presenter.ts";
import type { PresenterOptions } from "../../src/adapters/terminal/presenter.ts";
import { Screen } from "../../src/adapters/terminal/screen.ts";
import { PART_COLORS } from "../../src/adapters/terminal/style.ts";
import type { View } from "../../src/core/view.ts";
import { AnsiScreen } from "../world/ansi-screen.ts";
import { samples } from "../world/notice-samples.ts";
import { calmView } from "../world/views.ts";

const well = calmView({
  newest: 12,
  serving: { generation: 12, build: 12, pid: 41, addresses: [], since: 0 },
  good: [12],
});
const red: View = {
  ...well,
  newest: 13,
  stale: true,
  failed: 13,
  failure: { code: "START_EXITED", message: "exited with code 1" },
};

test("the newest save stays in sight for as long as it is not live", () => {
  const run = open({});
  run.face.notice({ ...samples.failed, failure: { code: "START_EXITED", message: "no" } }, red);
  assert.equal(run.last(), "● #13 is not live: exited with code 1 — #12 serves (stale 0 s)");
  run.pass(3000);
  assert.equal(run.last(), "● #13 is not live: exited with code 1 — #12 serves (stale 3 s)");
  run.face.output("stdout", Buffer.from("request\n"));
  assert.deepEqual(run.shown().slice(-2), [
    "request",
    "● #13 is not live: exited with code 1 — #12 serves (stale 3 s)",
  ]);
  run.face.notice({ ...samples.live, phases: [] }, well);
  assert.deepEqual(run.shown().slice(-2), ["#12 live in 318 ms  main.go", ""]);
});

test("a build shows how long it lasts, but not when it is quick", () => {
  const run = open({});
  const building: View = {
    ...well,
    serving: null,
    activity: { type: "building", generation: 1, since: 0 },
  };
  run.face.notice({ ...samples["build-started"], cause: { type: "first" } }, building);
  run.pass(399);
  assert.equal(run.last(), "");
  run.pass(1);
  assert.equal(run.last(), "building #1… 0 s — nothing runs");
  run.pass(2000);
  assert.equal(run.last(), "building #1… 2 s — nothing runs");
  run.face.view(well);
  assert.equal(run.last(), "");
});

test("a log says once that the newest is not live, and again with whatever follows", () => {
  const run = open({ terminal: false });
  const failure = { code: "START_EXITED", message: "exited with code 1" } as const;
  run.face.notice({ ...samples.failed, failure }, red);
  run.pass(14_000);
  assert.deepEqual(run.shown(), [
    "#13 is not live: exited with code 1  main.go",
    "  #12 serves on",
    "",
  ]);
  run.face.notice(samples.paused, red);
  assert.deepEqual(run.shown().slice(3 - 1), [
    "paused: saves are collected, nothing is built",
    "#13 is not live — #12 serves (stale 14 s)",
    "",
  ]);
});

test("the words of air come in their order where its configuration is used", async () => {
  const run = open({ airWords: true, terminal: false });
  const starting: View = { ...well, activity: { type: "starting", generation: 13, since: 0 } };
  run.face.watching({ mode: "events", reason: null, directories: 3, failures: [] }, "/app");
  run.face.notice(samples["build-started"], well);
  run.face.view(starting);
  run.face.view(starting);
  run.face.notice({ ...samples.live, phases: [] }, well);
  run.face.notice(samples.stopping, well);
  await run.face.close(0);
  assert.deepEqual(run.shown(), [
    "watching .",
    "main.go has changed",
    "building...",
    "running...",
    "#12 live in 318 ms  main.go",
    "cleaning...",
    "see you again~",
    "",
  ]);
});

test("the log options leave out what they say, and errors never", () => {
  const all = ["watching .", "main.go has changed", "building...", "#13 warning: no space"];
  checkLog({}, all);
  checkLog(
    { time: true },
    all.map((line) => `[15:04:05] ${line}`),
  );
  checkLog({ mainOnly: true }, ["main.go has changed", "#13 warning: no space"]);
  checkLog({ silent: true }, ["#13 warning: no space"]);
});

test("a rebuild clears the terminal when it is told to, and only then", () => {
  const live = "#12 live in 318 ms  main.go";
  checkClear({}, ["before", live]);
  checkClear({ clearOnRebuild: true }, [live]);
  checkClear({ clearOnRebuild: true, terminal: false }, ["before", live]);
});

test("the last error can be seen in full again, and tells an editor where to go", () => {
  const run = open({});
  run.face.lastError();
  assert.equal(run.face.position(), null);
  assert.deepEqual(run.shown(), ["no error so far", ""]);
  run.face.notice(samples.failed, red);
  run.face.notice(samples.refused, red);
  assert.deepEqual(run.face.position(), { file: "/app/store.go", line: 2, column: 2 });
  const before = run.shown().length;
  run.face.lastError();
  const again = run
    .shown()
    .slice(before - 1)
    .join("\n");
  assert.match(again, /^build failed\n {2}store\.go:2:2: undefined: x\n/);
});

test("verbose mode can be changed under way", () => {
  const run = open({});
  run.face.notice(samples.ignored, well);
  run.face.toggleVerbose();
  run.face.notice(samples.ignored, well);
  run.face.toggleVerbose();
  run.face.notice(samples.ignored, well);
  assert.deepEqual(run.shown(), [
    "says more",
    "ignored .main.go.swp: editor file",
    "says less",
    "",
  ]);
});

test("help names every key, on terminals of any width", () => {
  for (const columns of [20, 40, 200]) {
    const run = open({ columns });
    run.face.help();
    const text = run.shown().join(" ");
    for (const key of ["r ", "b ", "p ", "c ", "l ", "e ", "v ", "i ", "? ", "q "]) {
      assert.ok(text.includes(key), `${key} at ${columns} columns`);
    }
  }
});

test("polling is said, with its reason, and what cannot be watched", () => {
  const run = open({});
  const failure = { code: "WATCH_UNREADABLE", message: "cannot read /app/x" } as const;
  run.face.watching(
    { mode: "polling", reason: "9p sends no events", directories: 3, failures: [failure] },
    "/app",
  );
  assert.deepEqual(run.shown(), [
    "polling for changes: 9p sends no events",
    "not watched: cannot read /app/x",
    "",
  ]);
});

test("nothing is drawn after the end", async () => {
  const run = open({});
  run.face.notice(samples["nothing-to-do"], red);
  await run.face.close(0);
  const before = run.shown();
  run.pass(5000);
  run.face.view({ ...red, newest: 14 });
  assert.deepEqual([run.shown(), run.last()], [before, ""]);
});

interface Run {
  readonly face: TerminalPresenter;
  readonly shown: () => readonly string[];
  readonly last: () => string | undefined;
  /** Lets time pass. */
  readonly pass: (ms: number) => void;
}

interface OpenOptions {
  readonly terminal?: boolean;
  readonly airWords?: boolean;
  readonly columns?: number;
  readonly clearOnRebuild?: boolean;
  readonly log?: Partial<PresenterOptions["log"]>;
}

function open(options: OpenOptions): Run {
  const { terminal = true, columns = 80 } = options;
  const model = new AnsiScreen(columns);
  const time = fakeTime();
  const sink = {
    write: (data: Uint8Array, done: (error: Error | null) => void) => {
      model.write(data);
      done(null);
    },
    writeNow: (data: Uint8Array) => model.write(data),
  };
  const screen = new Screen({
    stdout: sink,
    stderr: sink,
    shared: true,
    terminal,
    after: time.after,
    lost: () => assert.fail("nothing is lost"),
  });
  const face = new TerminalPresenter({
    screen,
    words: {
      colors: false,
      verbose: false,
      root: "/app",
      airWords: options.airWords ?? false,
      partColors: PART_COLORS,
      readSource: () => null,
    },
    columns: () => (terminal ? columns : null),
    clock: time,
    timeOfDay: () => "15:04:05",
    log: { time: false, mainOnly: false, silent: false, ...options.log },
    clearOnRebuild: options.clearOnRebuild ?? false,
    keepScroll: true,
    here: "/app",
    platform: "linux",
  });
  return { face, shown: () => model.rows, last: () => model.rows.at(-1), pass: time.pass };
}

interface FakeTime {
  readonly now: () => number;
  readonly after: (ms: number, callback: () => void) => () => void;
  readonly pass: (ms: number) => void;
}

function fakeTime(): FakeTime {
  let now = 0;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, callback) => {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    pass: (ms) => {
      const end = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = next.at;
        timers = timers.filter((one) => one !== next);
        next.callback();
      }
      now = end;
    },
  };
}

function checkLog(log: Partial<PresenterOptions["log"]>, expected: readonly string[]): void {
  const run = open({ airWords: true, terminal: false, log });
  run.face.watching({ mode: "events", reason: null, directories: 3, failures: [] }, "/app");
  run.face.notice(samples["build-started"], well);
  run.face.notice(samples.warned, well);
  assert.deepEqual(run.shown(), [...expected, ""]);
}

function checkClear(options: OpenOptions, expected: readonly string[]): void {
  const run = open(options);
  run.face.output("stdout", Buffer.from("before\n"));
  run.face.notice(samples["build-started"], well);
  run.face.notice({ ...samples.live, phases: [] }, well);
  assert.deepEqual(
    run.shown().filter((row) => row !== ""),
    expected,
  );
}
