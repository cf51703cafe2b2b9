import type { WatchReport, WatchSink, Watcher } from "../../engine/ports.ts";

/** A watcher that can be exchanged for another while it runs, when the configuration changes. */
export class WatchSwitch implements Watcher {
  private current: Watcher;
  private sink: WatchSink | null = null;
  private added: readonly string[] = [];

  constructor(first: Watcher) {
    this.current = first;
  }

  start(sink: WatchSink): Promise<WatchReport> {
    this.sink = sink;
    return this.current.start(sink);
  }

  add(dirs: readonly string[]): void {
    this.added = dirs;
    this.current.add(dirs);
  }

  /** The new one watches before the old one stops, and what lies between is looked at again. */
  async replace(next: Watcher): Promise<void> {
    const old = this.current;
    this.current = next;
    if (this.sink === null) return;
    await next.start(this.sink);
    next.add(this.added);
    await old.close();
    this.sink.lost("the configuration has changed");
  }

  close(): Promise<void> {
    return this.current.close();
  }
}
