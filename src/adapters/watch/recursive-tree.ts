import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { changedSince, identityOf, statsOf } from "./disk.ts";
import { isWithin, Names } from "./names.ts";
import {
  errorCode,
  type Source,
  type SourceSink,
  type WatchFunction,
  type WatchHandle,
} from "./source.ts";
import { unreadable } from "./unreadable.ts";

export interface RecursiveTreeOptions {
  readonly watch: WatchFunction;
  readonly skipDir: (dir: string) => boolean;
  /** How often (milliseconds) it is looked whether the directories asked for are still there. */
  readonly checkIntervalMs: number;
}

/**
 * One watch per root, for systems that watch whole trees (macOS, Windows). Directories to be
 * skipped are watched by the system all the same; their events are dropped here.
 */
export class RecursiveTree implements Source {
  readonly #options: RecursiveTreeOptions;
  readonly #sink: SourceSink;
  readonly #roots = new Map<string, Root>();
  readonly #names = new Names();
  /** Whether a directory is left out, itself or one above it. */
  #skipped = new Map<string, boolean>();
  #checkTimer: NodeJS.Timeout | null = null;

  constructor(options: RecursiveTreeOptions, sink: SourceSink) {
    this.#options = options;
    this.#sink = sink;
  }

  get directories(): number {
    return this.#roots.size;
  }

  watch(dir: string, deep: boolean, since: number | null): void {
    if (this.#roots.has(dir) || (!deep && this.#isCovered(dir))) return;
    const root: Root = { dir, deep, handle: null, identity: null };
    this.#roots.set(dir, root);
    this.#checkTimer ??= setInterval(() => {
      for (const known of this.#roots.values()) this.#check(known);
    }, this.#options.checkIntervalMs);
    this.#begin(root);
    this.#walk(dir, deep, since);
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.#checkTimer !== null) clearInterval(this.#checkTimer);
    for (const root of this.#roots.values()) root.handle?.close();
    this.#roots.clear();
  }

  #begin(root: Root): void {
    root.identity = identityOf(root.dir);
    try {
      root.handle = this.#options.watch(root.dir, { recursive: root.deep }, (event, name) =>
        this.#on(root, event, name),
      );
      root.handle.on("error", () => this.#check(root));
    } catch (error) {
      // One that is not there is awaited by the timer.
      if (errorCode(error) !== "ENOENT") this.#sink.failed(unreadable(root.dir, error));
    }
  }

  #check(root: Root): void {
    const identity = identityOf(root.dir);
    if (identity === root.identity && (identity === null || root.handle !== null)) return;
    root.handle?.close();
    root.handle = null;
    root.identity = identity;
    this.#forget(root.dir);
    if (identity === null) return;
    this.#begin(root);
    this.#walk(root.dir, root.deep, 0);
  }

  #on(root: Root, event: "rename" | "change", name: string | null): void {
    if (this.#roots.get(root.dir) !== root) return;
    this.#sink.event();
    if (name === null) {
      this.#sink.lost(`the system dropped events below ${root.dir}`);
      return;
    }
    const path = join(root.dir, name);
    if (this.#isSkipped(dirname(path), root)) return;
    const isDirectory = statsOf(path)?.isDirectory() === true;
    if (isDirectory && (event === "change" || this.#isSkipped(path, root))) return;
    // A directory that is moved in or away is one event, however much is in it.
    if (this.#names.hasDir(path)) this.#forget(path);
    if (!isDirectory) {
      this.#names.addFile(path);
      this.#sink.touched(path);
    } else if (root.deep) {
      this.#walk(path, true, 0);
    }
  }

  #forget(dir: string): void {
    for (const file of this.#names.removeDir(dir)) this.#sink.touched(file);
  }

  #isSkipped(dir: string, root: Root): boolean {
    if (dir === root.dir || !dir.startsWith(root.dir)) return false;
    if (!root.deep) return dir !== root.dir;
    let skipped = this.#skipped.get(dir);
    if (skipped === undefined) {
      skipped = this.#isSkipped(dirname(dir), root) || this.#options.skipDir(dir);
      if (this.#skipped.size >= MAX_REMEMBERED) this.#skipped = new Map();
      this.#skipped.set(dir, skipped);
    }
    return skipped;
  }

  #isCovered(dir: string): boolean {
    for (const root of this.#roots.values()) {
      if (root.deep && isWithin(dir, root.dir) && !this.#isSkipped(dir, root)) return true;
    }
    return false;
  }

  /** Reads a tree, and reports the files in it that changed since then; with null none. */
  #walk(dir: string, deep: boolean, since: number | null): void {
    let entries;
    try {
      entries = readdirSync(dir, { withFileTypes: true });
    } catch (error) {
      if (errorCode(error) !== "ENOENT") this.#sink.failed(unreadable(dir, error));
      return;
    }
    this.#names.addDir(dir);
    for (const entry of entries) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) {
        if (deep && !this.#options.skipDir(path)) this.#walk(path, deep, since);
      } else {
        this.#names.addFile(path);
        if (since !== null && changedSince(path, since)) this.#sink.touched(path);
      }
    }
  }
}

interface Root {
  readonly dir: string;
  readonly deep: boolean;
  handle: WatchHandle | null;
  identity: string | null;
}

const MAX_REMEMBERED = 10_000;
