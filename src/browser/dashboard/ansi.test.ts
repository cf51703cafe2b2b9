import assert from "node:assert/strict";
import { test } from "node:test";
import { colouredText, plainText } from "./ansi.ts";

const e = "\u{1b}";

function check(line: string, pieces: readonly (readonly [string, string])[]): void {
  assert.deepEqual(
    colouredText(line).map(({ text, classes }) => [text, classes]),
    pieces,
  );
}

test("colours become classes, until they are taken back", () => {
  check(`a ${e}[31mred${e}[0m b`, [
    ["a ", ""],
    ["red", "ansi-31"],
    [" b", ""],
  ]);
  check(`${e}[1;32mx${e}[39my${e}[22mz`, [
    ["x", "ansi-32 ansi-bold"],
    ["y", "ansi-bold"],
    ["z", ""],
  ]);
  check(`${e}[91mbright${e}[mplain`, [
    ["bright", "ansi-31"],
    ["plain", ""],
  ]);
});

test("colours of larger palettes are left out, and do not become others", () => {
  check(`${e}[38;5;31mx`, [["x", ""]]);
  check(`${e}[38;2;31;32;33mx`, [["x", ""]]);
  check(`${e}[38;5;31;1mx`, [["x", "ansi-bold"]]);
});

test("other sequences leave nothing", () => {
  check(`${e}]8;;http://evil.example\u{7}click${e}]8;;\u{7}`, [["click", ""]]);
  check(`${e}[2J${e}[1;1Hx`, [["x", ""]]);
  check("", []);
});

test("what could hide something is made visible", () => {
  assert.equal(plainText("a\u{202e}b\u{0}c\rd"), "a\u{fffd}b␀c␍d");
  assert.equal(plainText(`${e}[31mred${e}[0m`), "red");
  assert.equal(plainText("tab\tand שלום stay"), "tab\tand שלום stay");
  assert.equal(plainText("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>");
});
