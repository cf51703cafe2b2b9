import { readdirSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Probe } from "./probe.ts";
import { errorCode, type WatchListener } from "./source.ts";

export interface PollerOptions {
  /** Pause (milliseconds) between two looks; longer when a look is costly. */
  readonly intervalMs: number;
  /** Called once when polling fails in a way that is no mere absence. */
  readonly failed: (dir: string, error: unknown) => void;
}

/**
 * Watches directories by looking at them again and again, where no events arrive. It speaks like
 * `fs.watch` on one directory, so that a `DirectoryTree` can use either.
 *
 * Looking at everything takes a small part of the time at most; directories where something
 * changed of late are looked at in every interval, as the next save is likely to be there.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #probe = new Probe();
  readonly #dirs = new Map<string, Polled>();
  #unseen: Polled[] = [];
  /** Directories in which something changed, newest last. */
  readonly #hot = new Set<Polled>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #nextFull = 0;
  #closed = false;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  get directories(): number {
    return this.#dirs.size;
  }

  /** Changes count from the first look on, or from this call on with `isLate`. */
  watch(dir: string, listener: WatchListener, isLate: boolean): { close(): void } {
    const polled: Polled = {
      dir,
      listener,
      signature: null,
      names: new Map(),
      listed: false,
      unsure: new Set(),
      failed: false,
    };
    if (isLate) lookAtOnce(polled);
    this.#dirs.set(dir, polled);
    if (!polled.listed) this.#unseen.push(polled);
    this.#schedule();
    return { close: () => this.#forget(polled) };
  }

  /** Resolves when each directory was looked at once. */
  async settled(): Promise<void> {
    while (this.#unseen.length > 0 && !this.#closed) {
      await (this.#looking ?? this.#look());
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dirs.clear();
    this.#hot.clear();
    this.#unseen = [];
  }

  #forget(polled: Polled): void {
    if (this.#dirs.get(polled.dir) === polled) this.#dirs.delete(polled.dir);
    this.#hot.delete(polled);
    if (this.#dirs.size > 0 || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    if (this.#timer !== null || this.#looking !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#look();
    }, this.#options.intervalMs);
  }

  #look(): Promise<void> {
    this.#looking = this.#lookOnce().finally(() => {
      this.#looking = null;
      if (this.#dirs.size > 0) this.#schedule();
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const began = performance.now();
    const unseen = this.#unseen;
    this.#unseen = [];
    const full = began >= this.#nextFull;
    if (full) this.#probe.calibrate([...this.#dirs.keys()]);
    const rest = full ? [...this.#dirs.values()] : [...this.#hot, ...unseen];
    await inParallel([...new Set(rest)], (polled) => this.#visit(polled));
    if (!full) return;
    const ended = performance.now();
    // With blocking calls the time is CPU time, with the others it is waiting for the most part.
    const share = this.#probe.isFast ? FAST_SHARE : SLOW_SHARE;
    this.#nextFull = ended + Math.min((ended - began) * (1 / share - 1), LONGEST_PAUSE_MS);
  }

  async #visit(polled: Polled): Promise<void> {
    if (this.#dirs.get(polled.dir) !== polled) return;
    try {
      const names = await this.#list(polled);
      await this.#lookAtFiles(polled, names);
      polled.failed = false;
    } catch (error) {
      this.#couldNotLook(polled, error);
    }
  }

  /** Compares the names in the directory when it says that they changed. */
  async #list(polled: Polled): Promise<readonly string[]> {
    const stats = await this.#probe.stats(polled.dir);
    const signature = signatureOf(stats);
    if (polled.listed && signature === polled.signature) return filesIn(polled);
    const entries = await this.#probe.entries(polled.dir);
    // A change within the same tick of the clock would leave the time as it is: the directory is
    // read again until its time lies in the past.
    polled.signature = isFresh(stats) ? null : signature;
    const present = new Set(entries.map((entry) => entry.name));
    for (const name of polled.names.keys()) {
      if (present.has(name)) continue;
      polled.names.delete(name);
      this.#tell(polled, "rename", name);
    }
    const files: string[] = [];
    for (const entry of entries) {
      if (!entry.isDirectory()) files.push(entry.name);
      else if (polled.names.get(entry.name) !== DIRECTORY) {
        polled.names.set(entry.name, DIRECTORY);
        if (polled.listed) this.#tell(polled, "rename", entry.name);
      }
    }
    return files;
  }

  /** A state is recorded before it is told of, so that nothing can come between. */
  async #lookAtFiles(polled: Polled, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const stats = await this.#statsOf(join(polled.dir, name));
      if (this.#dirs.get(polled.dir) !== polled) return;
      const before = polled.names.get(name);
      const after = stats === null ? "" : signatureOfAny(stats);
      const wasUnsure = polled.unsure.delete(name);
      if (stats !== null && isFresh(stats)) polled.unsure.add(name);
      polled.names.set(name, after);
      if (before === undefined || (before === DIRECTORY) !== (after === DIRECTORY)) {
        if (polled.listed) this.#tell(polled, "rename", name);
      } else if (before !== after || wasUnsure) {
        this.#tell(polled, "change", name);
      }
    }
    polled.listed = true;
  }

  async #statsOf(path: string): Promise<Stats | null> {
    try {
      return await this.#probe.stats(path);
    } catch {
      // Gone, or a link that leads nowhere: a state like any other, which is compared.
      return null;
    }
  }

  #tell(polled: Polled, event: "rename" | "change", name: string): void {
    if (this.#dirs.get(polled.dir) !== polled) return;
    this.#hot.delete(polled);
    this.#hot.add(polled);
    if (this.#hot.size > HOT_DIRECTORIES) {
      for (const oldest of this.#hot) {
        this.#hot.delete(oldest);
        break;
      }
    }
    polled.listener(event, name);
  }

  #couldNotLook(polled: Polled, error: unknown): void {
    if (polled.failed || this.#dirs.get(polled.dir) !== polled) return;
    polled.failed = true;
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") this.#options.failed(polled.dir, error);
    this.#tell(polled, "rename", basename(polled.dir));
  }
}

interface Polled {
  readonly dir: string;
  readonly listener: WatchListener;
  /** Null: it must be read again. */
  signature: string | null;
  /** Every name in it with the signature last seen. */
  readonly names: Map<string, string>;
  listed: boolean;
  /** Files that changed so shortly before the look that the next change may look the same. */
  readonly unsure: Set<string>;
  failed: boolean;
}

const DIRECTORY = "directory";
const HOT_DIRECTORIES = 32;
/** The part of the time that is spent on looking at everything. */
const FAST_SHARE = 0.06;
const SLOW_SHARE = 0.2;
/** However costly a look is, a save is seen after this time. */
const LONGEST_PAUSE_MS = 2_000;
const PARALLEL = 4;
/** Longest time (milliseconds) that blocking calls hold up everything else. */
const SLICE_MS = 8;

function filesIn(polled: Polled): string[] {
  return [...polled.names.keys()].filter((name) => polled.names.get(name) !== DIRECTORY);
}

/** Blocks, unlike all other looks, so that no change can come before it. */
function lookAtOnce(polled: Polled): void {
  try {
    for (const entry of readdirSync(polled.dir, { withFileTypes: true })) {
      polled.names.set(
        entry.name,
        entry.isDirectory() ? DIRECTORY : signatureAt(polled, entry.name),
      );
    }
    polled.listed = true;
  } catch {
    // The first look of the usual kind meets the same error, and reports it.
  }
}

function signatureAt(polled: Polled, name: string): string {
  try {
    const stats = statSync(join(polled.dir, name));
    if (isFresh(stats)) polled.unsure.add(name);
    return signatureOfAny(stats);
  } catch {
    // Gone, or a link that leads nowhere: a state like any other, which is compared.
    return "";
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  let end = performance.now() + SLICE_MS;
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      await work(item);
      if (performance.now() < end) continue;
      await new Promise((resolve) => setImmediate(resolve));
      end = performance.now() + SLICE_MS;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}

function signatureOfAny(stats: Stats): string {
  return stats.isDirectory() ? DIRECTORY : signatureOf(stats);
}

function signatureOf(stats: Stats): string {
  return `${stats.mtimeMs}:${stats.ctimeMs}:${stats.size}:${stats.ino}`;
}

/** True when a change that follows at once could bear the same time. */
function isFresh(stats: Stats): boolean {
  const granularity = stats.mtimeMs % 1000 === 0 ? 2_000 : 20;
  return Math.abs(Date.now() - stats.mtimeMs) <= granularity;
}
