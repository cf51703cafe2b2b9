import type { Said } from "./hub.ts";
import { openFeed } from "./feed.ts";
import { type Told, gustUrl } from "./told.ts";
import { trustedUrl } from "./trusted.ts";

/** The way to gust: with all other tabs, or alone where no worker is allowed. */
export interface Link {
  /**
   * Loads files anew into the browser's cache. Only the worker does, as policies of pages may forbid
   * it to them, and browsers put that into the console.
   */
  readonly renew: (urls: readonly string[]) => Promise<void>;
  readonly close: () => void;
}

/** How long a worker may take to hear something: some are blocked without an error. */
const WORKER_MS = 4000;

/** Hears what gust tells. */
export function openLink(tell: (told: Told) => void): Link {
  let closed = false;
  let link: Link | null = null;
  const alone = (): void => {
    link?.close();
    if (closed) return;
    link = { renew: () => Promise.resolve(), close: openFeed(tell) };
  };
  link = openShared(tell, alone);
  if (link === null) alone();
  return {
    renew: async (urls) => link?.renew(urls),
    close: () => {
      closed = true;
      link?.close();
    },
  };
}

/** Null where there are no shared workers. `alone` is called when this one turns out not to work. */
function openShared(tell: (told: Told) => void, alone: () => void): Link | null {
  if (typeof SharedWorker === "undefined") return null;
  try {
    const url = trustedUrl(gustUrl("worker.js"));
    if (url === null) return null;
    // The name changes with what is said between page and worker, as an old one may be alive still.
    const worker = new SharedWorker(url, "gust-1");
    const { port } = worker;
    const say = (said: Said): void => port.postMessage(said);
    let renewed: (() => void)[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(alone, WORKER_MS);
    worker.addEventListener("error", () => {
      if (timer !== undefined) alone();
    });
    port.addEventListener("message", ({ data }: MessageEvent<Told | null>) => {
      // One that hears nothing may be refused what the page is allowed: a certificate that is the user's own.
      if (data?.type !== "lost") {
        clearTimeout(timer);
        timer = undefined;
      }
      if (data !== null) return tell(data);
      for (const done of renewed) done();
      renewed = [];
    });
    port.start();
    return {
      renew: (urls) =>
        new Promise((done) => {
          renewed.push(done);
          say(urls);
        }),
      close: () => {
        clearTimeout(timer);
        timer = undefined;
        say("bye");
        port.close();
      },
    };
  } catch {
    return null;
  }
}
