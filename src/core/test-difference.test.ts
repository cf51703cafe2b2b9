import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceIn } from "./test-difference.ts";

const check = (output: string, want: string | null, got?: string): void => {
  const expected = want === null ? null : { want, got };
  assert.deepEqual(differenceIn(output), expected, output);
};

test("what was wanted and what came is found in the usual ways to say so", () => {
  check("    a_test.go:3: got 1, want 2", "2", "1");
  check("    a_test.go:3: Add(1, 2) = 4; want 3", "3", "4");
  check("    a_test.go:3: Add() = 4, want 3", "3", "4");
  check("    a_test.go:3: got: 1, want: 2", "2", "1");
  check("    a_test.go:3: expected 3 but got 4", "3", "4");
  check("    a_test.go:3: expected 3, actual 4", "3", "4");
  check('    a_test.go:3: wrong name: got "a b", want "c"', '"c"', '"a b"');
  check("    a_test.go:3: got 1 (want 2)", "2", "1");
  check("got:\nbye bob\nwant:\nbye Bob\n", "bye Bob", "bye bob");
  check(
    "        Error:      \tNot equal: \n        \t            \texpected: 1\n        \t            \tactual  : 2\n",
    "1",
    "2",
  );
  check("    a_test.go:3:\n        want: x\n        got:  y\n", "x", "y");
  check("    a_test.go:3: something broke", null);
  check("    a_test.go:3: got nothing", null);
  check("", null);
});
