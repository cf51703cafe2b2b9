import { Hub } from "./hub.ts";
import { openFeed } from "./feed.ts";

/** The shared worker: the one connection to gust of all tabs, as browsers allow six to an origin. */
const hub = new Hub((tell) => openFeed(tell), loadAnew);

addEventListener("connect", (event: Event) => {
  if (!(event instanceof MessageEvent)) return;
  for (const port of event.ports) hub.join(port);
});

/**
 * Loads files anew into the browser's cache: a reload takes scripts and styles from there, and files
 * without an expiry count as fresh for a tenth of their age.
 */
async function loadAnew(urls: readonly string[]): Promise<void> {
  await Promise.allSettled(urls.map(load));
}

/** What is not read to its end is not kept. */
async function load(url: string): Promise<void> {
  await (await fetch(url, { cache: "reload" })).blob();
}
