import assert from "node:assert/strict";
import { test } from "node:test";
import { LogFeed } from "./log-feed.ts";

/** As much as nobody writes here. */
const ROOM = 1e9;

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

type Written = readonly [stream: "stdout" | "stderr", text: string, generation?: number];

function feedOf(written: readonly Written[]): LogFeed {
  const feed = new LogFeed((text) => text.replaceAll("hunter22", "***"));
  for (const [stream, text, generation = 1] of written) {
    feed.write({ generation, pid: 7 }, stream, Buffer.from(text));
  }
  return feed;
}

function check(written: readonly Written[], expected: readonly string[]): void {
  const lines = feedOf(written).all(ROOM);
  assert.deepEqual(
    lines.map(({ id, generation, stream, level, text }) =>
      [id, `#${generation}`, stream, level, text].join(" "),
    ),
    expected,
  );
}

test("pieces become lines, each stream for itself", () =>
  check(
    [
      ["stdout", "one\ntw"],
      ["stderr", "ERROR: other\n"],
      ["stdout", "o\nthree"],
      ["stdout", "\r\n"],
    ],
    [
      "1 #1 stdout  one",
      "2 #1 stderr error ERROR: other",
      "3 #1 stdout  two",
      "4 #1 stdout  three",
    ],
  ));

test("levels are the four that people look for", () =>
  check(
    [["stderr", '{"level":"trace"}\nlevel=debug\nINFO: a\nlevel=WARN b\npanic: c\nno error\n']],
    [
      '1 #1 stderr debug {"level":"trace"}',
      "2 #1 stderr debug level=debug",
      "3 #1 stderr info INFO: a",
      "4 #1 stderr warn level=WARN b",
      "5 #1 stderr error panic: c",
      "6 #1 stderr  no error",
    ],
  ));

test("colours are left out, secrets too, and markup stays what was written", () =>
  check(
    [["stdout", "\u{1b}[31mred\u{1b}[0m <b>&amp;\npassword hunter22\n"]],
    ["1 #1 stdout  red <b>&amp;", "2 #1 stdout  password ***"],
  ));

test("a character that comes in two pieces is one", () => {
  const feed = feedOf([]);
  const [head, tail] = [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])];
  feed.write({ generation: 1, pid: 7 }, "stdout", head);
  assert.deepEqual(feed.all(ROOM), []);
  feed.write({ generation: 1, pid: 7 }, "stdout", tail);
  assert.equal(feed.all(ROOM)[0]?.text, "ä");
});

test("the last words of a version that has ended are a line", () => {
  const feed = feedOf([["stderr", "half", 1]]);
  feed.end(1);
  feed.end(2);
  assert.deepEqual(
    feed.all(ROOM).map(({ text }) => text),
    ["half"],
  );
});

test("the buffer of who writes may be used again", () => {
  const feed = feedOf([]);
  const data = Buffer.from("kept\n");
  feed.write({ generation: 1, pid: 7 }, "stdout", data);
  data.fill(0);
  assert.equal(feed.all(ROOM)[0]?.text, "kept");
});

test("what is fresh is told once, and numbers go on", () => {
  const feed = feedOf([["stdout", "a\n"]]);
  assert.deepEqual(
    feed.fresh().lines.map(({ id }) => id),
    [1],
  );
  assert.deepEqual(feed.fresh(), { lines: [], missing: 0 });
  feed.write({ generation: 1, pid: 7 }, "stdout", Buffer.from("b\n"));
  assert.deepEqual(
    feed.all(ROOM).map(({ id }) => id),
    [1, 2],
  );
  assert.deepEqual(feed.fresh().lines, []);
});

test("of a flood the last is kept, and how much is missing is told", () => {
  const feed = feedOf([]);
  const line = `${"x".repeat(99)}\n`;
  const times = 40_000;
  for (let time = 0; time < times; time += 1) {
    feed.write({ generation: 1, pid: 7 }, "stdout", Buffer.from(line));
  }
  feed.write({ generation: 1, pid: 7 }, "stdout", Buffer.from("the last\n"));
  const { lines, missing } = feed.fresh();
  assert.ok(missing > 3_000_000 && missing < times * 100, `${missing}`);
  assert.equal(lines.length, 2000);
  assert.equal(lines.at(-1)?.text, "the last");
  assert.equal(feed.all(ROOM).length, 2000);
});

test("a line without an end takes no more room than others", () => {
  const feed = feedOf([["stdout", `${"y".repeat(200_000)}\n`]]);
  const [line] = feed.all(ROOM);
  assert.ok(line !== undefined && line.text.length < 10_000 && line.text.endsWith("…"));
});

test("a program that writes each character by itself is kept in as little room, and read at once", () => {
  const feed = feedOf([]);
  const dot = Buffer.from(".");
  for (let time = 0; time < 200_000; time += 1) {
    feed.write({ generation: 1, pid: 7 }, "stdout", dot);
  }
  feed.write({ generation: 1, pid: 7 }, "stdout", Buffer.from("\n"));
  const { lines, missing } = feed.fresh();
  const [line, ...others] = lines;
  assert.deepEqual(others, []);
  assert.ok(line !== undefined && line.text.length < 5000, `${line?.text.length}`);
  assert.equal(line.text.length + missing, 200_000);
});

test("lines that are too many are counted as missing, and what is missing stands before a line", () => {
  const feed = feedOf([["stdout", "x\n".repeat(100_000)]]);
  const { lines, missing } = feed.fresh();
  assert.deepEqual([lines.length, missing], [2000, 196_000]);
  feed.write({ generation: 1, pid: 7 }, "stdout", Buffer.alloc(600_000, "y"));
  assert.deepEqual(feed.fresh(), { lines: [], missing: 0 });
  feed.write({ generation: 1, pid: 7 }, "stdout", Buffer.from("\nz\n"));
  const later = feed.fresh();
  assert.equal(later.missing, 600_000);
});

test("whoever comes late gets the newest lines that fit", () => {
  const feed = feedOf([["stdout", "first\nsecond \u0001\nthird ä\n"]]);
  const [, second, third] = feed.all(ROOM);
  const both = sizeOf([second, third]);
  assert.deepEqual(feed.all(both), [second, third]);
  assert.deepEqual(feed.all(both - 2), [third]);
  assert.deepEqual(feed.all(10), []);
});

test("of long lines fewer are kept", () => {
  const feed = feedOf([]);
  for (let time = 0; time < 1000; time += 1) {
    feed.write({ generation: 1, pid: 7 }, "stdout", Buffer.from(`${"z".repeat(9000)}\n`));
    feed.fresh();
  }
  const lines = feed.all(ROOM);
  assert.equal(lines.at(-1)?.id, 1000);
  assert.ok(lines.length > 200 && lines.length < 300, `${lines.length}`);
});
