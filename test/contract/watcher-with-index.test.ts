import assert from "node:assert/strict";
import { renameSync, rmSync, unlinkSync, utimesSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { openFileIndex, type PrimedFileIndex } from "../../src/adapters/files/open-file-index.ts";
import { openWatcher } from "../../src/adapters/watch/open-watcher.ts";
import type { FileFact } from "../../src/core/facts.ts";
import { openWorld, Recorder, tempDir } from "./watcher-kit.ts";

const options = { timeout: 120_000 };
const skipDir = (): boolean => false;

for (const poll of ["never", "always"] as const) {
  test(`editors' ways to save are one change each (poll: ${poll})`, options, async (t) => {
    const { path, write, facts, changed } = await openBoth(t, ["a.go", "b.go"], poll);
    // In place, as VS Code does it.
    write("a.go", "one");
    await changed("a.go", "modified");
    // Vim: a backup, a probe file, a swap file.
    write("4913");
    unlinkSync(path("4913"));
    write(".b.go.swp");
    renameSync(path("b.go"), path("b.go~"));
    write("b.go", "two");
    unlinkSync(path("b.go~"));
    unlinkSync(path(".b.go.swp"));
    await changed("b.go", "modified");
    // JetBrains: a temporary file over the old one.
    renameSync(write("a.go___jb_tmp___", "three"), path("a.go"));
    await changed("a.go", "modified");
    // Nothing at all.
    facts.length = 0;
    utimesSync(path("a.go"), 1, 1);
    write("b.go", "two");
    renameSync(write("a.go.tmp", "three"), path("a.go"));
    await changed("a.go", "unchanged");
    await changed("b.go", "unchanged");
    assert.deepEqual(
      facts.filter((fact) => /\/[ab]\.go$/.test(fact.path) && fact.change === "modified"),
      [],
    );
  });
}

test("nothing is missed when the system's queue overflows", options, async (t) => {
  const files = Array.from({ length: 17_000 }, (_, n) => `d${n % 100}/f${n}`);
  const { path, write, facts, sink, all } = await openBoth(t, files, "never");
  // The event loop is blocked meanwhile, so events are dropped for certain.
  for (const file of files) write(file, "changed");
  rmSync(path("d7"), { recursive: true });
  await all(() => new Set(facts.map((fact) => fact.path)).size >= files.length);
  assert.ok(sink.losses.length > 0);
  assert.equal(facts.filter((fact) => fact.change === "removed").length, 170);
  assert.deepEqual(
    facts.filter((fact) => fact.change === "created"),
    [],
  );
});

interface Both {
  readonly sink: Recorder;
  readonly facts: FileFact[];
  readonly path: (name: string) => string;
  readonly write: (name: string, text?: string) => string;
  /** Resolves when a fact of this kind came since it was last asked for. */
  readonly changed: (name: string, change: FileFact["change"]) => Promise<void>;
  readonly all: (holds: () => boolean) => Promise<void>;
}

/** A watcher and an index that work together as the engine lets them. */
async function openBoth(
  t: TestContext,
  files: readonly string[],
  poll: "always" | "never",
): Promise<Both> {
  const { root, path, write, watcher: unused } = await openWorld(t, files, { roots: [tempDir(t)] });
  await unused.close();
  const openedAt = Date.now() + 2_001;
  const index = openFileIndex({ roots: [root], skipDir, gitIgnore: null, openedAt });
  // Reading thousands of files would take most of the time, and prove nothing more.
  if (files.length < 100) index.prime(files.map((file) => path(file)));
  await index.primed();
  const sink = new Engine(index);
  const watcher = openWatcher({
    roots: [root],
    skipDir,
    extraDirs: [],
    poll,
    pollIntervalMs: 20,
    platform: process.platform,
  });
  t.after(() => watcher.close());
  await watcher.start(sink);
  const { facts } = sink;
  const changed = async (name: string, change: FileFact["change"]): Promise<void> => {
    const isIt = (fact: FileFact): boolean => fact.path === path(name) && fact.change === change;
    await sink.until(() => facts.some(isIt));
    facts.splice(0, facts.findIndex(isIt) + 1);
  };
  return { sink, facts, path, write, changed, all: (holds) => sink.until(holds) };
}

/** Examines what is reported, and looks at everything after a loss. */
class Engine extends Recorder {
  readonly facts: FileFact[] = [];
  readonly #index: PrimedFileIndex;

  constructor(index: PrimedFileIndex) {
    super();
    this.#index = index;
  }

  override touched(paths: readonly string[]): void {
    void this.#keep(this.#index.examine(paths), () => super.touched(paths));
  }

  override lost(reason: string): void {
    void this.#keep(this.#index.rescan(), () => super.lost(reason));
  }

  async #keep(facts: Promise<readonly FileFact[]>, told: () => void): Promise<void> {
    this.facts.push(...(await facts));
    told();
  }
}
