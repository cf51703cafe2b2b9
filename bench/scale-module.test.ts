import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { scaleFile, scaleModule, scaleText } from "./scale-module.ts";

test("every package is imported once, and has three to five files", () => {
  for (const packages of [1, 10, 11, 100, 137]) {
    const files = scaleModule(packages);
    const imports = [...files.values()].flatMap((text) =>
      [...text.matchAll(/"example\.com\/tree\/internal\/p(\d+)"/g)].map((found) =>
        Number(found[1]),
      ),
    );
    deepEqual(
      imports.toSorted((a, b) => a - b),
      Array.from({ length: packages }, (_, index) => index + 1),
    );
    for (let number = 1; number <= packages; number += 1) {
      const own = [...files.keys()].filter((file) => file.startsWith(`internal/p${number}/`));
      equal(own.length >= 3 && own.length <= 5, true, `p${number}: ${own.join(" ")}`);
    }
  }
});

test("the file that is saved is one of them, and nothing is below it", () => {
  const files = scaleModule(100);
  equal(files.get(scaleFile(100)), scaleText(100, "v0"));
  match(scaleText(100, "new"), /^const text = "new"$/m);
  equal(scaleText(100, "new").includes("example.com"), false);
});
