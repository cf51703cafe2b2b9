import assert from "node:assert/strict";
import { test } from "node:test";
import { fitFrame } from "./fit-frame.ts";
import { width } from "./text.ts";

const frame = [
  "  42 | \treturn err".replace("\t", "    "),
  "> 44 |     log.Printf(one, two, three, four, five, wrong())",
  "     |                                             ^",
  "  45 |",
];

test("a frame that fits stays as it is", () => {
  assert.deepEqual(fitFrame(frame, 80), frame);
});

test("a frame that does not fit is moved as a whole, with the caret under its place", () => {
  assert.deepEqual(fitFrame(frame, 40), [
    "  42 |",
    "> 44 | e, four, five, wrong())",
    "     |                ^",
    "  45 |",
  ]);
});

test("a line is cut when the caret is in sight anyway", () => {
  assert.deepEqual(fitFrame(["> 1 | abcdefghij", "    | ^"], 10), ["> 1 | abc…", "    | ^"]);
});

test("every frame fits, however narrow the terminal is", () => {
  for (let columns = 1; columns < 80; columns += 1) {
    for (const line of fitFrame(frame, columns)) assert.ok(width(line) <= columns);
  }
});
