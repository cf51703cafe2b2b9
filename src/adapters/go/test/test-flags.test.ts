import assert from "node:assert/strict";
import { test } from "node:test";
import { binaryFlags, compiledFlags, flagsForTests, listedFlags } from "./test-flags.ts";

const split = (text: string): readonly string[] => (text === "" ? [] : text.split(" "));

function check(given: string, expected: string): void {
  assert.deepEqual(flagsForTests(split(given)), split(expected), given);
}

test("flags of the build that fit are given to go test", () => {
  check("", "");
  check("-tags=dev -race", "-tags=dev -race");
  check("-o bin/app -tags dev -ldflags -s", "-tags dev");
  check("--ldflags=-w -trimpath -v", "-trimpath");
});

const checkAll = (given: string, list: string, compiled: string, binary: string): void => {
  const flags = split(given);
  assert.deepEqual(listedFlags(flags), split(list), given);
  assert.deepEqual(compiledFlags(flags), split(compiled), given);
  assert.deepEqual(binaryFlags(flags), split(binary), given);
};

test("flags of go test are told apart: for the list, the compiler and the test binary", () => {
  checkAll("", "", "", "");
  checkAll("-short", "", "", "-test.short");
  checkAll(
    "-tags integration -race -short",
    "-tags integration -race",
    "-tags integration -race",
    "-test.short",
  );
  checkAll("-parallel 4 -cpu=1,2 -v", "", "", "-test.parallel 4 -test.cpu=1,2");
  checkAll("-gcflags=-N -count=3 -run TestA", "", "-gcflags=-N", "");
  checkAll("-short -args -config x -short", "", "", "-test.short -config x -short");
});
