import type { PageHello, PageLive, PageState } from "../../core/page-state.ts";

/** The script in the pages of the program: reloads them when a newer version is live. */
const script = document.currentScript;
const build = Number(script?.dataset["build"] ?? "0");
// The page's own scripts find the document as the program has sent it.
script?.remove();

const events = new EventSource("/__gust/events");
events.addEventListener("hello", (event) => {
  const { state }: PageHello = JSON.parse(event.data);
  look(state.serving);
});
events.addEventListener("state", (event) => {
  const { serving }: PageState = JSON.parse(event.data);
  look(serving);
});
events.addEventListener("live", (event) => {
  const { generation }: PageLive = JSON.parse(event.data);
  look(generation);
});

function look(serving: number | null): void {
  if (serving !== null && serving !== build) location.reload();
}
