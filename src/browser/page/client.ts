import { startPage } from "./page.ts";

/** The script in the pages of the program: the first of `<head>`, before there is a body. */
const script = document.currentScript;
// The page's own scripts find the document as the program has sent it.
script?.remove();
const build = Number(script?.dataset["build"] ?? "");
const run = script?.dataset["run"] ?? "";
if (window === window.top && build > 0) {
  try {
    startPage({ build, run });
  } catch {
    // Whatever is unusual here, the page goes on as without gust.
  }
}
