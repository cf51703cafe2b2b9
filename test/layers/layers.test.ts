import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

/** What each part of the source may import: the whole of the architecture's direction. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "src/core": ["src/core"],
  "src/engine": ["src/engine", "src/core"],
  "src/config": ["src/config", "src/core"],
  "src/adapters": ["src/core", "src/engine"],
  // Runs in browsers; it shares the types of what it is told.
  "src/browser": ["src/browser", "src/core"],
  "src/commands": ["src/commands", "src/config", "src/adapters", "src/engine", "src/core"],
};

const linesMax = 400;

/** What scripts/bundle.mjs begins with. */
const entryPoints = [
  "src/cli.ts",
  "src/adapters/go/binary-diff-worker.ts",
  "src/browser/page/client.ts",
  "src/browser/page/worker.ts",
  "src/browser/dashboard/main.tsx",
];

const sources = filesBelow("src").filter((file) => /\.tsx?$/.test(file));
const products = sources.filter((file) => !/\.test\.tsx?$/.test(file));

test("every import points in the direction that ARCHITECTURE.md tells", () => {
  const wrong = products.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !isAllowed(file, imported))
      .map((imported) => `${file} imports ${imported}`),
  );
  assert.deepEqual(wrong, []);
});

test("no file is longer than 400 lines", () => {
  const dirs = ["test", "keeper", "shim", "linker", "state", "bench"];
  const all = [...sources, ...dirs.flatMap(filesBelow)];
  const long = all
    .filter((file) => /\.(?:tsx?|go)$/.test(file))
    .filter((file) => readFileSync(file, "utf8").split("\n").length - 1 > linesMax);
  assert.deepEqual(long, []);
});

test("every source file is used by another one", () => {
  const used = new Set([...entryPoints, ...[...sources, ...filesBelow("test")].flatMap(importsOf)]);
  const fromTests = new Set(filesBelow("bench").flatMap(importsOf));
  assert.deepEqual(
    products.filter((file) => !used.has(file) && !fromTests.has(file)),
    [],
  );
});

test("every disabled lint rule has a reason on the same line", () => {
  const bare = [...sources, ...filesBelow("test")].flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => /(?:oxlint|eslint)-disable/.test(line) && !/ -- \S/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  assert.deepEqual(bare, []);
});

function isAllowed(file: string, imported: string): boolean {
  const part = Object.keys(mayImport).find((dir) => file.startsWith(`${dir}/`));
  if (part === undefined) return true;
  if (part !== "src/adapters") {
    return mayImport[part]?.some((dir) => imported.startsWith(`${dir}/`)) ?? false;
  }
  // An adapter may import its own folder, and no other adapter's.
  const own = file.split("/").slice(0, 3).join("/");
  return [own, "src/core", "src/engine"].some((dir) => imported.startsWith(`${dir}/`));
}

/** Relative imports of a file, static, dynamic and of types, as paths from the top. */
function importsOf(file: string): string[] {
  if (!/\.tsx?$/.test(file)) return [];
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import\(?)\s*"(\.{1,2}\/[^"]+)"/g)].map(([, path = ""]) =>
    normalize(join(dirname(file), path)),
  );
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    // What the benchmarks make and install there is not ours.
    if (entry.name === ".work") return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
