import assert from "node:assert/strict";
import { test } from "node:test";
import { packageGraphOf } from "./package-graph.ts";

/** `a: b c` imports b and c; the packages that a save in each compiles. */
function check(packages: readonly string[], expected: readonly string[]): void {
  const own = packages.map((text) => {
    const [path = "", imports = ""] = text.split(": ");
    return { path, dir: path, files: 1, imports: imports.split(" ").filter((one) => one !== "") };
  });
  assert.deepEqual(
    packageGraphOf(own).packages.map(
      ({ path, imports, rebuilds }) => `${path} (${imports.join(" ")}): ${rebuilds.join(" ")}`,
    ),
    expected,
  );
}

test("a save compiles its package and all that import it, over however many others", () =>
  check(
    ["main: web store fmt", "web: store net/http", "store: model", "model: "],
    [
      "main (store web): main",
      "model (): model main store web",
      "store (model): store main web",
      "web (store): web main",
    ],
  ));

test("packages that nobody imports, and that import what is not there or twice", () =>
  check(["a: x x a", "b: a a"], ["a (a): a b", "b (a): b"]));

test("a circle, which does not build, ends", () =>
  check(["a: b", "b: a"], ["a (b): a b", "b (a): b a"]));

test("nothing is nothing", () => check([], []));
