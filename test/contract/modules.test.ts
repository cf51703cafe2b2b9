import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { missingModules } from "../../src/adapters/go/missing-modules.ts";
import { openModules } from "../../src/adapters/go/modules.ts";
import { findGo } from "../../src/adapters/go/toolchain.ts";
import type { ModuleJob } from "../../src/core/effect.ts";
import type { FetchProgress, ModulesOutcome } from "../../src/core/event.ts";
import { Project } from "../e2e/project.ts";
import { type HttpProxy, ModuleProxy } from "../e2e/module-proxy.ts";
import { simpleProcesses, type SimpleProcesses } from "../world/simple-processes.ts";
import { type Files, goEnv, tempFiles } from "../world/temp-module.ts";

const requiring =
  "module app\n\ngo 1.21\n\nrequire (\n\ta.b/Big v1.0.0\n\tc.d/e v1.2.0 // indirect\n)\n";

/** The names of what is missing in a directory with these files. */
async function missing(
  t: TestContext,
  files: Files,
  more: { readonly env?: Record<string, string>; readonly flags?: readonly string[] } = {},
): Promise<readonly string[]> {
  const dir = await tempFiles(t, { "go.mod": requiring, ...files });
  const env = {
    GOMOD: join(dir, "go.mod"),
    GOWORK: "",
    GOMODCACHE: join(dir, "cache"),
    GOFLAGS: "",
  };
  const work = "go.work" in files ? { GOWORK: join(dir, "go.work") } : {};
  const json = JSON.stringify({ ...env, ...work, ...more.env });
  const { modules } = await missingModules(json, more.flags ?? []);
  return modules.map(({ path, version }) => `${path} ${version}`);
}

const both = ["a.b/Big v1.0.0", "c.d/e v1.2.0"];
const zip = "cache/cache/download/a.b/!big/@v/v1.0.0.zip";
const extracted = "cache/a.b/!big@v1.0.0/go.mod";

test("what go.mod requires and the module cache has not is missing", async (t) => {
  assert.deepEqual(await missing(t, {}), both);
  assert.deepEqual(await missing(t, { [zip]: "" }), ["c.d/e v1.2.0"]);
  assert.deepEqual(await missing(t, { [extracted]: "" }), ["c.d/e v1.2.0"]);
  const partial = "cache/cache/download/a.b/!big/@v/v1.0.0.partial";
  assert.deepEqual(await missing(t, { [extracted]: "", [partial]: "" }), both);
  assert.deepEqual(await missing(t, { "go.mod": "module app\n" }), []);
  assert.deepEqual(await missing(t, { "go.mod": "module (\n" }), []);
  assert.deepEqual(await missing(t, {}, { env: { GOMOD: "/dev/null" } }), []);
});

test("nothing is missing where modules are not taken from the cache", async (t) => {
  assert.deepEqual(await missing(t, { "vendor/modules.txt": "" }), []);
  assert.deepEqual(await missing(t, {}, { flags: ["-mod=vendor"] }), []);
  assert.deepEqual(await missing(t, {}, { env: { GOFLAGS: "-mod=vendor" } }), []);
  assert.deepEqual(await missing(t, {}, { flags: ["-modfile=other.mod"] }), []);
  // The vendor directory is there, and is not used.
  assert.deepEqual(await missing(t, { "vendor/modules.txt": "" }, { flags: ["-mod=mod"] }), both);
});

test("in a workspace the modules of all its directories count, but for these themselves", async (t) => {
  const files = {
    "go.work": "go 1.21\n\nuse (\n\t.\n\t./lib\n)\n",
    "lib/go.mod": "module c.d/e\n\nrequire (\n\ta.b/Big v1.1.0\n\tx.y/z v0.1.0\n)\n",
  };
  assert.deepEqual(await missing(t, files), ["a.b/Big v1.1.0", "x.y/z v0.1.0"]);
});

interface Opened {
  readonly project: Project;
  readonly proxy: ModuleProxy;
  readonly http: HttpProxy;
  readonly processes: SimpleProcesses;
  readonly told: FetchProgress[];
  readonly run: (job: ModuleJob, signal?: AbortSignal) => Promise<ModulesOutcome>;
}

const fetchAll: ModuleJob = { type: "fetch" };
const sumless = "module app\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.0.0\n\td.e/F v1.0.0\n)\n";

/** A module that requires two others, which an HTTP proxy has. */
async function open(t: TestContext, timeoutMs = 60_000): Promise<Opened> {
  const project = await Project.create(t, null, { "go.mod": sumless, "main.go": "package main\n" });
  const proxy = new ModuleProxy(project);
  for (const path of ["a.b/c", "d.e/F"]) {
    await proxy.publish(path, "v1.0.0", { "x.go": "package x\n" });
  }
  await publishEscaped(proxy);
  const http = await proxy.serve();
  const env = { ...goEnv(), GOSUMDB: "off", GOFLAGS: "-modcacherw", GOMODCACHE: proxy.cache };
  const processes = simpleProcesses();
  const go = await findGo(env, process.platform);
  assert.ok(typeof go === "string");
  const modules = openModules({
    processes,
    go,
    dir: project.root,
    env: async () => ({ ...env, GOPROXY: http.url }),
    flags: [],
    ownDirs: () => [project.root],
    place: join(project.place, "own"),
    timeoutMs,
  });
  const told: FetchProgress[] = [];
  const run: Opened["run"] = (job, signal = new AbortController().signal) =>
    modules.run(job, (progress) => void told.push(progress), signal);
  return { project, proxy, http, processes, told, run };
}

/** Capitals are escaped in the addresses of a proxy. */
async function publishEscaped(proxy: ModuleProxy): Promise<void> {
  const to = join(proxy.dir, "d.e/!f/@v");
  await mkdir(to, { recursive: true });
  for (const end of ["info", "mod", "zip"]) {
    await writeFile(
      join(to, `v1.0.0.${end}`),
      await readFile(join(proxy.dir, `d.e/F/@v/v1.0.0.${end}`)),
    );
  }
}

test("each module that is there is told, and the user's files stay as they are", async (t) => {
  const { project, http, told, run } = await open(t);
  http.hold(/d\.e.*zip$/);
  const fetching = run(fetchAll);
  await http.wasAsked(/a\.b.*zip$/);
  await http.wasAsked(/d\.e.*zip$/);
  http.release();
  const outcome = await fetching;
  assert.equal(outcome.type === "fetched" ? outcome.count : outcome.type, 2);
  assert.deepEqual(told[0], { done: 0, total: 2, current: "a.b/c v1.0.0" });
  assert.deepEqual(told.at(-1), { done: 2, total: 2, current: null });
  assert.ok(told.some(({ done, current }) => done === 1 && current !== null));
  assert.equal(await project.read("go.mod"), sumless);
  await assert.rejects(project.read("go.sum"));
  // Now nothing is missing, and nothing is asked for.
  told.length = 0;
  const asked = http.asked.length;
  const again = await run(fetchAll);
  assert.equal(again.type === "fetched" ? again.count : again.type, 0);
  assert.deepEqual([told.length, http.asked.length], [0, asked]);
});

test("a download that is given up leaves no process", async (t) => {
  const { http, processes, run } = await open(t);
  http.hold(/zip$/);
  const abort = new AbortController();
  const fetching = run(fetchAll, abort.signal);
  await http.wasAsked(/zip$/);
  abort.abort();
  assert.deepEqual(await fetching, { type: "cancelled" });
  assert.equal(processes.alive.size, 0);
});

test("a download that takes too long is ended, and it is said", async (t) => {
  const { http, processes, run } = await open(t, 1000);
  http.hold(/./);
  const outcome = await run(fetchAll);
  assert.ok(outcome.type === "failed", JSON.stringify(outcome));
  assert.equal(outcome.failure.code, "MODULE_COMMAND_FAILED");
  assert.match(outcome.failure.message, /took longer than 1 s/);
  assert.match(outcome.failure.hint ?? "", /modules\.timeout/);
  assert.equal(processes.alive.size, 0);
});

test("one of several modules that is not to be had is a failure that names it", async (t) => {
  const { project, run } = await open(t);
  await project.edit("go.mod", "d.e/F v1.0.0", "d.e/F v1.9.0");
  const outcome = await run(fetchAll);
  assert.ok(outcome.type === "failed", JSON.stringify(outcome));
  assert.equal(outcome.failure.code, "MODULE_VERSION_UNKNOWN");
  assert.match(outcome.failure.message, /^d\.e\/F v1\.9\.0 /);
});

test("a go command is run as it is, and what it says of its own accord is kept", async (t) => {
  const { project, run } = await open(t);
  const tidy = await run({ type: "command", args: ["mod", "tidy"] });
  assert.deepEqual([tidy.type, "said" in tidy ? tidy.said : null], ["done", []]);
  assert.equal(await project.read("go.mod"), "module app\n\ngo 1.21\n");
  const wrong = await run({ type: "command", args: ["mod", "tidyy"] });
  assert.ok(wrong.type === "failed", JSON.stringify(wrong));
  assert.equal(wrong.failure.code, "MODULE_COMMAND_FAILED");
  assert.match(wrong.failure.message, /^`go mod tidyy` failed: go mod: unknown command/);
});
