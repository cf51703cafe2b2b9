import assert from "node:assert/strict";
import { test } from "node:test";
import { readContentId } from "./go-build-id.ts";

function check(head: Buffer, expected: string | null): void {
  assert.equal(readContentId(head), expected);
}

function note(id: string, bigEndian = false): Buffer {
  const header = Buffer.alloc(16);
  const write = (value: number, at: number): number =>
    bigEndian ? header.writeUInt32BE(value, at) : header.writeUInt32LE(value, at);
  write(4, 0);
  write(id.length, 4);
  write(4, 8);
  header.write("Go\0\0", 12, "latin1");
  const elf = Buffer.alloc(64);
  elf[5] = bigEndian ? 2 : 1;
  return Buffer.concat([elf, header, Buffer.from(id)]);
}

test("the content part of a build ID is read from an ELF note", () => {
  check(note("action/main/mainContent/content"), "content");
  check(note("action/main/mainContent/content", true), "content");
});

test("elsewhere it is read from the mark at the start of the text", () =>
  check(Buffer.from('MZ....\xff Go build ID: "a/b/c/d"\n \xff', "latin1"), "d"));

test("without a whole build ID there is none", () => {
  check(Buffer.from("#!/bin/sh\n"), null);
  check(note("only-action"), null);
  check(note("a/b/c/"), null);
  check(note("a/b/c/d").subarray(0, 80), null);
  check(Buffer.from('\xff Go build ID: "a/b', "latin1"), null);
});
