// npm run check: the quick part of the tests, for every save: types, lint, format, unit tests and the
// simulation.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run, tool } from "./steps.mjs";

tool("types", "tsc", ["-b"]);
tool("lint", "oxlint", ["--type-aware", "src", "test", "bench", "scripts"]);
tool("format", "oxfmt", ["--check", "."]);
tool("compile tests", "tsc", ["-p", "tsconfig.test.json"]);
const quick = ["build/suite/src", "build/suite/test/sim", "build/suite/test/layers"];
run("unit tests and simulation", process.execPath, [
  "--enable-source-maps",
  "--test",
  ...quick.flatMap(testFiles),
]);

function testFiles(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith(".test.js") ? [path] : [];
  });
}
