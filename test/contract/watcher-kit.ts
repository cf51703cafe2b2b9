import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { openWatcher, type WatcherOptions } from "../../src/adapters/watch/open-watcher.ts";
import type { Watcher, WatchReport, WatchSink } from "../../src/engine/ports.ts";

/** What a watcher reported, and promises for what it will report. */
export class Recorder implements WatchSink {
  readonly paths = new Set<string>();
  readonly losses: string[] = [];
  batches = 0;
  #waiters: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  touched(paths: readonly string[]): void {
    this.batches += 1;
    for (const path of paths) this.paths.add(path);
    this.#wake();
  }

  lost(reason: string): void {
    this.losses.push(reason);
    this.#wake();
  }

  forget(): void {
    this.paths.clear();
  }

  /** Resolves when every one of these paths was reported. */
  seen(...paths: readonly string[]): Promise<void> {
    return this.until(() => paths.every((path) => this.paths.has(path)));
  }

  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ holds, resolve }));
  }

  #wake(): void {
    for (const waiter of this.#waiters) if (waiter.holds()) waiter.resolve();
    this.#waiters = this.#waiters.filter((waiter) => !waiter.holds());
  }
}

export interface World {
  readonly root: string;
  readonly sink: Recorder;
  readonly watcher: Watcher;
  readonly report: WatchReport;
  /** A path below the root. */
  readonly path: (...names: readonly string[]) => string;
  /** Writes a file below the root, and makes the directories for it. */
  readonly write: (name: string, text?: string) => string;
  /** Resolves when everything that was done in this directory before is reported. */
  readonly settled: (dir?: string) => Promise<void>;
}

/** A directory that is gone when the test is over. */
export function tempDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "gust-test-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A started watcher of a new directory with these files; closed when the test is over. */
export async function openWorld(
  t: TestContext,
  files: readonly string[],
  options: Partial<WatcherOptions>,
): Promise<World> {
  const root = options.roots?.[0] ?? tempDir(t);
  const write = (name: string, text = name): string => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  for (const file of files) write(file);
  const watcher = openWatcher({
    roots: [root],
    skipDir: (dir) => dir.endsWith("/skipped"),
    extraDirs: [],
    poll: "never",
    pollIntervalMs: 20,
    platform: process.platform,
    ...options,
  });
  t.after(() => watcher.close());
  const sink = new Recorder();
  const report = await watcher.start(sink);
  let sentinels = 0;
  const settled = async (dir = "."): Promise<void> => {
    sentinels += 1;
    await sink.seen(write(join(dir, `sentinel-${sentinels}`)));
  };
  return { root, sink, watcher, report, path: (...names) => join(root, ...names), write, settled };
}

/** How many inotify watches this process holds; Linux only. */
export function inotifyWatches(): number {
  let count = 0;
  for (const fd of readdirSync("/proc/self/fdinfo")) {
    try {
      const lines = readFileSync(`/proc/self/fdinfo/${fd}`, "utf8").split("\n");
      count += lines.filter((line) => line.startsWith("inotify wd:")).length;
    } catch {
      // The descriptor by which the directory was listed is closed by now.
    }
  }
  return count;
}
