import type { WatchReport, WatchSink, Watcher } from "../../../engine/ports.ts";

/**
 * One watcher for all services: each sees it as its own. It watches what any of them needs, and every
 * event goes to all of them at once.
 */
export class SharedWatcher {
  private readonly watcher: Watcher;
  private readonly members = new Map<object, { sink: WatchSink; dirs: readonly string[] }>();
  private started: Promise<WatchReport> | null = null;

  constructor(watcher: Watcher) {
    this.watcher = watcher;
  }

  /** How one service sees it. The last one that closes ends it. */
  view(): Watcher {
    const key = {};
    let open = false;
    return {
      start: (sink) => {
        open = true;
        this.members.set(key, { sink, dirs: [] });
        this.started ??= this.watcher.start(this.fanOut());
        return this.started;
      },
      add: (dirs) => {
        const member = this.members.get(key);
        if (member === undefined) return;
        this.members.set(key, { ...member, dirs });
        this.watcher.add([...new Set([...this.members.values()].flatMap((one) => one.dirs))]);
      },
      close: async () => {
        if (!open) return;
        open = false;
        this.members.delete(key);
        if (this.members.size === 0) await this.watcher.close();
      },
    };
  }

  private fanOut(): WatchSink {
    return {
      touched: (paths) => {
        for (const { sink } of this.members.values()) sink.touched(paths);
      },
      lost: (reason) => {
        for (const { sink } of this.members.values()) sink.lost(reason);
      },
    };
  }
}

/** One shared watcher for each state of the configuration, so that a new one takes over from the old. */
export class SharedWatchers {
  private readonly known = new Map<string, SharedWatcher>();

  /** `watcher` is used where no other service has brought one for this configuration. */
  view(configuration: string, watcher: Watcher): Watcher {
    const shared = this.known.get(configuration) ?? new SharedWatcher(watcher);
    this.known.clear();
    this.known.set(configuration, shared);
    return shared.view();
  }
}
