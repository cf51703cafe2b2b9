import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, elapsed } from "./duration.ts";
import { flow, harmless, harmlessLines, truncate, width } from "./text.ts";

const RED = "\u{1b}[31m";
const RESET = "\u{1b}[0m";

test("the width of a text is the columns that a terminal needs for it", () => {
  checkWidth("", 0);
  checkWidth("main.go", 7);
  checkWidth(`${RED}main.go${RESET}`, 7);
  checkWidth("\u{1b}]8;;http://localhost\u{7}link\u{1b}]8;;\u{7}", 4);
  checkWidth("● #13 — …", 9);
  checkWidth("größe", 5);
  checkWidth("gro\u{308}ße", 5);
  checkWidth("日本語.go", 9);
  checkWidth("🚀", 2);
  checkWidth("한글", 4);
});

test("a text is cut to the columns there are, and nothing of it is halved", () => {
  checkCut("main.go", null, "main.go");
  checkCut("main.go", 7, "main.go");
  checkCut("main.go", 6, "main.…");
  checkCut("main.go", 1, "…");
  checkCut("main.go", 0, "");
  checkCut("日本語", 5, "日本…");
  checkCut("日本語", 4, "日…");
  checkCut(`${RED}main.go${RESET}`, 4, `${RED}mai…${RESET}`);
  checkCut(`${RED}main${RESET}.go`, 7, `${RED}main${RESET}.go`);
});

test("text from outside can neither move the cursor nor hide what it is", () => {
  checkHarmless("plain ünïcödé 日本", "plain ünïcödé 日本");
  checkHarmless(`${RED}red${RESET}`, "red");
  checkHarmless("\u{1b}[2J\u{1b}[Hgone", "gone");
  checkHarmless("\u{1b}]0;title\u{7}after", "after");
  checkHarmless("\u{1b}]0;never ended", "");
  checkHarmless("a\tb", "a    b");
  checkHarmless("a\rb\u{8}c\n", "a␍b␈c␊");
  checkHarmless("a\u{9b}31mb", "a�31mb");
  checkHarmless("gp\u{202e}og.niam", "gp�og.niam");
});

test("output becomes lines as a terminal would leave them", () => {
  checkLines("", []);
  checkLines("\n\n", []);
  checkLines("a\nb\n", ["a", "b"]);
  checkLines("\na\n\nb\n\n", ["a", "", "b"]);
  checkLines("a\r\nb\r\n", ["a", "b"]);
  checkLines("10%\r50%\r100%\ndone", ["100%", "done"]);
});

test("segments that do not fit go to the next line, whole", () => {
  checkFlow(null, ["#12 live  compile 61  main.go"]);
  checkFlow(29, ["#12 live  compile 61  main.go"]);
  checkFlow(28, ["#12 live  compile 61", "  main.go"]);
  checkFlow(10, ["#12 live", "  compile 61", "  main.go"]);
});

test("durations are told as people tell them", () => {
  checkDuration(-3, "0 ms", "0 s");
  checkDuration(0.4, "0 ms", "0 s");
  checkDuration(318.2, "318 ms", "0 s");
  checkDuration(999.4, "999 ms", "1 s");
  checkDuration(999.6, "1.0 s", "1 s");
  checkDuration(2449, "2.4 s", "2 s");
  checkDuration(9949, "9.9 s", "10 s");
  checkDuration(9960, "10 s", "10 s");
  checkDuration(59_400, "59 s", "59 s");
  checkDuration(65_000, "1 min 5 s", "1 min 5 s");
  checkDuration(120_000, "2 min", "2 min");
  checkDuration(7_800_000, "2 h 10 min", "2 h 10 min");
});

function checkWidth(text: string, expected: number): void {
  assert.equal(width(text), expected, JSON.stringify(text));
}

function checkCut(text: string, columns: number | null, expected: string): void {
  assert.equal(truncate(text, columns), expected, JSON.stringify([text, columns]));
  if (columns !== null) assert.ok(width(truncate(text, columns)) <= columns);
}

function checkHarmless(text: string, expected: string): void {
  assert.equal(harmless(text), expected);
}

function checkLines(text: string, expected: readonly string[]): void {
  assert.deepEqual(harmlessLines(text), expected);
}

function checkFlow(columns: number | null, expected: readonly string[]): void {
  assert.deepEqual(flow(["#12 live", "", "compile 61", "main.go"], columns), expected);
}

function checkDuration(ms: number, expected: string, expectedElapsed: string): void {
  assert.deepEqual([duration(ms), elapsed(ms)], [expected, expectedElapsed], String(ms));
}
