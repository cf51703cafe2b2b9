import type { PageState, Trouble } from "../../core/page-state.ts";
import { type PageModel, isFromCache, isWorking } from "./decide.ts";

/** What the badge says. */
export interface BadgeFace {
  readonly tone: "red" | "busy" | "stale";
  readonly text: string;
  /** What a click does. */
  readonly action: "overlay" | "reload" | null;
}

/** Null while the page is of the newest build and nothing is amiss. */
export function badgeFace(model: PageModel): BadgeFace | null {
  // A page that has never heard of gust has nothing to miss.
  if (model.badgeClosed || model.told?.badge !== true || model.state === null) return null;
  const words = wordsFor(model, model.state);
  if (words === null) return null;
  const [tone, text, action] = words;
  const from = isFromCache(model) ? " from a cache" : "";
  return { tone, text: `#${model.build}${from} · ${text}`, action };
}

type Words = readonly [tone: BadgeFace["tone"], text: string, action: BadgeFace["action"]];

function wordsFor(model: PageModel, state: PageState): Words | null {
  const { build, stood, told, lost, begun, looping } = model;
  const { trouble, serving, newest } = state;
  if (lost && stood.lost !== undefined) return ["stale", "gust does not answer", null];
  if (trouble !== null) {
    return ["red", failedWords(trouble, build), told?.overlay === true ? "overlay" : null];
  }
  if (isWorking(state) && stood.busy !== undefined) {
    const next = newest === serving ? "" : `#${newest} `;
    return ["busy", `${next}${WORK[state.activity] ?? "is on its way"} …`, null];
  }
  // A page load that is about to happen needs no words; one that was stopped does.
  const stopped = begun !== null || looping || isFromCache(model);
  if (serving !== null && serving !== build) {
    return stopped ? ["stale", `#${serving} is live`, "reload"] : null;
  }
  if (model.wants > 0) {
    const name = model.renew.at(-1)?.split("/").at(-1) ?? "a file";
    const text = looping ? `${name} changes with each load` : `${name} has changed`;
    return stopped ? ["stale", text, "reload"] : null;
  }
  const waits = !isWorking(state) && newest !== build;
  return waits ? ["stale", `#${newest} is not live`, null] : null;
}

/** Tests fail, and a version crashes, while it is live. */
function failedWords({ generation, failure }: Trouble, build: number): string {
  if (generation !== build) return `#${generation} failed`;
  return failure?.code === "TESTS_FAILED" ? "tests failed" : "failed";
}

const WORK: Readonly<Partial<Record<PageState["activity"], string>>> = {
  testing: "tests run",
  building: "is being built",
  starting: "starts",
};
