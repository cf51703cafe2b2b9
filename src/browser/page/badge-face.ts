import type { Trouble } from "../../core/page-state.ts";
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
  const { told, badgeClosed, stood, state } = model;
  if (badgeClosed || told?.badge === false) return null;
  // Only who was told something before can miss it: a page that never heard of gust keeps still.
  if (told === null || state === null) return null;
  const own = `#${model.build}`;
  if (model.lost) {
    return stood.lost === undefined
      ? null
      : { tone: "stale", text: `${own} · gust does not answer`, action: null };
  }
  const { trouble, serving, newest } = state;
  if (trouble !== null) {
    const action = told.overlay ? "overlay" : null;
    return { tone: "red", text: `${own} · ${failedWords(trouble, model.build)}`, action };
  }
  if (isWorking(state) && stood.busy !== undefined) {
    const next = newest === serving ? "" : `#${newest} `;
    return { tone: "busy", text: `${own} · ${next}${WORK[state.activity]}`, action: null };
  }
  if (serving !== null && serving !== model.build) return otherBuild(model, serving);
  if (model.wants > 0) return changedFiles(model);
  if (!isWorking(state) && newest !== model.build) {
    return { tone: "stale", text: `${own} · #${newest} is not live`, action: null };
  }
  return null;
}

/** Tests fail, and a version crashes, while it is live. */
function failedWords({ generation, failure }: Trouble, build: number): string {
  if (generation !== build) return `#${generation} failed`;
  return failure?.code === "TESTS_FAILED" ? "tests failed" : "failed";
}

const WORK = {
  idle: "",
  collecting: "is on its way …",
  rule: "rule runs …",
  testing: "tests run …",
  modules: "modules are fetched …",
  building: "is being built …",
  waiting: "waits for others …",
  starting: "starts …",
  stopping: "stops …",
} as const;

function otherBuild(model: PageModel, serving: number): BadgeFace | null {
  const text = `#${model.build} · #${serving} is live`;
  if (isFromCache(model)) {
    return {
      tone: "stale",
      text: `#${model.build} from a cache · #${serving} is live`,
      action: "reload",
    };
  }
  // A reload that is about to happen needs no words; one that was stopped does.
  return model.begun === null ? null : { tone: "stale", text, action: "reload" };
}

function changedFiles(model: PageModel): BadgeFace | null {
  const name = model.renew.at(-1)?.split("/").at(-1) ?? "a file";
  if (model.looping) {
    const text = `#${model.build} · ${name} changes with each page load`;
    return { tone: "stale", text, action: "reload" };
  }
  if (model.begun === null) return null;
  return { tone: "stale", text: `#${model.build} · ${name} has changed`, action: "reload" };
}
