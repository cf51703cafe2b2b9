import assert from "node:assert/strict";
import { test } from "node:test";
import { elfEnd, elfTables } from "./elf-end.ts";

/** The least length of a file with these bytes; null when it is no ELF file. */
function endOf(file: Uint8Array): number | null {
  const tables = elfTables(file.subarray(0, 64));
  if (tables === null) return null;
  const { segments, sections } = tables;
  const part = ({ offset, entrySize, count }: typeof segments): Uint8Array =>
    file.subarray(offset, offset + entrySize * count);
  return elfEnd(tables, part(segments), part(sections));
}

/** A 64-bit file with one segment and two sections, the second without room in the file. */
function small(): Uint8Array {
  const file = new Uint8Array(400);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  view.setBigUint64(32, 64n, true);
  view.setBigUint64(40, 120n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, 2, true);
  view.setBigUint64(64 + 8, 0n, true);
  view.setBigUint64(64 + 32, 300n, true);
  view.setUint32(120 + 4, 1, true);
  view.setBigUint64(120 + 24, 300n, true);
  view.setBigUint64(120 + 32, 100n, true);
  view.setUint32(184 + 4, 8, true);
  view.setBigUint64(184 + 24, 400n, true);
  view.setBigUint64(184 + 32, 9000n, true);
  return file;
}

test("the end of a file is where its last section ends", () => assert.equal(endOf(small()), 400));

test("what is no ELF file has no such end", () => {
  assert.equal(endOf(new Uint8Array(400)), null);
  assert.equal(endOf(small().subarray(0, 63)), null);
});
