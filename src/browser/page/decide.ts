import type {
  AssetChange,
  AssetNews,
  PageHello,
  PageState,
  Trouble,
} from "../../core/page-state.ts";
import type { Told } from "./told.ts";

/*
 * What a page does on which news. Pure: what has to stand for a while is told by `standing`, and
 * comes back as news when it has.
 */

/** Where a page is from: each run of gust numbers its builds anew. */
export interface PageVersion {
  readonly build: number;
  /** The begin of the run's name; "" where the page does not tell. */
  readonly run: string;
}

export interface PageModel extends PageVersion {
  /** The build that is shown; it grows when styles are exchanged. */
  readonly build: number;
  readonly state: PageState | null;
  /** The first of the newest connection, without its state; null before any. */
  readonly told: Omit<PageHello, "state" | "recent" | "edition"> | null;
  /** Of the newest hello or `assets`: whether some of these were missed. */
  readonly edition: number | null;
  /** Somebody can see it. */
  readonly visible: boolean;
  /** Nothing comes from gust. */
  readonly lost: boolean;
  /** How many things have happened that only a page load brings. */
  readonly wants: number;
  /** Names of changed files that the load must not take from the browser's cache. */
  readonly renew: readonly string[];
  /** Why it was loaded before, as keys of `reloadKey`; what a page load does not cure is not tried again. */
  readonly tried: readonly string[];
  /** The reload that this page has begun; one that the user stops is not begun again. */
  readonly begun: string | null;
  /** False where nothing can be kept for the next page load. */
  readonly remembers: boolean;
  /** It was loaded again and again for changed files: the program seems to write them itself. */
  readonly looping: boolean;
  /** The failure in the overlay, also while what may cure it is under way. */
  readonly overlay: Trouble | null;
  /** The failure whose overlay was closed. */
  readonly closed: string | null;
  readonly badgeClosed: boolean;
  /** What has stood for its while. */
  readonly stood: Readonly<Partial<Record<Standing, string>>>;
}

/** What is acted on when it has stood for a moment. */
export type Standing = "trouble" | "busy" | "lost" | "older";

/** In milliseconds. */
export const patience: Readonly<Record<Standing, number>> = {
  // Who types and saves has the next save under way by then.
  trouble: 400,
  busy: 800,
  // A swap cuts the stream, too.
  lost: 3000,
  // A page of a new version may be here before the news that it is live.
  older: 500,
};

export type News =
  | Told
  | { readonly type: "visible"; readonly visible: boolean }
  | { readonly type: "stood"; readonly name: Standing; readonly key: string }
  /** What changed is in the page, but only a page load brings it. */
  | { readonly type: "not-exchanged"; readonly names: readonly string[] }
  | { readonly type: "overlay-closed" }
  | { readonly type: "overlay-asked" }
  | { readonly type: "badge-closed" };

export type Deed =
  | { readonly type: "reload"; readonly key: string; readonly renew: readonly string[] }
  | { readonly type: "exchange"; readonly assets: AssetChange };

/** A page as it has come; `tried` and what was closed are kept from page loads before. */
export function newPage(
  version: PageVersion,
  kept: Pick<PageModel, "visible" | "tried" | "remembers" | "looping" | "closed" | "badgeClosed">,
): PageModel {
  return {
    ...version,
    state: null,
    told: null,
    edition: null,
    lost: false,
    wants: 0,
    renew: [],
    begun: null,
    overlay: null,
    stood: {},
    ...kept,
  };
}

export function decide(model: PageModel, news: News): readonly [PageModel, readonly Deed[]] {
  const [next, deeds] = hear(model, news);
  const overlay = overlayOf(next);
  const shown = { ...next, overlay, stood: stillStanding({ ...next, overlay }) };
  const key = reloadDue(shown);
  if (key === null) return [shown, deeds];
  return [{ ...shown, begun: key }, [...deeds, { type: "reload", key, renew: shown.renew }]];
}

/** What has to stand for a while, each with a key; another key begins the while anew. */
export function standing(model: PageModel): Readonly<Record<Standing, string | null>> {
  const { state, lost, build } = model;
  const working = state !== null && isWorking(state);
  const serving = state?.serving ?? null;
  return {
    trouble:
      model.overlay === null && state !== null && state.trouble !== null ? troubleKey(model) : null,
    busy: working ? "busy" : null,
    lost: lost ? "lost" : null,
    older: serving !== null && serving < build ? `${serving}` : null,
  };
}

/** True while something is on the way that may become live. */
export function isWorking({ activity }: PageState): boolean {
  return activity !== "idle";
}

/** The page came from a cache, or from a service worker's: a load does not bring the version that serves. */
export function isFromCache(model: PageModel): boolean {
  const key = buildKey(model);
  return key !== null && model.begun !== key && model.tried.includes(key);
}

/** Names a failure; the overlay of one that was closed stays away. */
export function troubleKey({ told, state }: PageModel): string | null {
  const trouble = state?.trouble ?? null;
  if (trouble === null) return null;
  const { failure, generation } = trouble;
  return `${told?.run ?? ""} ${generation} ${failure?.code ?? ""} ${failure?.message ?? ""}`;
}

/** What has gone meanwhile has to stand for its while again. */
function stillStanding(model: PageModel): PageModel["stood"] {
  const now: Readonly<Record<string, string | null>> = standing(model);
  return Object.fromEntries(Object.entries(model.stood).filter(([name, key]) => now[name] === key));
}

function hear(model: PageModel, news: News): readonly [PageModel, readonly Deed[]] {
  switch (news.type) {
    case "hello":
      return hearHello(model, news.hello);
    case "state":
      return [{ ...model, lost: false, state: news.state }, []];
    case "live":
      return hearLive(model, news.live);
    case "assets":
      return hearAssets(model, news.assets);
    case "lost":
      return [{ ...model, lost: true }, []];
    case "visible":
      return [{ ...model, visible: news.visible }, []];
    case "stood":
      return [{ ...model, stood: { ...model.stood, [news.name]: news.key } }, []];
    case "not-exchanged":
      return [wanting(model, news.names), []];
    case "overlay-closed":
      return [{ ...model, closed: troubleKey(model), overlay: null }, []];
    case "overlay-asked": {
      const trouble = model.state?.trouble ?? null;
      return [{ ...model, closed: null, overlay: trouble }, []];
    }
    case "badge-closed":
      return [{ ...model, badgeClosed: true }, []];
  }
}

/** Another run has numbered its builds anew, so that the page's number tells nothing. */
function hearHello(
  model: PageModel,
  { state, recent, edition, ...told }: PageHello,
): readonly [PageModel, readonly Deed[]] {
  const heard = { ...model, lost: false, told, state, edition };
  if (model.told !== null && model.told.run !== told.run) return [wanting(heard, []), []];
  const deeds: Deed[] = [];
  let next: PageModel = heard;
  for (const live of recent) {
    const [now, more] = hearLive(next, live);
    next = now;
    deeds.push(...more);
  }
  next = { ...next, state };
  if (model.edition !== null && model.edition !== edition) next = wanting(next, []);
  // Without a memory it cannot be known whether the page was loaded again for this build already.
  const key = model.told !== null || model.remembers ? null : buildKey(next);
  return [key === null ? next : { ...next, tried: [...next.tried, key] }, deeds];
}

function hearLive(
  model: PageModel,
  { generation, previous, assets }: Extract<Told, { type: "live" }>["live"],
): readonly [PageModel, readonly Deed[]] {
  const state = model.state === null ? null : { ...model.state, serving: generation };
  const heard: PageModel = { ...model, lost: false, state };
  if (assets === null || previous !== model.build || isForeign(model) || assets.others.length > 0)
    return [heard, []];
  return [{ ...heard, build: generation }, [{ type: "exchange", assets }]];
}

function hearAssets(model: PageModel, assets: AssetNews): readonly [PageModel, readonly Deed[]] {
  const { styles, images, others, edition } = assets;
  const heard = { ...model, edition };
  if (others.length > 0) return [wanting(heard, [...styles, ...images, ...others]), []];
  return [heard, [{ type: "exchange", assets }]];
}

function wanting(model: PageModel, names: readonly string[]): PageModel {
  return { ...model, wants: model.wants + 1, renew: [...model.renew, ...names].slice(-MOST_NAMES) };
}

const MOST_NAMES = 100;

/**
 * Shown is a failure that has stood for a moment, then each that follows it, until something newer is
 * live: an overlay that came and went with every save would flash.
 */
function overlayOf(model: PageModel): Trouble | null {
  const { state, told, closed, stood, overlay, lost } = model;
  if (state === null || told === null || !told.overlay) return null;
  // A swap cuts the connection, too.
  if (lost) return stood.lost === undefined ? overlay : null;
  if (state.trouble !== null) {
    const key = troubleKey(model);
    if (key === closed) return null;
    return overlay !== null || stood.trouble === key ? state.trouble : null;
  }
  return isWorking(state) && state.serving !== state.newest ? overlay : null;
}

/** The key of the reload that is to be done now; null when none is. */
function reloadDue(model: PageModel): string | null {
  const { state, lost, visible, wants, begun, told } = model;
  if (state === null || told === null || lost || !visible || state.serving === null) return null;
  if (wants > 0 && !model.looping) {
    const key = `wanted ${wants}`;
    return begun === key ? null : key;
  }
  const key = buildKey(model);
  if (key === null || begun === key || model.tried.includes(key)) return null;
  if (isForeign(model)) return key;
  return state.serving > model.build || model.stood.older === `${state.serving}` ? key : null;
}

/** The reload that brings the serving version; null while the page is from it, or none serves. */
function buildKey(model: PageModel): string | null {
  const { state, told, build } = model;
  const serving = state?.serving ?? null;
  if (told === null || serving === null) return null;
  return serving === build && !isForeign(model) ? null : `${told.run} ${serving}`;
}

/** The page is from another run of gust, which numbered its builds for itself. */
const isForeign = ({ told, run }: PageModel): boolean =>
  told !== null && run !== "" && !told.run.startsWith(run);
