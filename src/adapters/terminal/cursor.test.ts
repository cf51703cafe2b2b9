import assert from "node:assert/strict";
import { test } from "node:test";
import { Cursor } from "./cursor.ts";

const ESC = "\u{1b}";

test("the line is known to have ended, or not, after whatever was written", () => {
  checkLineStart("", true);
  checkLineStart("a", false);
  checkLineStart("a\n", true);
  checkLineStart("a\r\n", true);
  checkLineStart("50%\r", false);
  checkLineStart("a\nb", false);
  checkLineStart(`a\n${ESC}[0m`, true);
  checkLineStart(`a\n${ESC}[K${ESC}[?25h`, true);
  checkLineStart(`a\n${ESC}[2A`, false);
  checkLineStart(`a\n${ESC}[2A\n`, true);
  checkLineStart(`a${ESC}[31m`, false);
  checkLineStart(`${ESC}]0;title\u{7}`, true);
  checkLineStart(`${ESC}]0;title${ESC}\\`, true);
  checkLineStart(`${ESC}]0;title\n`, false);
  checkLineStart(`x${ESC}c`, true);
  checkLineStart(`\n${ESC}7`, false);
  checkLineStart(`\n${ESC}[3\u{18}`, true);
});

test("an unfinished character or sequence is known, however the bytes are cut", () => {
  checkWhole("ü", true);
  checkWhole([0xc3], false);
  checkWhole([0xe2, 0x82], false);
  checkWhole([0xe2, 0x82, 0xac], true);
  checkWhole([0xf0, 0x9f, 0x9a], false);
  checkWhole([0xf0, 0x9f, 0x9a, 0x80], true);
  checkWhole([0xf0, 0x9f, 0x41], true);
  checkWhole([0x41, 0x80, 0x80, 0x80, 0x80], true);
  checkWhole(ESC, false);
  checkWhole(`${ESC}[`, false);
  checkWhole(`${ESC}[31`, false);
  checkWhole(`${ESC}[31m`, true);
  checkWhole(`${ESC}(`, false);
  checkWhole(`${ESC}(B`, true);
  checkWhole(`${ESC}]8;;http://localhost`, false);
  checkWhole(`${ESC}]8;;${ESC}`, false);
  checkWhole(`${ESC}]8;;${ESC}[`, false);
  checkWhole(`${ESC}]8;;${ESC}[m`, true);
});

test("the colours that a stream left on can be brought back", () => {
  checkColours("plain", "");
  checkColours(`${ESC}[31mred`, `${ESC}[31m`);
  checkColours(`${ESC}[31m${ESC}[1mbold`, `${ESC}[31m${ESC}[1m`);
  checkColours(`${ESC}[31mred${ESC}[0m`, "");
  checkColours(`${ESC}[31mred${ESC}[m`, "");
  checkColours(`${ESC}[31mred${ESC}[0;32mgreen`, `${ESC}[0;32m`);
  // Colours that are never reset do not pile up without end: the newest count.
  checkColours(
    `${`${ESC}[38;5;1m`.repeat(30)}${ESC}[44m`,
    `${`${ESC}[38;5;1m`.repeat(2)}${ESC}[44m`,
  );
});

test("a full-screen program is known while it lasts", () => {
  checkAlternate("plain", false);
  checkAlternate(`${ESC}[?1049h`, true);
  checkAlternate(`${ESC}[?25;1049h`, true);
  checkAlternate(`${ESC}[?1049h text ${ESC}[?1049l`, false);
  checkAlternate(`${ESC}[1049h`, false);
});

/** The same bytes in one piece, and byte by byte. */
function cursorsAfter(data: Uint8Array): readonly Cursor[] {
  const whole = new Cursor();
  whole.feed(data);
  const cut = new Cursor();
  for (let at = 0; at < data.length; at += 1) cut.feed(data.subarray(at, at + 1));
  return [whole, cut];
}

function checkLineStart(text: string, expected: boolean): void {
  for (const cursor of cursorsAfter(Buffer.from(text))) {
    assert.equal(cursor.lineStart, expected, JSON.stringify(text));
  }
}

function checkWhole(bytes: readonly number[] | string, expected: boolean): void {
  const data = Buffer.from(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
  for (const cursor of cursorsAfter(data)) {
    assert.equal(cursor.whole, expected, JSON.stringify(bytes));
  }
}

function checkColours(text: string, expected: string): void {
  for (const cursor of cursorsAfter(Buffer.from(text))) {
    assert.equal(cursor.colours, expected, JSON.stringify(text));
  }
}

function checkAlternate(text: string, expected: boolean): void {
  for (const cursor of cursorsAfter(Buffer.from(text))) {
    assert.equal(cursor.alternate, expected, JSON.stringify(text));
  }
}
