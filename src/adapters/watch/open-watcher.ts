import { readFileSync, watch as fsWatch } from "node:fs";
import { resolve } from "node:path";
import type { Failure } from "../../core/failure.ts";
import type { Watcher, WatchReport, WatchSink } from "../../engine/ports.ts";
import { Burst, type BurstLimits } from "./burst.ts";
import { DirectoryTree } from "./directory-tree.ts";
import { readMounts } from "./fs-kind-at.ts";
import { fsKind, type Mount, mountOf, parseMounts } from "./fs-kind.ts";
import { Poller } from "./poller.ts";
import { RecursiveTree } from "./recursive-tree.ts";
import {
  type DirectoryWatch,
  errorCode,
  type Source,
  type SourceSink,
  type WatchFunction,
  type WatchListener,
} from "./source.ts";
import { unreadable } from "./unreadable.ts";

export interface WatcherOptions {
  /** Absolute directories; each is watched with everything below it. */
  readonly roots: readonly string[];
  /** True for directories below a root that are left out with everything in them. */
  readonly skipDir: (dir: string) => boolean;
  /** True for directories that are watched all the same, with all below them, when they come. */
  readonly wantDir?: (dir: string) => boolean;
  /** Absolute directories watched without their subdirectories, whatever `skipDir` says. */
  readonly extraDirs: readonly string[];
  /** `auto` polls where no events arrive and where the system gives no more watches. */
  readonly poll: "auto" | "always" | "never";
  readonly pollIntervalMs: number;
  readonly platform: NodeJS.Platform;
  readonly followSymlinks?: boolean;
  /** Gets the failures that come after `start`, when the report is made already. */
  readonly warn?: (failure: Failure) => void;
  /** Replaces `fs.watch`, to make it fail. */
  readonly watch?: WatchFunction;
  /** Replaces the text of /proc/self/mountinfo. */
  readonly mountinfo?: string;
}

/** A watcher of files, as the engine wants it, with the best means that this system has. */
export function openWatcher(options: WatcherOptions): Watcher {
  return new SystemWatcher(options);
}

class SystemWatcher implements Watcher {
  readonly #options: WatcherOptions;
  // The clock of files may be behind this one; a report too many is the smaller mistake.
  readonly #openedAt = Date.now() - 2000;
  readonly #failures: Failure[] = [];
  readonly #reasons = new Set<string>();
  readonly #mounts: readonly Mount[];
  #burst: Burst | null = null;
  #poller: Poller | null = null;
  #source: Source | null = null;
  #denied = 0;
  #added: string[] = [];
  #reported = false;
  #closed = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#mounts =
      options.platform === "linux" ? parseMounts(options.mountinfo ?? readMounts()) : [];
  }

  async start(sink: WatchSink): Promise<WatchReport> {
    const source = this.#open(sink);
    await drainQueue();
    if (this.#closed) return this.#report(0);
    for (const root of this.#options.roots) source.watch(resolve(root), true, null);
    for (const dir of this.#options.extraDirs) source.watch(resolve(dir), false, null);
    for (const dir of this.#added) source.watch(resolve(dir), false, this.#openedAt);
    this.#added = [];
    await source.settled();
    await this.#poller?.settled();
    return this.#report(source.directories);
  }

  add(dirs: readonly string[]): void {
    if (this.#closed) return;
    if (this.#source === null) this.#added.push(...dirs);
    // The build may have read them before they were watched: what changed meanwhile is reported.
    else for (const dir of dirs) this.#source.watch(resolve(dir), false, this.#openedAt);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#burst?.close();
    this.#source?.close();
    this.#poller?.close();
    return Promise.resolve();
  }

  #open(sink: WatchSink): Source {
    const { platform, skipDir } = this.#options;
    const burst = new Burst(sink, limitsOf(platform));
    const poller = new Poller({
      intervalMs: this.#options.pollIntervalMs,
      failed: (dir, error) => this.#failed(unreadable(dir, error)),
    });
    const hooks: SourceSink = {
      touched: (path) => burst.touched(path),
      event: () => burst.event(),
      lost: (reason) => burst.lost(reason),
      failed: (failure) => this.#failed(failure),
    };
    const common = {
      skipDir,
      followSymlinks: this.#options.followSymlinks ?? false,
      checkIntervalMs: Math.max(this.#options.pollIntervalMs, MIN_CHECK_MS),
    };
    this.#burst = burst;
    this.#poller = poller;
    this.#source =
      isRecursive(platform) && this.#pollAlways() === null
        ? new RecursiveTree({ ...common, watch: this.#options.watch ?? systemWatch }, hooks)
        : new DirectoryTree(
            {
              ...common,
              wantDir: this.#options.wantDir ?? (() => false),
              watch: this.#directoryWatch(poller),
            },
            hooks,
          );
    return this.#source;
  }

  /** Why nothing but polling is possible; null when events are. */
  #pollAlways(): string | null {
    const { poll, platform, roots } = this.#options;
    if (poll === "always") return "asked for";
    if (poll === "never") return null;
    if (platform === "win32" && roots.some((root) => /^[\\/]{2}wsl/i.test(root))) {
      return "no file events arrive from a WSL file system";
    }
    if (platform !== "linux" && !isRecursive(platform)) {
      return `no file events of use on ${platform}`;
    }
    return null;
  }

  #directoryWatch(poller: Poller): DirectoryWatch {
    const always = this.#pollAlways();
    const watch = this.#options.watch ?? systemWatch;
    return (dir, listener, isLate) => {
      const reason = always ?? this.#pollHere(dir);
      if (reason !== null) {
        this.#reasons.add(reason);
        return poller.watch(dir, listener, isLate);
      }
      try {
        return watchOrPoll(watch, poller, dir, listener);
      } catch (error) {
        if (!LIMITS.has(errorCode(error))) throw error;
        this.#ranOut(errorCode(error));
        if (this.#options.poll === "never") return { close: () => undefined };
        return poller.watch(dir, listener, isLate);
      }
    };
  }

  #pollHere(dir: string): string | null {
    if (this.#options.poll === "never") return null;
    const mount = mountOf(dir, this.#mounts);
    const kind = fsKind(null, mount);
    if (mount === null || kind.events) return null;
    return `no file events arrive from ${kind.name} mounted on ${mount.point}`;
  }

  #ranOut(code: string): void {
    this.#denied += 1;
    if (this.#denied > 1) return;
    const rest = this.#options.poll === "never" ? "not watched" : "polled";
    this.#failed({
      code: "WATCH_LIMIT",
      message: `the system gives no more inotify watches (${code}); the rest is ${rest}`,
      hint:
        code === "EMFILE"
          ? "sudo sysctl fs.inotify.max_user_instances=1024"
          : "sudo sysctl fs.inotify.max_user_watches=524288",
    });
  }

  #failed(failure: Failure): void {
    this.#failures.push(failure);
    if (this.#reported) this.#options.warn?.(failure);
  }

  #report(directories: number): WatchReport {
    this.#reported = true;
    const polled = this.#poller?.directories ?? 0;
    const reasons = [...this.#reasons];
    if (this.#denied > 0) {
      reasons.push(`inotify watches ran out: ${this.#denied} of ${directories} directories`);
    }
    return {
      mode: polled === 0 ? "events" : polled === directories ? "polling" : "mixed",
      reason: reasons.length === 0 ? null : reasons.join("; "),
      directories,
      failures: [...this.#failures],
    };
  }
}

/** Errors that say that there are no watches (ENOSPC) or no inotify instances (EMFILE) left. */
const LIMITS: ReadonlySet<string> = new Set(["ENOSPC", "EMFILE", "ENFILE"]);
const MIN_CHECK_MS = 1_000;

function isRecursive(platform: NodeJS.Platform): boolean {
  return platform === "darwin" || platform === "win32";
}

/**
 * All watches of a process share one queue of the system. What an earlier watcher left in it may
 * fill it, so it is read before the first watch stands: that takes one whole turn of the loop.
 */
async function drainQueue(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Events; from a watch that fails later on, polling. Throws when there is none to be had. */
function watchOrPoll(
  watch: WatchFunction,
  poller: Poller,
  dir: string,
  listener: WatchListener,
): { close(): void } {
  const handle = watch(dir, { recursive: false }, listener);
  let current: { close(): void } = handle;
  handle.on("error", () => {
    handle.close();
    if (current === handle) current = poller.watch(dir, listener, true);
  });
  return { close: () => current.close() };
}

const systemWatch: WatchFunction = (dir, options, listener) =>
  fsWatch(dir, { ...options, persistent: true, encoding: "utf8" }, listener);

function limitsOf(platform: NodeJS.Platform): BurstLimits {
  // On other systems not even the size of a burst tells of dropped events, so a stall counts soon.
  if (platform !== "linux") return { events: 8_000, stallMs: 300, stallEvents: 64 };
  return { events: Math.min(8_000, maxQueuedEvents() / 2), stallMs: 300, stallEvents: 512 };
}

function maxQueuedEvents(): number {
  const text = readProc("/proc/sys/fs/inotify/max_queued_events");
  return Number.parseInt(text, 10) || 16_384;
}

function readProc(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Without /proc (some sandboxes) the defaults hold: local file systems, the usual queue.
    return "";
  }
}
