import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLine } from "../../core/dashboard.ts";
import { everything, filteredLines, generationsOf, logWith, noLog } from "./log.ts";

const line = (id: number, changes: Partial<LogLine> = {}): LogLine => ({
  id,
  at: id,
  generation: 1,
  stream: "stdout",
  level: null,
  text: `line ${id}`,
  ...changes,
});

const lines = (from: number, to: number): readonly LogLine[] =>
  Array.from({ length: to - from }, (_, index) => line(from + index));

test("lines that are known already are not taken twice", () => {
  const log = logWith(logWith(noLog, lines(0, 5)), lines(3, 8));
  assert.deepEqual(
    log.lines.map(({ id }) => id),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  assert.equal(logWith(log, lines(0, 8)), log);
});

test("of more than ten thousand lines the last are kept", () => {
  const log = logWith(logWith(noLog, lines(0, 9_999)), lines(9_999, 12_000));
  assert.equal(log.lines.length, 10_000);
  assert.equal(log.lines[0]?.id, 2_000);
  assert.equal(log.dropped, 2_000);
});

test("lines that came while the page did not follow are missing, and gaps go with their lines", () => {
  const log = logWith(logWith(noLog, lines(5, 7)), lines(9, 11));
  assert.deepEqual([...log.gaps], [[9, { lines: 2 }]]);
  const later = logWith(log, lines(20_000, 30_000));
  assert.deepEqual([...later.gaps], [[20_000, { lines: 19_989 }]]);
});

test("what is missing stands before the line that came after it", () => {
  const log = logWith(logWith(noLog, lines(0, 2)), lines(1, 4), 512);
  assert.deepEqual([...log.gaps], [[2, { bytes: 512 }]]);
  assert.deepEqual([...logWith(log, lines(4, 5)).gaps], [[2, { bytes: 512 }]]);
  assert.equal(logWith(log, lines(0, 4), 9), log);
});

test("lines are chosen by level, text and build", () => {
  const all = [
    line(0),
    line(1, { level: "debug" }),
    line(2, { level: "warn", generation: 2 }),
    line(3, { level: "error", text: "Broken (PIPE)", generation: null }),
  ];
  const ids = (filter: Partial<typeof everything>): readonly number[] =>
    filteredLines(all, { ...everything, ...filter }).map(({ id }) => id);
  assert.deepEqual(ids({}), [0, 1, 2, 3]);
  assert.deepEqual(ids({ level: "info" }), [2, 3]);
  assert.deepEqual(ids({ level: "error" }), [3]);
  assert.deepEqual(ids({ search: "(pipe" }), [3]);
  assert.deepEqual(ids({ generation: 2 }), [2]);
  assert.deepEqual(ids({ search: "line", generation: 1 }), [0, 1]);
  assert.deepEqual(generationsOf(all), [2, 1]);
});
