import { type Dirent, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { changedSince, identityOf, statsOf } from "./disk.ts";
import { isWithin, Names } from "./names.ts";
import {
  errorCode,
  type DirectoryWatch,
  type Source,
  type SourceSink,
  type WatchListener,
} from "./source.ts";
import { unreadable } from "./unreadable.ts";

export interface DirectoryTreeOptions {
  readonly watch: DirectoryWatch;
  readonly skipDir: (dir: string) => boolean;
  /** Directories that are watched with all below them when they come, wherever that is. */
  readonly wantDir: (dir: string) => boolean;
  readonly followSymlinks: boolean;
  /** How often (milliseconds) it is looked whether the directories asked for are still there. */
  readonly checkIntervalMs: number;
}

/**
 * A tree of directories with one watch each, for systems whose watches see one directory only.
 *
 * A new directory is watched first and read afterwards, and everything found in it is reported:
 * what was put there before the watch stood would be missed otherwise.
 */
export class DirectoryTree implements Source {
  readonly #options: DirectoryTreeOptions;
  readonly #sink: SourceSink;
  readonly #watched = new Map<string, Watched>();
  /** Directories that were asked for. They are awaited when they disappear. */
  readonly #pins = new Map<string, Pin>();
  readonly #names = new Names();
  readonly #unreadable = new Set<string>();
  /** Targets of the directory links that are followed, so that cycles end. */
  readonly #linked = new Map<string, string>();
  #queue: Visit[] = [];
  #links: Visit[] = [];
  #draining = false;
  #closed = false;
  #waiters: (() => void)[] = [];
  #checkTimer: NodeJS.Timeout | null = null;

  constructor(options: DirectoryTreeOptions, sink: SourceSink) {
    this.#options = options;
    this.#sink = sink;
  }

  get directories(): number {
    return this.#watched.size;
  }

  watch(dir: string, deep: boolean, since: number | null): void {
    const pin = this.#pins.get(dir);
    if (pin?.deep === true || (pin !== undefined && !deep)) return;
    this.#pins.set(dir, { deep, identity: identityOf(dir) });
    this.#checkTimer ??= setInterval(() => {
      this.#checkPins();
    }, this.#options.checkIntervalMs);
    if (deep || !this.#watched.has(dir)) this.#visit({ dir, deep, isNew: false, since });
  }

  settled(): Promise<void> {
    if (!this.#draining) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  close(): void {
    this.#closed = true;
    if (this.#checkTimer !== null) clearInterval(this.#checkTimer);
    this.#queue = [];
    this.#links = [];
    for (const watched of this.#watched.values()) watched.handle.close();
    this.#watched.clear();
    this.#names.clear();
    this.#wake();
  }

  /** Works at once for as long as a slice lasts, so that a small new directory has no gap. */
  #visit(visit: Visit): void {
    this.#queue.push(visit);
    if (!this.#draining) this.#drain();
  }

  #drain(): void {
    this.#draining = true;
    const end = performance.now() + SLICE_MS;
    for (;;) {
      // Links come last: a directory is better known by its own path than by that of a link.
      const visit = this.#queue.pop() ?? this.#links.pop();
      if (visit === undefined) break;
      this.#look(visit);
      if (performance.now() > end) {
        setImmediate(() => {
          if (!this.#closed) this.#drain();
        });
        return;
      }
    }
    this.#draining = false;
    this.#wake();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #look(visit: Visit): void {
    const { dir, deep, isNew, since } = visit;
    if (visit.link === true && !this.#follow(dir)) return;
    const entries = this.#begin(visit);
    if (entries === null) return;
    for (const entry of entries) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) {
        if (deep && this.#enters(path)) this.#queue.push({ dir: path, deep, isNew, since });
      } else if (deep && entry.isSymbolicLink() && this.#leadsToDirectory(path)) {
        if (this.#enters(path)) {
          this.#links.push({ dir: path, deep, isNew, since, link: true });
        }
      } else {
        this.#names.addFile(path);
        const isFresh = since !== null && changedSince(path, since);
        if (isNew || isFresh) this.#sink.touched(path);
      }
    }
  }

  #enters(dir: string): boolean {
    return this.#options.wantDir(dir) || !this.#options.skipDir(dir);
  }

  /** Watches, then reads. Null when there is nothing to be read. */
  #begin({ dir, deep, isNew, since }: Visit): Dirent[] | null {
    const known = this.#watched.get(dir);
    try {
      if (known === undefined) {
        const isLate = isNew || since !== null;
        const listener: WatchListener = (event, name) => this.#on(dir, event, name);
        const handle = this.#options.watch(dir, listener, isLate);
        this.#watched.set(dir, { handle, deep });
      } else {
        known.deep ||= deep;
      }
      const entries = readdirSync(dir, { withFileTypes: true });
      this.#unreadable.delete(dir);
      this.#names.addDir(dir);
      return entries;
    } catch (error) {
      this.#couldNotRead(dir, error);
      return null;
    }
  }

  #couldNotRead(dir: string, error: unknown): void {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      this.#drop(dir);
      return;
    }
    if (!this.#unreadable.has(dir)) this.#sink.failed(unreadable(dir, error));
    this.#unreadable.add(dir);
  }

  #on(dir: string, event: "rename" | "change", name: string | null): void {
    if (this.#closed) return;
    this.#sink.event();
    if (name === null) {
      this.#sink.lost(`an event without a name in ${dir}`);
      return;
    }
    const path = join(dir, name);
    if (event === "change") {
      // The directory's own mode or times, unless it has a child of its own name.
      if (name !== basename(dir) || statsOf(path) !== null) this.#changed(path);
      return;
    }
    if (name === basename(dir) && this.#gone(dir)) return;
    this.#renamed(dir, path);
  }

  #changed(path: string): void {
    if (this.#unreadable.has(path)) {
      const deep = this.#pins.get(path)?.deep ?? true;
      this.#visit({ dir: path, deep, isNew: true, since: null });
    } else if (!this.#watched.has(path)) {
      this.#sink.touched(path);
    }
  }

  #renamed(dir: string, path: string): void {
    const stats = statsOf(path);
    const isDirectory =
      stats !== null &&
      (stats.isDirectory() || (stats.isSymbolicLink() && this.#leadsToDirectory(path)));
    if (isDirectory && !this.#enters(path) && !this.#pins.has(path)) return;
    // Even when it is a directory again: the watch belongs to the one before, and inode numbers
    // are used again at once.
    this.#drop(path);
    if (!isDirectory) {
      if (stats === null) this.#names.removeFile(path);
      else this.#names.addFile(path);
      this.#sink.touched(path);
      return;
    }
    this.#names.removeFile(path);
    const pin = this.#pins.get(path);
    const isPart = this.#watched.get(dir)?.deep === true || this.#options.wantDir(path);
    if (!isPart && pin === undefined) return;
    const deep = isPart || pin?.deep === true;
    this.#visit({ dir: path, deep, isNew: true, since: null, link: stats.isSymbolicLink() });
  }

  /**
   * An event that carries the directory's own name is about the directory itself (deleted,
   * moved away), or about a child of the same name. Only for those that were asked for it has to
   * be acted upon: of all others the parent directory tells.
   */
  #gone(dir: string): boolean {
    const pin = this.#pins.get(dir);
    if (pin !== undefined) this.#checkPin(dir, pin);
    return identityOf(dir) === null;
  }

  /**
   * Looks at the directories asked for, as they can go without an event: when a parent directory
   * is moved, or while a process has the deleted directory as its working directory. Of those within a
   * tree the tree tells: a project has thousands.
   */
  #checkPins(): void {
    for (const [dir, pin] of this.#pins) {
      if (this.#watched.get(dirname(dir))?.deep !== true) this.#checkPin(dir, pin);
    }
  }

  #checkPin(dir: string, pin: Pin): void {
    const identity = identityOf(dir);
    if (identity === pin.identity && (identity === null || this.#watched.has(dir))) return;
    this.#drop(dir);
    this.#pins.set(dir, { deep: pin.deep, identity });
    if (identity !== null) this.#visit({ dir, deep: pin.deep, isNew: true, since: null });
  }

  /** Ends the watches of a directory and of everything below it, and reports its files. */
  #drop(dir: string): void {
    if (!this.#watched.has(dir) && !this.#unreadable.has(dir)) return;
    for (const [path, watched] of this.#watched) {
      if (!isWithin(path, dir)) continue;
      watched.handle.close();
      this.#watched.delete(path);
    }
    for (const file of this.#names.removeDir(dir)) this.#sink.touched(file);
    for (const path of this.#unreadable) if (isWithin(path, dir)) this.#unreadable.delete(path);
    for (const [target, path] of this.#linked) if (isWithin(path, dir)) this.#linked.delete(target);
  }

  #leadsToDirectory(link: string): boolean {
    if (!this.#options.followSymlinks) return false;
    try {
      return statSync(link).isDirectory();
    } catch {
      // A link that leads nowhere is like a file that is not there: nothing to be watched.
      return false;
    }
  }

  /** False for a directory that is watched already, by its own path or through another link. */
  #follow(link: string): boolean {
    const target = identityOf(link);
    if (target === null) return false;
    const by = this.#linked.get(target);
    if (by !== undefined && by !== link) return false;
    for (const dir of this.#watched.keys()) {
      if (dir !== link && identityOf(dir) === target) return false;
    }
    this.#linked.set(target, link);
    return true;
  }
}

interface Watched {
  readonly handle: { close(): void };
  deep: boolean;
}

interface Pin {
  readonly deep: boolean;
  readonly identity: string | null;
}

interface Visit {
  readonly dir: string;
  readonly deep: boolean;
  /** Everything found is reported. */
  readonly isNew: boolean;
  /** Files that changed since then (milliseconds since 1970) are reported in any case. */
  readonly since: number | null;
  readonly link?: boolean;
}

/** Longest time (milliseconds) that reading directories holds up everything else. */
const SLICE_MS = 20;
