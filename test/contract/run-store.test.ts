import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startTimeOf } from "../../src/adapters/process/orphans.ts";
import { openRunStore, readRun } from "../../src/adapters/store/run-store.ts";
import type { RunStore, RunStoreOptions } from "../../src/adapters/store/run-store.ts";
import type { Failure } from "../../src/core/failure.ts";
import { putFiles, tempFiles } from "../world/temp-module.ts";

function open(top: string, changes: Partial<RunStoreOptions> = {}): Promise<RunStore | Failure> {
  return openRunStore({
    cacheDir: join(top, "cache"),
    root: join(top, "project"),
    package: ".",
    runId: "run-1",
    pid: process.pid,
    startTimeOf,
    ...changes,
  });
}

function opened(result: RunStore | Failure): RunStore {
  assert.ok("dir" in result, JSON.stringify(result));
  return result;
}

/** The pid of a process that has ended and was waited for. */
async function deadPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

const project = { "project/go.mod": "" };

test("a build gets an empty directory, which goes when it is discarded", async (t) => {
  const store = opened(await open(await tempFiles(t, project)));
  const place = await store.prepare(3);
  assert.equal(place, join(store.dir, "builds", "3"));
  await putFiles(place, { old: "" });
  await store.prepare(3);
  assert.deepEqual(readdirSync(place), []);
  await store.discard(3);
  await store.discard(3);
  assert.equal(existsSync(place), false);
});

test("closing removes everything, also twice", async (t) => {
  const store = opened(await open(await tempFiles(t, project)));
  await store.prepare(1);
  store.record(process.pid, true);
  await store.close();
  await store.close();
  assert.equal(existsSync(store.dir), false);
});

test("a second gust is told where the first runs, however it came to the directory", async (t) => {
  const top = await tempFiles(t, project);
  symlinkSync("project", join(top, "link"));
  const store = opened(await open(top));
  await store.prepare(1);
  const second = await open(top, { root: join(top, "link"), runId: "run-2" });
  assert.ok("code" in second);
  assert.equal(second.code, "ALREADY_RUNNING");
  assert.match(second.message, new RegExp(`process ${process.pid} in ${join(top, "project")}`));
  // The builds of the one that lives are left alone.
  assert.deepEqual(readdirSync(join(store.dir, "builds")), ["1"]);
  assert.equal(
    (await readRun({ cacheDir: join(top, "cache"), root: join(top, "link"), package: "." }))?.pid,
    process.pid,
  );
});

test("another program of the same project has a run of its own", async (t) => {
  const top = await tempFiles(t, project);
  const first = opened(await open(top));
  const second = opened(await open(top, { package: "./cmd/worker" }));
  assert.notEqual(first.dir, second.dir);
});

test("what a killed gust left is taken over: its processes are told, its builds removed", async (t) => {
  const top = await tempFiles(t, project);
  const killed = opened(await open(top, { pid: await deadPid(), startTimeOf: () => 1 }));
  await killed.prepare(1);
  killed.record(process.pid, true);
  assert.equal(await killed.flush(), null);
  const next = opened(await open(top, { runId: "run-2" }));
  assert.equal(next.previous?.runId, "run-1");
  assert.deepEqual(next.previous.processes, [{ pid: process.pid, startTime: 1 }]);
  assert.equal(existsSync(join(next.dir, "builds")), false);
  assert.deepEqual(readdirSync(next.dir), ["run.json"]);
});

test("a process with the same number that started at another time is not the one recorded", async (t) => {
  const top = await tempFiles(t, project);
  opened(await open(top, { startTimeOf: () => 1 }));
  assert.ok("dir" in (await open(top, { startTimeOf: () => 2, runId: "run-2" })));
});

test("of many that start at once one gets the directory", async (t) => {
  const top = await tempFiles(t, project);
  await open(top, { pid: await deadPid(), startTimeOf: () => 1, runId: "dead" });
  const pids = [process.pid, process.ppid];
  const tries = pids.map((pid, index) => open(top, { pid, runId: `run-${index}` }));
  const codes = (await Promise.all(tries)).map((result) => ("code" in result ? result.code : "ok"));
  assert.deepEqual(codes.toSorted(), ["ALREADY_RUNNING", "ok"]);
});

test("the record has the processes that live, and is whole at every moment", async (t) => {
  const store = opened(await open(await tempFiles(t, project)));
  for (let pid = 1; pid <= 50; pid += 1) store.record(pid, true);
  for (let pid = 1; pid <= 49; pid += 1) store.record(pid, false);
  assert.equal(await store.flush(), null);
  const record = JSON.parse(readFileSync(join(store.dir, "run.json"), "utf8"));
  assert.deepEqual(
    record.processes.map((one: { pid: number }) => one.pid),
    [50],
  );
  assert.deepEqual(readdirSync(store.dir), ["run.json"]);
});

test("a record that cannot be read counts as that of nobody", async (t) => {
  const top = await tempFiles(t, project);
  const first = opened(await open(top));
  await putFiles(first.dir, { "run.json": "{ broken" });
  const second = opened(await open(top, { runId: "run-2" }));
  assert.equal(second.previous, null);
});

test("a cache directory that cannot be made is a failure with its path", async (t) => {
  const top = await tempFiles(t, { ...project, cache: "a file" });
  const result = await open(top);
  assert.ok("code" in result);
  assert.equal(result.code, "IO_FAILED");
  assert.match(result.message, /cache/);
});
