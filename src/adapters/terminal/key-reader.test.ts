import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyReader } from "./key-reader.ts";

test("keys are commands, and everything else is nothing", () => {
  checkKeys("rbpclev?q", "");
  checkKeys("r", "rebuild");
  checkKeys("g", "fix");
  checkKeys("b", "rollback");
  checkKeys("p", "pause");
  checkKeys("c", "clear");
  checkKeys("\u{c}", "clear");
  checkKeys("l", "last-error");
  checkKeys("e", "open-error");
  checkKeys("v", "verbose");
  checkKeys("?", "help");
  checkKeys("q", "quit");
  checkKeys("\u{3}", "quit");
  checkKeys("\u{3}\u{3}\u{3}", "quit force-quit force-quit");
  checkKeys("\u{1c}", "force-quit");
  checkKeys("\u{1a}", "suspend");
  checkKeys("\r", "blank");
  checkKeys("xZü", "");
  checkKeys("509", "focus-5 focus-0 focus-9");
  checkKeys("\tm", "next mute");
  checkKeys("bp", "rollback pause");
});

test("the sequences of function keys and the answers of terminals are no commands", () => {
  checkKeys("\u{1b}[A", "");
  checkKeys("\u{1b}[1;5cr", "rebuild");
  checkKeys("\u{1b}[?62;22cr", "rebuild");
  checkKeys("\u{1b}OPr", "rebuild");
  checkKeys("\u{1b}]11;rgb:0000/0000/0000\u{7}r", "rebuild");
  checkKeys("\u{1b}]11;rgb:0000/0000/0000\u{1b}\\r", "rebuild");
  checkKeys("\u{1b}r", "");
  checkKeys("\u{1b}\u{3}", "quit");
});

test("a sequence that comes in two pieces is one", () => {
  const reader = new KeyReader();
  assert.deepEqual(reader.read(Buffer.from("\u{1b}[1;5")), []);
  assert.deepEqual(reader.read(Buffer.from("cr")), [{ type: "command", command: "rebuild" }]);
});

test("pasted text is not taken for commands", () => {
  checkKeys("please rebuild the program\r", "");
  checkKeys("rrrrrr", "");
  checkKeys("rrrrr", "rebuild rebuild rebuild rebuild rebuild");
});

test("the program has the terminal from i to Ctrl-], byte for byte", () => {
  checkKeys("i", "interact");
  checkKeys("t", "failed-tests");
  checkKeys("a", "all-tests");
  checkKeys("d", "debug-test");
  checkKeys("ihello q\u{3}\u{1b}[A\u{1d}", "interact <hello q\u{3}\u{1b}[A> leave");
  checkKeys("ix\u{1d}r", "interact <x> leave rebuild");
  checkKeys("i\u{1d}", "interact leave");
});

test("keys are commands again when the program is gone", () => {
  const reader = new KeyReader();
  reader.read(Buffer.from("i"));
  reader.leave();
  assert.deepEqual(reader.read(Buffer.from("q")), [{ type: "command", command: "quit" }]);
});

function checkKeys(typed: string, expected: string): void {
  const said = new KeyReader()
    .read(Buffer.from(typed))
    .map((one) =>
      one.type === "command" ? one.command : `<${Buffer.from(one.data).toString("latin1")}>`,
    );
  assert.equal(said.join(" "), expected, JSON.stringify(typed));
}
