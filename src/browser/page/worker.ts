import { Hub } from "./hub.ts";
import { openFeed } from "./feed.ts";
import { gustUrl } from "./told.ts";

/** The shared worker: the one connection to gust of all tabs, as browsers allow six to an origin. */
const hub = new Hub((tell) => openFeed(gustUrl("events"), tell));

addEventListener("connect", (event: Event) => {
  if (!(event instanceof MessageEvent)) return;
  for (const port of event.ports) hub.join(port);
});
