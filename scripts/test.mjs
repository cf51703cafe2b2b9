// npm test: installs, builds, lints, checks the layers, and runs every test.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  buildDelve,
  buildProgram,
  downloadModules,
  fail,
  installClients,
  installPackages,
  run,
  tool,
} from "./steps.mjs";

installPackages();
installClients();
buildProgram();
tool("lint", "oxlint", ["--type-aware", "src", "test", "bench", "scripts"]);
tool("format", "oxfmt", ["--check", "."]);
const plain = { ...process.env, GOFLAGS: "", GOWORK: "off" };
for (const dir of ["keeper", "shim"]) {
  for (const system of ["linux", "darwin", "windows", "freebsd"]) {
    const env = { ...plain, GOOS: system };
    run(`go vet ${dir} (${system})`, "go", ["vet", "./..."], { cwd: dir, env });
  }
}
for (const system of ["linux", "darwin", "windows", "freebsd"]) {
  const env = { ...plain, GOOS: system };
  run(`go vet state/gust (${system})`, "go", ["vet", "./..."], { cwd: "state/gust", env });
}
run("go test state/gust", "go", ["test", "./..."], { cwd: "state/gust", env: plain });
for (const dir of ["test/load", "test/fixtures/programs/everything"]) {
  run(`go vet ${dir}`, "go", ["vet", "./..."], { cwd: dir, env: plain });
}
run("go test keeper", "go", ["test", "./..."], { cwd: "keeper", env: plain });
// The shim reaches variables of the standard library, which the linker allows only when asked.
run("go test shim", "go", ["test", "-ldflags=-checklinkname=0", "./..."], {
  cwd: "shim",
  env: plain,
});
tool("compile tests", "tsc", ["-p", "tsconfig.test.json"]);
downloadModules();
buildDelve();

const only = process.argv.slice(2);
const files = testFiles("build/suite").filter(
  (file) => only.length === 0 || only.some((part) => file.includes(part)),
);
if (files.length === 0) fail("no tests found");
const failures = "build/failures.txt";
const argv = [
  "--enable-source-maps",
  "--test",
  "--test-concurrency=2",
  // One that hangs is to be named, and not to hold up all that come after it.
  "--test-timeout=900000",
  `--test-reporter=${process.stdout.isTTY ? "spec" : "tap"}`,
  "--test-reporter-destination=stdout",
  "--test-reporter=./scripts/failures-reporter.mjs",
  `--test-reporter-destination=${failures}`,
  ...files,
];
run(`run ${files.length} test files`, process.execPath, argv, {
  onFailure: () => process.stderr.write(`\nWhat failed:\n\n${readFileSync(failures, "utf8")}`),
});

function testFiles(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return testFiles(path);
      return entry.name.endsWith(".test.js") ? [path] : [];
    });
}
