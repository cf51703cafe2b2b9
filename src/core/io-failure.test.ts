import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCode, ioFailure, tellsFullDisk } from "./io-failure.ts";

test("a full disk and an exceeded quota are told apart from other errors", () => {
  for (const [code, expected] of [
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["EACCES", "IO_FAILED"],
  ] as const) {
    const failure = ioFailure(Object.assign(new Error("it failed"), { code }), "make", "/x/y");
    assert.equal(failure.code, expected);
    assert.match(failure.message, /cannot make \/x\/y$/);
    assert.equal(failure.seen, "it failed");
  }
});

test("the words of every system for a full disk are known", () => {
  for (const [text, expected] of [
    ["write /x: no space left on device", true],
    ["There is not enough space on the disk.", true],
    ["write: disk quota exceeded", true],
    ["no space between the words", false],
    ["", false],
  ] as const) {
    assert.equal(tellsFullDisk(text), expected, text);
  }
});

test("errors without a code have none", () => {
  assert.equal(errorCode(new Error("x")), "");
  assert.equal(errorCode("ENOENT"), "");
  assert.equal(errorCode(Object.assign(new Error("x"), { code: "ENOENT" })), "ENOENT");
});
