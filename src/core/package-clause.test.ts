import assert from "node:assert/strict";
import { test } from "node:test";
import { readPackageClause } from "./package-clause.ts";

function check(source: string, name: string | null, constrained: boolean): void {
  assert.deepEqual(readPackageClause(source), { name, constrained });
}

test("the package clause is found behind comments and a byte order mark", () => {
  check("package main\n", "main", false);
  check("\uFEFF// Copyright\n\n/* more\npackage no */ package main // yes\n", "main", false);
  check("\n\tpackage größe\r\n", "größe", false);
  check("// package main\n", null, false);
  check("packagemain\n", null, false);
  check("", null, false);
  check("/* never closed package main", null, false);
});

test("build constraints above the clause are seen, and those below it do not count", () => {
  check("//go:build ignore\n\npackage main\n", "main", true);
  check("// +build linux\n\npackage main\n", "main", true);
  check("package main\n//go:build ignore\n", "main", false);
  check("//go:builder is a word\npackage main\n", "main", false);
});
