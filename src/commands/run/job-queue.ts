/** Work that is done one after the other. */
export interface JobQueue {
  /**
   * Does it when all before it is done. One of the same name that waits still is left out: the newest
   * is what counts.
   */
  add(name: string, job: (signal: AbortSignal) => Promise<void>): void;
  /** Drops what waits, ends what runs, and resolves when it has ended. */
  close(): Promise<void>;
}

export function openJobQueue(): JobQueue {
  const ending = new AbortController();
  let waiting: { readonly name: string; readonly job: (signal: AbortSignal) => Promise<void> }[] =
    [];
  let running: Promise<void> | null = null;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await next.job(ending.signal);
    }
    running = null;
  };
  return {
    add(name, job) {
      if (ending.signal.aborted) return;
      waiting = [...waiting.filter((one) => one.name !== name), { name, job }];
      running ??= work();
    },
    async close() {
      waiting = [];
      ending.abort();
      await running;
    },
  };
}
