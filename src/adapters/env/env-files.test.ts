import assert from "node:assert/strict";
import { test } from "node:test";
import { expandAll } from "./env-files.ts";

function check(text: string, expected: Readonly<Record<string, string>>): void {
  assert.deepEqual(expandAll(text, { OUTER: "outer" }), expected);
}

test("a value may refer to those above it, whatever their names are", () => {
  check("NAME=one\nFULL=${NAME} two\n", { NAME: "one", FULL: "one two" });
  check("Z=1\nY=$Z$Z\nX=$Y\n", { Z: "1", Y: "11", X: "11" });
  check("export Z=1\n  A = $Z\n", { Z: "1", A: "1" });
});

test("a value may refer to the environment, and what nobody knows is empty", () => {
  check("A=$OUTER/$NONE.\n", { A: "outer/." });
  check("OUTER=own\nA=$OUTER\n", { OUTER: "own", A: "own" });
});

test("single quotes and a backslash keep the dollar", () =>
  check("A='$OUTER'\nB=\\$OUTER\n", { A: "$OUTER", B: "$OUTER" }));
