import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { diffBinaries } from "../../src/adapters/go/binary-diff.ts";

const run = promisify(execFile);

const source = (body: string, more = ""): string =>
  `package main\n\nfunc main() { println(work(3)) }\n\n//go:noinline\nfunc work(n int) int { ${body} }\n${more}`;

const short = source("return n");
const long = source(
  "for i := 0; i < n; i++ { n += extra(i) }; return n",
  "\n//go:noinline\nfunc extra(n int) int { return n * 7 }\n",
);

/** Builds both for a machine, without symbols, as gust does. */
async function build(t: TestContext, env: Readonly<Record<string, string>>): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), "gust-binary-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const made: string[] = [];
  for (const [name, text] of [
    ["short", short],
    ["long", long],
  ] as const) {
    const file = join(dir, `${name}.go`);
    await writeFile(file, text);
    const out = join(dir, name);
    const args = ["build", "-ldflags=-s -w", "-o", out, file];
    await run("go", args, { cwd: dir, env: { ...process.env, CGO_ENABLED: "0", ...env } });
    made.push(out);
  }
  return made;
}

async function check(t: TestContext, env: Readonly<Record<string, string>>): Promise<void> {
  const [from = "", to = ""] = await build(t, env);
  const diff = await diffBinaries(from, to);
  assert.ok(!("code" in diff), JSON.stringify(diff));
  const own = diff.symbols.filter(({ name }) => name.startsWith("main."));
  assert.deepEqual(own.map(({ name, change }) => `${change} ${name}`).toSorted(), [
    "added main.extra",
    "changed main.work",
  ]);
  const main = diff.packages.find(({ path }) => path === "main");
  assert.ok(main !== undefined && main.to > main.from && main.from > 0, JSON.stringify(main));
  const same = await diffBinaries(from, from);
  assert.deepEqual(same, { packages: [], symbols: [] });
}

test("functions that came or grew are found in binaries without symbols", (t) => check(t, {}));

test("in those of another system, and of a machine that counts from the other end", async (t) => {
  await check(t, { GOOS: "windows", GOARCH: "amd64" });
  await check(t, { GOOS: "linux", GOARCH: "s390x" });
});

test("what is no binary of Go, and what is not there, is said", async () => {
  const missing = await diffBinaries("/nonexistent", "/nonexistent");
  assert.ok("code" in missing && missing.code === "BINARY_UNREADABLE");
  const foreign = await diffBinaries(process.execPath, process.execPath);
  assert.ok("code" in foreign && foreign.code === "BINARY_UNREADABLE", JSON.stringify(foreign));
});
