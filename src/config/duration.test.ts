import assert from "node:assert/strict";
import { test } from "node:test";
import { readAirDuration, readDuration, writeDuration } from "./duration.ts";

const checkRead = (raw: unknown, expected: number | null): void =>
  assert.equal(readDuration(raw), expected, JSON.stringify(raw));

test("a duration is read as Go writes it, or as milliseconds", () => {
  checkRead("500ms", 500);
  checkRead("5s", 5000);
  checkRead("1m", 60_000);
  checkRead("1m30s", 90_000);
  checkRead("1h", 3_600_000);
  checkRead("1.5s", 1500);
  checkRead("100us", 0);
  checkRead("2500us", 3);
  checkRead("0s", 0);
  checkRead("0", 0);
  checkRead("250", 250);
  checkRead(0, 0);
  checkRead(1000, 1000);
  checkRead(-1, null);
  checkRead(1.5, null);
  checkRead("", null);
  checkRead("5", 5);
  checkRead("5 s", null);
  checkRead("-5s", null);
  checkRead("s", null);
  checkRead("5x", null);
  checkRead("5s!", null);
  checkRead(true, null);
  checkRead(null, null);
  checkRead([1], null);
});

const checkAir = (raw: unknown, expected: number | null): void =>
  assert.equal(readAirDuration(raw), expected, JSON.stringify(raw));

test("a large number is nanoseconds where air takes it for those", () => {
  checkAir(500, 500);
  checkAir(999_999, 999_999);
  checkAir(1_000_000, 1);
  checkAir(500_000_000, 500);
  checkAir("500000000", 500);
  checkAir("20m", 1_200_000);
  checkAir("0s", 0);
  checkAir("x", null);
});

const checkWrite = (ms: number, expected: string): void => {
  assert.equal(writeDuration(ms), expected);
  assert.equal(readDuration(expected), ms);
};

test("a duration is written in its largest whole unit", () => {
  checkWrite(0, "0s");
  checkWrite(1, "1ms");
  checkWrite(1500, "1500ms");
  checkWrite(5000, "5s");
  checkWrite(60_000, "1m");
  checkWrite(90_000, "90s");
});
