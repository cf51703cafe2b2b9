import assert from "node:assert/strict";
import { test } from "node:test";
import { withLinkerFlag } from "./injection.ts";

function check(flags: readonly string[], expected: readonly string[]): void {
  assert.deepEqual(withLinkerFlag(flags, "-x=0"), expected);
}

test("a linker flag is added to those of the user, into the last of several", () => {
  check([], ["-ldflags=-x=0"]);
  check(["-race"], ["-race", "-ldflags=-x=0"]);
  check(["-ldflags=-s -w"], ["-ldflags=-s -w -x=0"]);
  check(["--ldflags=-s", "-race"], ["--ldflags=-s -x=0", "-race"]);
  check(["-ldflags", "-X main.v=1"], ["-ldflags", "-X main.v=1 -x=0"]);
  check(["-ldflags=-s", "-ldflags=-w"], ["-ldflags=-s", "-ldflags=-w -x=0"]);
});
