import assert from "node:assert/strict";
import { test } from "node:test";
import { isSourceName } from "./source-name.ts";

test("sources of all languages count, and neither tests nor hidden files", () => {
  for (const name of ["main.go", "a_linux.go", "fast.s", "x.S", "lib.syso", "a.tmp.1.go"]) {
    assert.equal(isSourceName(name), true, name);
  }
  for (const name of ["main_test.go", ".main.go", "_main.go", "main.go~", "go", "c", "a.txt"]) {
    assert.equal(isSourceName(name), false, name);
  }
});
