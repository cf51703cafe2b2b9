import assert from "node:assert/strict";
import { test } from "node:test";
import { graphOf } from "../../../test/e2e/dashboard-answers.ts";
import type { GraphPackage } from "../../core/dashboard.ts";
import { commonPrefix, importersOf, layersOf, shortPath } from "./graph-layers.ts";

const one = (path: string, ...imports: readonly string[]): GraphPackage => ({
  path,
  dir: path,
  imports,
  files: 1,
  rebuilds: [path],
});

function check(packages: readonly GraphPackage[], layers: readonly (readonly string[])[]): void {
  assert.deepEqual(
    layersOf(packages).map((layer) => layer.map(({ path }) => path)),
    layers,
  );
}

test("a package stands right of all that it imports", () => {
  check([one("a", "b", "c"), one("b", "c"), one("c", "fmt")], [["c"], ["b"], ["a"]]);
  check([], []);
});

test("two hundred packages keep that order, each once", () => {
  const { packages } = graphOf(200);
  const layers = layersOf(packages);
  const depths = new Map(layers.flatMap((layer, depth) => layer.map(({ path }) => [path, depth])));
  assert.equal(depths.size, 200);
  assert.equal(layers.flat().length, 200);
  for (const { path, imports } of packages) {
    for (const other of imports) {
      assert.ok((depths.get(other) ?? 99) < (depths.get(path) ?? -1), `${other} before ${path}`);
    }
  }
});

test("imports in a circle, which half an edit may show, end", () => {
  const packages = [one("a", "b"), one("b", "a"), one("c", "c")];
  assert.equal(layersOf(packages).flat().length, 3);
});

test("who imports a package is known", () => {
  assert.deepEqual(importersOf([one("a", "c"), one("b", "c"), one("c")], "c"), ["a", "b"]);
});

test("paths are shown without what they have in common", () => {
  assert.equal(prefix(), "");
  assert.equal(prefix("example.com/a/b"), "example.com/a/");
  assert.equal(prefix("example.com/a", "example.com/a/b", "example.com/a/c"), "example.com/a/");
  assert.equal(prefix("example.com/a", "example.com/ab"), "example.com/");
  assert.equal(prefix("a", "b"), "");
  assert.equal(shortPath("example.com/a/b", "example.com/a/"), "b");
  assert.equal(shortPath("example.com/a", "example.com/a/"), "a");
});

const prefix = (...paths: readonly string[]): string => commonPrefix(paths);
