import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS } from "../../adapters/logs/level.ts";
import type { LogLine } from "../../adapters/logs/lines.ts";
import { type FilterArguments, readFilter } from "./filter.ts";
import { LevelMemory } from "./level-memory.ts";

const versions = [
  { run: 100, generation: 1 },
  { run: 100, generation: 2 },
  { run: 200, generation: 1 },
  { run: 200, generation: 4 },
];
const nothing: FilterArguments = {
  build: null,
  level: null,
  grep: null,
  stream: null,
  since: null,
  lines: null,
  all: false,
};
const NOW = new Date(2026, 0, 31, 12, 0, 0).getTime();

function filterOf(args: Partial<FilterArguments>) {
  const filter = readFilter({ ...nothing, ...args }, versions, NOW);
  assert.ok(!("code" in filter), JSON.stringify(filter));
  return filter;
}

const shownVersions = (args: Partial<FilterArguments>): string[] =>
  versions.filter(filterOf(args).version).map(({ run, generation }) => `${run}/${generation}`);

const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  type: "line",
  run: 200,
  generation: 4,
  pid: 7,
  stream: "stdout",
  time: NOW,
  text,
  ...more,
});

test("versions are chosen by number, or counted back over all runs", () => {
  assert.deepEqual(shownVersions({}), ["200/1", "200/4"]);
  assert.deepEqual(shownVersions({ all: true }), ["100/1", "100/2", "200/1", "200/4"]);
  assert.deepEqual(shownVersions({ build: "1" }), ["200/1"]);
  assert.deepEqual(shownVersions({ build: "0" }), ["200/4"]);
  assert.deepEqual(shownVersions({ build: "-1" }), ["200/1"]);
  assert.deepEqual(shownVersions({ build: "-2" }), ["100/2"]);
  // A run that begins later belongs to what is followed.
  assert.ok(filterOf({}).version({ run: 300, generation: 1 }));
  assert.ok(!filterOf({ build: "4" }).version({ run: 300, generation: 4 }));
});

const checkLine = (args: Partial<FilterArguments>, one: LogLine, expected: boolean) => {
  const { weight } = new LevelMemory().of(one);
  assert.equal(filterOf(args).line(one, weight), expected, JSON.stringify([args, one.text]));
};

test("lines are chosen by level, text, stream and time", () => {
  checkLine({ level: "warn" }, line("level=WARN msg=x"), true);
  checkLine({ level: "warn" }, line("level=INFO msg=x"), false);
  checkLine({ level: "Warning" }, line("\u{1b}[31mERROR\u{1b}[0m x"), true);
  checkLine({ level: "info" }, line("no level at all"), true);
  checkLine({ level: "warn" }, line("no level at all"), false);
  checkLine({ grep: "a.c$" }, line("xa\u{1b}[1mbc\u{1b}[0m"), true);
  checkLine({ grep: "(?i)ABC" }, line("abc"), true);
  checkLine({ grep: "abc" }, line("ab"), false);
  checkLine({ stream: "stderr" }, line("x"), false);
  checkLine({ since: "10m" }, line("x", { time: NOW - 9 * 60_000 }), true);
  checkLine({ since: "10m" }, line("x", { time: NOW - 11 * 60_000 }), false);
  checkLine({ since: "11:59" }, line("x", { time: NOW - 30_000 }), true);
  checkLine({ since: "11:59:40" }, line("x", { time: NOW - 30_000 }), false);
  checkLine({ since: "13:00" }, line("x", { time: NOW - 22 * 3_600_000 }), true);
  checkLine({ since: "2026-01-31" }, line("x", { time: NOW - 11 * 3_600_000 }), true);
  checkLine({ since: "2026-01-31T11:59" }, line("x", { time: NOW - 120_000 }), false);
});

test("a line without a level belongs to the one above where it looks so", () => {
  const memory = new LevelMemory();
  const check = (text: string, expected: string, more: Partial<LogLine> = {}) =>
    assert.equal(LEVELS[memory.of(line(text, more)).weight], expected, text);
  check("level=ERROR msg=x", "error");
  check("\tmain.go:3", "error");
  check("net/http.(*conn).serve", "error");
  check("something else", "info");
  check("\tindented", "info");
  check("panic: no", "fatal");
  check("", "fatal");
  check("goroutine 1 [running]:", "fatal");
  check("other stream", "info", { stream: "stderr" });
  check("level=INFO msg=x", "info");
  check("after it", "info");
});

const checkMistake = (
  args: Partial<FilterArguments>,
  code: string,
  message: RegExp,
  hint: RegExp,
) => {
  const failure = readFilter({ ...nothing, ...args }, versions, NOW);
  assert.ok("code" in failure, JSON.stringify(args));
  assert.equal(failure.code, code);
  assert.match(failure.message, message);
  assert.match(failure.hint ?? "", hint);
};

test("what cannot be meant is told", () => {
  checkMistake({ build: "3" }, "NO_SUCH_BUILD", /build 3 /, /#1 #4/);
  checkMistake({ build: "-9" }, "NO_SUCH_BUILD", /build -9 /, /#1 #4/);
  checkMistake({ build: "x" }, "FLAG_INVALID", /--build x/, /-1/);
  checkMistake({ level: "wran" }, "FLAG_INVALID", /--level wran/, /did you mean warn/);
  checkMistake({ grep: "(" }, "FLAG_INVALID", /--grep \(/, /Go/);
  checkMistake({ since: "soon" }, "FLAG_INVALID", /--since soon/, /10m/);
  checkMistake({ since: "7" }, "FLAG_INVALID", /--since 7/, /10m/);
  checkMistake({ lines: "-1" }, "FLAG_INVALID", /--lines -1/, /-n 100/);
  checkMistake({ lines: "many" }, "FLAG_INVALID", /--lines many/, /-n 100/);
  const failure = readFilter({ ...nothing, build: "0" }, [], NOW);
  assert.ok("code" in failure && failure.hint === "nothing is kept yet");
});
