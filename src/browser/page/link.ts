import { BYE } from "./hub.ts";
import { openFeed } from "./feed.ts";
import { type Told, gustUrl } from "./told.ts";
import { trustedUrl } from "./trusted.ts";

/** How long a worker may take to hear something: some are blocked without an error. */
const WORKER_MS = 4000;

/** Hears what gust tells: with all other tabs, or alone where no worker is allowed. Gives a way to stop. */
export function openLink(tell: (told: Told) => void): () => void {
  let stopped = false;
  let stop: (() => void) | null = null;
  const alone = (): void => {
    stop?.();
    if (!stopped) stop = openFeed(gustUrl("events"), tell);
  };
  stop = openShared(tell, alone);
  if (stop === null) alone();
  return () => {
    stopped = true;
    stop?.();
  };
}

/** Null where there are no shared workers. `alone` is called when this one turns out not to work. */
function openShared(tell: (told: Told) => void, alone: () => void): (() => void) | null {
  if (typeof SharedWorker === "undefined") return null;
  try {
    const url = trustedUrl(gustUrl("worker.js"));
    if (url === null) return null;
    // The name changes with what is said between page and worker, as an old one may be alive still.
    const worker = new SharedWorker(url, "gust-1");
    const { port } = worker;
    const stop = (): void => {
      clearTimeout(timer);
      port.postMessage(BYE);
      port.close();
    };
    let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(alone, WORKER_MS);
    worker.addEventListener("error", () => {
      if (timer === undefined) return;
      timer = undefined;
      alone();
    });
    port.addEventListener("message", ({ data }: MessageEvent<Told>) => {
      // One that hears nothing may be refused what the page is allowed: a certificate that is the user's own.
      if (data.type !== "lost") {
        clearTimeout(timer);
        timer = undefined;
      }
      tell(data);
    });
    port.start();
    return stop;
  } catch {
    return null;
  }
}
