import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type GoTester,
  type TesterOptions,
  openTester,
} from "../../src/adapters/go/test/tester.ts";
import { openNodeProcesses } from "../../src/adapters/process/node-processes.ts";
import type { SelectionSummary, TestReport } from "../../src/core/test-report.ts";
import type { TestWhat } from "../../src/core/test-stage.ts";

const files: Readonly<Record<string, string>> = {
  "go.mod": "module m\n\ngo 1.21\n",
  "m.go": "package m\n\nfunc One() int { return 1 }\n\nfunc Two() int { return 2 }\n",
  "m_test.go":
    'package m\n\nimport (\n\t"flag"\n\t"os"\n\t"testing"\n)\n\nvar word = flag.String("word", "", "")\n\nfunc TestOne(t *testing.T) { One() }\n\nfunc TestTwo(t *testing.T) { Two() }\n\nfunc TestExit(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip()\n\t}\n\tos.Exit(0)\n}\n\nfunc TestWord(t *testing.T) {\n\tif *word != "said" {\n\t\tt.Fatal(*word)\n\t}\n}\n',
  "tagged_test.go":
    '//go:build special\n\npackage m\n\nimport "testing"\n\nfunc TestTagged(t *testing.T) {}\n',
};

interface Bench {
  readonly dir: string;
  readonly options: TesterOptions;
  readonly open: () => Promise<GoTester>;
}

async function bench(t: TestContext, change: Partial<TesterOptions> = {}): Promise<Bench> {
  const place = await mkdtemp(join(tmpdir(), "gust-tester-"));
  t.after(() => rm(place, { recursive: true, force: true }));
  const dir = join(place, "m");
  const tmp = join(place, "tmp");
  for (const made of [dir, tmp]) await import("node:fs/promises").then((fs) => fs.mkdir(made));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  const processes = openNodeProcesses({ runId: "tester", graceMs: 1000, reason: null });
  t.after(() => processes.close());
  const env: Record<string, string> = {
    GOFLAGS: "",
    GOPROXY: "off",
    CGO_ENABLED: "0",
    GOWORK: "off",
  };
  for (const [name, value] of Object.entries(process.env)) env[name] ??= value ?? "";
  const options: TesterOptions = {
    processes,
    go: "go",
    dir,
    packages: [],
    flags: [],
    testFlags: ["-short", "-args", "-word=said"],
    timeoutMs: 60_000,
    coverage: 0,
    record: true,
    rules: [],
    relative: (path) => path.slice(dir.length + 1),
    env: () => Promise.resolve(env),
    ownDirs: () => [dir],
    memoryDir: join(place, "memory"),
    salt: "1",
    tmpDir: tmp,
    nice: 0,
    listed: 200,
    ...change,
  };
  return {
    dir,
    options,
    open: async () => {
      const tester = openTester(options);
      assert.equal(await tester.open(new AbortController().signal), null);
      return tester;
    },
  };
}

async function run(
  tester: GoTester,
  what: TestWhat = "affected",
): Promise<{ summary: SelectionSummary; report: TestReport }> {
  let summary: SelectionSummary | null = null;
  const sink = { selected: (told: SelectionSummary) => void (summary = told) };
  const { signal } = new AbortController();
  const outcome = await tester.run({ what, paths: [], gate: false }, sink, signal);
  assert.equal(outcome.type, "finished", JSON.stringify(outcome));
  assert.ok(summary !== null && outcome.type === "finished");
  return { summary, report: outcome.report };
}

const names = ({ results }: TestReport): readonly string[] =>
  results.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1));

const signal = (): AbortSignal => new AbortController().signal;

test("flags of the user's reach the list, the run and the record, each in its own form", async (t) => {
  const testFlags = ["-tags=special", "-short", "-args", "-word=said"];
  const { open } = await bench(t, { testFlags });
  const tester = await open();
  const { report } = await run(tester, "all");
  assert.deepEqual(names(report), ["TestExit", "TestOne", "TestTagged", "TestTwo", "TestWord"]);
  assert.equal(report.failed, 0, JSON.stringify(report));
  assert.deepEqual(await tester.record(signal()), { type: "recorded", tests: 5, failed: [] });
});

test("what a tester has found out is there for the next one, but not for another Go", async (t) => {
  const { dir, options, open } = await bench(t);
  await (await open()).record(signal());
  await writeFile(join(dir, "m.go"), (files["m.go"] ?? "").replace("return 1", "return 3"));
  const tester = openTester(options);
  // It has not seen the state before, and needs not.
  assert.deepEqual(names((await run(tester)).report), ["TestOne"]);
  const other = openTester({ ...options, salt: "2" });
  assert.equal((await run(other)).summary.tests, 4);
});

test("a test that ends its process is tried once, and runs with all that its package links", async (t) => {
  const { dir, open } = await bench(t, { testFlags: ["-args", "-word=said"] });
  const tester = await open();
  assert.deepEqual(await tester.record(signal()), {
    type: "recorded",
    tests: 3,
    failed: ["m.TestExit"],
  });
  assert.deepEqual(await tester.record(signal()), { type: "recorded", tests: 0, failed: [] });
  await writeFile(join(dir, "m.go"), (files["m.go"] ?? "").replace("return 2", "return 3"));
  assert.deepEqual((await run(tester)).summary.names, ["TestExit", "TestTwo"]);
});

test("given up, nothing is left of a run or a record", async (t) => {
  const { options, open } = await bench(t);
  const tester = await open();
  for (const begin of [
    (at: AbortSignal) => tester.record(at),
    (at: AbortSignal) =>
      tester.run({ what: "all", paths: [], gate: false }, { selected: () => undefined }, at),
  ]) {
    const abort = new AbortController();
    const ended = begin(abort.signal);
    abort.abort();
    assert.equal((await ended).type, "cancelled");
    assert.deepEqual(await readdir(options.tmpDir), []);
  }
});

test("a module that cannot be read is told", async (t) => {
  const { dir, options } = await bench(t);
  await writeFile(join(dir, "go.mod"), "module\n");
  const tester = openTester(options);
  const told = await tester.run(
    { what: "all", paths: [], gate: false },
    { selected: () => undefined },
    signal(),
  );
  assert.equal(told.type === "failed" && told.failure.code, "TESTS_UNKNOWN");
});
