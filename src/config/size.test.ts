import assert from "node:assert/strict";
import { test } from "node:test";
import { readSize, writeSize } from "./size.ts";

const check = (raw: unknown, expected: number | null) =>
  assert.equal(readSize(raw), expected, String(raw));

test("sizes are read with and without a unit", () => {
  check(0, 0);
  check(512, 512);
  check("512", 512);
  check("1KB", 1024);
  check("10 mb", 10 * 1024 ** 2);
  check("2GiB", 2 * 1024 ** 3);
  check("7k", 7 * 1024);
  check(-1, null);
  check(1.5, null);
  check("", null);
  check("MB", null);
  check("1TB", null);
  check("1.5MB", null);
  check("99999999999999999GB", null);
  check(true, null);
});

test("a size is written with the largest unit that fits", () => {
  for (const text of ["0B", "3B", "1KB", "1025B", "10MB", "2GB"]) {
    assert.equal(writeSize(readSize(text) ?? -1), text);
  }
});
