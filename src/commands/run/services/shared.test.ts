import assert from "node:assert/strict";
import { test } from "node:test";
import type { RuleOutcome } from "../../../core/event.ts";
import type { Modules, WatchReport, WatchSink, Watcher } from "../../../engine/ports.ts";
import { SharedModules, SharedRules } from "./shared-runs.ts";
import { SharedWatchers } from "./shared-watcher.ts";

const report: WatchReport = { mode: "events", reason: null, directories: 1, failures: [] };

const progress: Parameters<Parameters<Modules["run"]>[1]>[0] = {
  total: 2,
  done: 0,
  current: "example.com/a v1.0.0",
};

class FakeWatcher implements Watcher {
  sink: WatchSink | null = null;
  dirs: readonly string[] = [];
  starts = 0;
  closed = 0;

  start(sink: WatchSink): Promise<WatchReport> {
    this.starts += 1;
    this.sink = sink;
    return Promise.resolve(report);
  }

  add(dirs: readonly string[]): void {
    this.dirs = dirs;
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

test("one watcher watches for all, tells all, and ends with the last", async () => {
  const watchers = new SharedWatchers();
  const [real, other] = [new FakeWatcher(), new FakeWatcher()];
  const a = watchers.view("configuration", real);
  const b = watchers.view("configuration", other);
  const seen: string[] = [];
  const sink = (name: string): WatchSink => ({
    touched: (paths) => void seen.push(`${name} ${paths.join()}`),
    lost: (reason) => void seen.push(`${name} ${reason}`),
  });
  assert.deepEqual(await Promise.all([a.start(sink("a")), b.start(sink("b"))]), [report, report]);
  assert.deepEqual([real.starts, other.starts], [1, 0]);
  a.add(["/x", "/y"]);
  b.add(["/y", "/z"]);
  assert.deepEqual(real.dirs, ["/x", "/y", "/z"]);
  real.sink?.touched(["/x/f"]);
  real.sink?.lost("overflow");
  assert.deepEqual(seen, ["a /x/f", "b /x/f", "a overflow", "b overflow"]);
  await a.close();
  await a.close();
  real.sink?.touched(["/y/g"]);
  assert.deepEqual(seen.slice(4), ["b /y/g"]);
  assert.equal(real.closed, 0);
  await b.close();
  assert.equal(real.closed, 1);
});

test("another configuration brings another watcher, and the old one ends when all have moved", async () => {
  const watchers = new SharedWatchers();
  const [old, next] = [new FakeWatcher(), new FakeWatcher()];
  const nobody: WatchSink = { touched: () => undefined, lost: () => undefined };
  const before = [watchers.view("1", old), watchers.view("1", new FakeWatcher())];
  for (const view of before) await view.start(nobody);
  const after = [watchers.view("2", next), watchers.view("2", new FakeWatcher())];
  for (const [index, view] of after.entries()) {
    await view.start(nobody);
    await before[index]?.close();
  }
  assert.deepEqual([old.starts, old.closed, next.starts, next.closed], [1, 1, 1, 0]);
});

test("a rule that several want at once runs once, until nobody wants it any more", async () => {
  const runs: { signal: AbortSignal; end: (outcome: RuleOutcome) => void }[] = [];
  const rules = new SharedRules();
  const runner = {
    run: (_: number, signal: AbortSignal): Promise<RuleOutcome> =>
      new Promise((resolve) => {
        runs.push({ signal, end: resolve });
        signal.addEventListener("abort", () => resolve({ type: "cancelled" }));
      }),
  };
  const [a, b] = [rules.view(runner), rules.view(runner)];
  const [first, second, third] = [1, 2, 3].map(() => new AbortController());
  assert.ok(first && second && third);
  const outcomes = [a.run(0, first.signal), b.run(0, second.signal)];
  await new Promise(setImmediate);
  assert.equal(runs.length, 1);
  first.abort();
  assert.equal(runs[0]?.signal.aborted, false);
  second.abort();
  assert.equal(runs[0]?.signal.aborted, true);
  assert.deepEqual(await Promise.all(outcomes), [{ type: "cancelled" }, { type: "cancelled" }]);
  const again = a.run(0, third.signal);
  await new Promise(setImmediate);
  assert.equal(runs.length, 2);
  runs[1]?.end({ type: "done", durationMs: 3 });
  assert.deepEqual(await again, { type: "done", durationMs: 3 });
  void b.run(1, third.signal);
  void b.run(0, third.signal);
  await new Promise(setImmediate);
  assert.equal(runs.length, 4);
});

test("modules are fetched once for the services of a directory, and each is told how far that is", async () => {
  const begun: string[] = [];
  const modules: Modules = {
    run: (job, tell) => {
      begun.push(job.type);
      tell(progress);
      return new Promise((resolve) => {
        setImmediate(() => resolve({ type: "fetched", count: 2, durationMs: 5 }));
      });
    },
  };
  const shared = new SharedModules();
  const told: string[] = [];
  const { signal } = new AbortController();
  const run = (name: string, dir: string): ReturnType<Modules["run"]> =>
    shared.view(dir, modules).run({ type: "fetch" }, () => told.push(name), signal);
  const outcomes = await Promise.all([run("api", "/m"), run("worker", "/m"), run("other", "/n")]);
  assert.deepEqual(
    outcomes.map(({ type }) => type),
    ["fetched", "fetched", "fetched"],
  );
  assert.deepEqual(begun, ["fetch", "fetch"]);
  assert.deepEqual(told.toSorted(), ["api", "other", "worker"]);
});
