import assert from "node:assert/strict";
import { test } from "node:test";
import { goModStatements } from "./go-mod.ts";
import { compareVersions, escapeModule, requiredModules } from "./required-modules.ts";

test("the modules that a build may take from the cache are those that go.mod requires", () => {
  const app = "module app\nrequire (\n\ta.b/c v1.0.0\n\td.e/f v0.1.0 // indirect\n)\n";
  check([app], ["a.b/c v1.0.0", "d.e/f v0.1.0"]);
  check([`${app}replace a.b/c => ../c\n`], ["d.e/f v0.1.0"]);
  check([`${app}replace a.b/c => x.y/c v1.2.3\n`], ["x.y/c v1.2.3", "d.e/f v0.1.0"]);
  check([`${app}replace a.b/c v1.0.1 => ../c\n`], ["a.b/c v1.0.0", "d.e/f v0.1.0"]);
  check([`${app}replace a.b/c v1.0.0 => ../c\n`], ["d.e/f v0.1.0"]);
  check([`${app}replace a.b/c => x.y/c master\n`], ["d.e/f v0.1.0"]);
  check(["module app\nrequire a.b/c master\n"], []);
  check([app, "module lib\nrequire a.b/c v1.2.0\n"], ["a.b/c v1.2.0", "d.e/f v0.1.0"]);
  check([app, "module a.b/c\n"], ["d.e/f v0.1.0"]);
  check([app], ["d.e/f v0.1.0"], "go 1.21\nuse .\nreplace a.b/c => ./c\n");
});

test("versions are ordered as semantic versioning does", () => {
  const ordered = [
    "v0.0.0-20200101000000-abcdef",
    "v0.9.0",
    "v1.0.0-alpha",
    "v1.0.0-alpha.1",
    "v1.0.0-beta.2",
    "v1.0.0-beta.11",
    "v1.0.0",
    "v1.2.0",
    "v1.10.0",
    "v2.0.0+incompatible",
  ];
  for (const [index, version] of ordered.entries()) {
    const next = ordered[index + 1];
    assert.equal(compareVersions(version, version), 0);
    if (next === undefined) continue;
    assert.ok(compareVersions(version, next) < 0, `${version} ${next}`);
    assert.ok(compareVersions(next, version) > 0, `${next} ${version}`);
  }
});

test("names in the module cache have no capitals", () => {
  assert.equal(escapeModule("github.com/Azure/azure-SDK"), "github.com/!azure/azure-!s!d!k");
});

function check(
  mods: readonly string[],
  expected: readonly string[],
  work: string | null = null,
): void {
  const found = requiredModules({
    work: work === null ? null : (goModStatements(work) ?? []),
    mods: mods.map((text) => goModStatements(text) ?? []),
  });
  assert.deepEqual(
    found.map(({ path, version }) => `${path} ${version}`),
    expected,
  );
}
