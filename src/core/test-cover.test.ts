import assert from "node:assert/strict";
import { test } from "node:test";
import { coverageOf, openedFiles, reachedFunctions } from "./test-cover.ts";
import type { Prints } from "./test-model.ts";
import { filePrint } from "./test-print.ts";

const source = `package a

func One() int {
	return 1
}

func Two() int { return 2 }; func Three() {}
`;
const print = filePrint(source, false);
const digest = (name: string): string => print.functions.get(name)?.digest ?? "";

const prints: Prints = new Map([
  [
    "app/a",
    {
      go: new Map([["/app/a/a.go", print]]),
      test: new Map(),
      other: new Map(),
      otherTest: new Map(),
      testdata: new Map(),
      spawns: false,
    },
  ],
]);

const checkReached = (blocks: readonly string[], names: readonly string[]): void => {
  const reached = reachedFunctions(["mode: set", ...blocks].join("\n"), prints);
  const expected = Object.fromEntries(names.map((name) => [name, digest(name)]));
  assert.deepEqual(reached, names.length === 0 ? {} : { "app/a": expected });
};

test("a profile tells which functions ran; functions on one line are taken together", () => {
  checkReached([], []);
  checkReached(["app/a/a.go:3.16,5.2 1 0"], []);
  checkReached(["app/a/a.go:3.16,5.2 1 1"], ["One"]);
  checkReached(["app/a/a.go:7.16,7.28 1 3"], ["Two", "Three"]);
  // An empty body has no statement, and is reached all the same.
  checkReached(["app/a/a.go:7.43,7.43 0 1"], ["Two", "Three"]);
  checkReached(["app/b/b.go:3.16,5.2 1 1", "nonsense"], []);
});

test("coverage is that of all profiles together, by package", () => {
  const one = "mode: set\napp/a/a.go:3.16,5.2 1 0\napp/a/a.go:7.16,7.28 3 1\n";
  const two =
    "mode: set\napp/a/a.go:3.16,5.2 1 2\napp/a/a.go:7.16,7.28 3 0\napp/x/x.go:1.1,2.2 9 0\n";
  const check = (profiles: readonly string[], covered: number, statements: number): void => {
    const expected = [{ package: "app/a", covered, statements }];
    assert.deepEqual(coverageOf(profiles, ["app/a"], prints), expected);
  };
  check([one], 3, 4);
  check([two], 1, 4);
  check([one, two], 4, 4);
  // Nobody has linked it.
  check([], 0, 1);
  assert.deepEqual(coverageOf([], ["app/none"], prints), []);
});

const resolve = (dir: string, path: string): string =>
  path.startsWith("/") ? path : `${dir}/${path}`;

test("files that a test has opened are found from the directory that it was in", () => {
  const log =
    "# test log\ngetenv HOME\nopen testdata/a\nstat b c\nchdir /tmp\nopen d\nopen /e\nopen /e\n";
  assert.deepEqual(openedFiles(log, "/app", resolve), [
    "/app/testdata/a",
    "/app/b c",
    "/tmp/d",
    "/e",
  ]);
});
