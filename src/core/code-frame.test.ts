import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFrame } from "./code-frame.ts";

const source = ["package main", "", "func main() {", '\tvar é string = 2 + "x"', "}", ""].join(
  "\n",
);

function check(text: string, line: number, column: number, expected: readonly string[]): void {
  assert.deepEqual(codeFrame(text, line, column), expected);
}

test("a frame has two lines of context and a caret under the column", () => {
  check(source, 3, 6, [
    "  1 | package main",
    "  2 |",
    "> 3 | func main() {",
    "    |      ^",
    '  4 |     var é string = 2 + "x"',
    "  5 | }",
  ]);
});

test("columns count bytes, and a tab is as wide as it is drawn", () => {
  check(source, 4, 18, [
    "  2 |",
    "  3 | func main() {",
    '> 4 |     var é string = 2 + "x"',
    "    |                    ^",
    "  5 | }",
  ]);
  check("\t\tx", 1, 3, ["> 1 |         x", "    |         ^"]);
});

test("without a column there is no caret, and beyond the line it stands at its end", () => {
  check("a\nb\nc", 2, 0, ["  1 | a", "> 2 | b", "  3 | c"]);
  check("a", 1, 99, ["> 1 | a", "    |  ^"]);
});

test("line numbers are aligned, and Windows line ends are not shown", () => {
  const text = Array.from({ length: 11 }, (_, index) => `line ${index + 1}`).join("\r\n");
  check(text, 9, 1, [
    "   7 | line 7",
    "   8 | line 8",
    ">  9 | line 9",
    "     | ^",
    "  10 | line 10",
    "  11 | line 11",
  ]);
});

test("a line that the source does not have gives no frame", () => {
  check("a\nb", 3, 1, []);
  check("a\nb", 0, 1, []);
  check("", 2, 1, []);
});

test("a very long line is cut out around the caret", () => {
  const [text = "", caret = ""] = codeFrame(`${"a".repeat(5000)}!${"b".repeat(5000)}`, 1, 5001);
  assert.ok(text.length < 200);
  assert.equal(text.charAt(caret.indexOf("^")), "!");
});
