import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLocks } from "./locks.ts";

function check(text: string, expected: ReturnType<typeof parseLocks>): void {
  assert.deepEqual(parseLocks(text), expected);
}

test("locks are read with who has them and who waits", () => {
  check("", []);
  check("1: FLOCK  ADVISORY  WRITE 1234 08:01:131 0 EOF\n", [
    { pid: 1234, file: "08:01:131", blocked: false },
  ]);
  check(
    "1: POSIX  ADVISORY  READ 7 fd:00:99 128 128\n1: -> POSIX  ADVISORY  WRITE 8 fd:00:99 0 EOF\n",
    [
      { pid: 7, file: "fd:00:99", blocked: false },
      { pid: 8, file: "fd:00:99", blocked: true },
    ],
  );
  check("2: OFDLCK ADVISORY  WRITE -1 00:1f:5 0 EOF\n", [
    { pid: -1, file: "00:1f:5", blocked: false },
  ]);
  check("3: LEASE  ACTIVE    READ 5 08:01:131 0 EOF\nnonsense\n", []);
});
