import type { OpenRequest } from "../../core/page-state.ts";
import { badge } from "./badge.ts";
import { badgeFace } from "./badge-face.ts";
import { Reporter } from "./console.ts";
import {
  type Deed,
  type News,
  type PageModel,
  type PageVersion,
  type Standing,
  decide,
  isWorking,
  newPage,
  patience,
  standing,
} from "./decide.ts";
import { dropFromMemory, exchangeAssets, loadedFrom } from "./exchange.ts";
import { onInput, restoreForm, saveForm } from "./form.ts";
import { Host } from "./host.ts";
import { keep, kept } from "./kept.ts";
import { type Link, openLink } from "./link.ts";
import { isLooping, readLoads, triedFor, withLoad } from "./loads.ts";
import { type Overlay, overlay } from "./overlay.ts";
import { post } from "./post.ts";

/** Begins: hears what gust tells, and does what is decided. */
export function startPage(version: PageVersion): void {
  new GustPage(version).start();
}

/** A page load does not wait longer for files that are loaded before it. */
const RENEW_MS = 1500;
const STANDINGS = ["trouble", "busy", "lost", "older"] as const;

class GustPage {
  readonly #reporter: Reporter;
  #model: PageModel;
  #host: Host | null = null;
  #link: Link | null = null;
  readonly #timers = new Map<Standing, { key: string; id: ReturnType<typeof setTimeout> }>();
  /** What is shown now, so that nothing is made anew without a reason: a focus would be lost. */
  #shown: { readonly over: Element | null; readonly face: string } = { over: null, face: "null" };
  #overlay: (Overlay & { readonly key: string }) | null = null;

  constructor(version: PageVersion) {
    const loads = readLoads(kept("loads"));
    const closed = kept("closed");
    this.#reporter = new Reporter(kept("console") === true);
    this.#model = newPage(version, {
      visible: isVisible(),
      tried: triedFor(loads, location.href),
      remembers: keep("loads", loads),
      looping: isLooping(loads, location.href, Date.now()),
      closed: typeof closed === "string" ? closed : null,
      badgeClosed: kept("badge") === "closed",
    });
  }

  start(): void {
    this.#listen();
    // `document.open` takes all listeners away, and what it opens has the page's address still.
    new MutationObserver(() => this.#listen()).observe(document, { childList: true });
    restoreForm();
    if (!isPrerendering()) this.#connect();
  }

  #connect(): void {
    this.#link ??= openLink((told) => this.#hear(told));
  }

  /** Listeners that are there already are not added again. */
  #listen(): void {
    document.addEventListener("visibilitychange", this.#onVisible);
    document.addEventListener("prerenderingchange", this.#onShow);
    addEventListener("pagehide", this.#onHide);
    addEventListener("pageshow", this.#onShow);
    addEventListener("keydown", this.#onKey, { capture: true, passive: true });
    addEventListener("input", onInput, { capture: true, passive: true });
    this.#reporter.listen();
  }

  readonly #onVisible = (): void => this.#hear({ type: "visible", visible: isVisible() });

  /** Not with each change of what is visible: a page that goes turns invisible last of all. */
  readonly #onShow = (): void => {
    if (!isPrerendering()) this.#connect();
    this.#onVisible();
  };

  /** A page that waits in the browser's history holds no connection, which would end its waiting there. */
  readonly #onHide = (): void => {
    this.#link?.close();
    this.#link = null;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing || this.#model.overlay === null) return;
    this.#hear({ type: "overlay-closed" });
  };

  #hear(news: News): void {
    try {
      const [model, deeds] = decide(this.#model, news);
      if (model.closed !== this.#model.closed) keep("closed", model.closed);
      this.#model = model;
      if (news.type === "hello") this.#begin();
      this.#watch();
      this.#draw();
      for (const deed of deeds) this.#do(deed);
    } catch {
      // The page is the user's: what fails here must not be seen there.
    }
  }

  #begin(): void {
    const { told } = this.#model;
    if (told === null) return;
    this.#reporter.set(told.console ? told.token : null);
    keep("console", told.console || null);
  }

  #watch(): void {
    const due = standing(this.#model);
    for (const name of STANDINGS) {
      const key = due[name];
      const timer = this.#timers.get(name);
      if (timer?.key === key) continue;
      clearTimeout(timer?.id);
      this.#timers.delete(name);
      if (key === null) continue;
      const id = setTimeout(() => this.#hear({ type: "stood", name, key }), patience[name]);
      this.#timers.set(name, { key, id });
    }
  }

  #do(deed: Deed): void {
    if (deed.type === "reload") {
      this.#reload(deed.key, deed.renew);
      return;
    }
    const { styles, images } = deed.assets;
    this.#renew(loadedFrom([...styles, ...images])).catch(() => undefined);
    const names = exchangeAssets(deed.assets);
    if (names.length > 0) this.#hear({ type: "not-exchanged", names });
  }

  #reload(key: string, names: readonly string[]): void {
    let gone = false;
    const go = (): void => {
      if (gone) return;
      gone = true;
      const load = { url: location.href, key, at: Date.now() };
      keep("loads", withLoad(readLoads(kept("loads")), load));
      try {
        saveForm();
      } catch {
        // The page is loaded again all the same.
      }
      location.reload();
    };
    const urls = loadedFrom(names);
    if (urls.length === 0) return go();
    setTimeout(go, RENEW_MS);
    this.#renew(urls).then(go, go);
  }

  /** Without, the browser may go on with what it keeps of a file. */
  async #renew(urls: readonly string[]): Promise<void> {
    await this.#link?.renew(urls);
    await dropFromMemory(urls);
  }

  #draw(): void {
    const over = this.#drawOverlay();
    const face = over === null ? badgeFace(this.#model) : null;
    const shown = JSON.stringify(face);
    if (over === this.#shown.over && shown === this.#shown.face) return;
    this.#shown = { over, face: shown };
    if (over === null && face === null && this.#host === null) return;
    this.#host ??= new Host();
    this.#host.show([
      ...(over === null ? [] : [over]),
      ...(face === null ? [] : [badge(face, { act: this.#act, close: this.#closeBadge })]),
    ]);
  }

  #drawOverlay(): Element | null {
    const { overlay: trouble, state, told } = this.#model;
    if (trouble === null || state === null || told === null) {
      this.#overlay = null;
      return null;
    }
    const key = JSON.stringify([trouble, told.token]);
    if (this.#overlay?.key !== key) {
      const close = (): void => this.#hear({ type: "overlay-closed" });
      const open = told.token === null ? null : this.#open;
      this.#overlay = { key, ...overlay(trouble, { open, close }) };
    }
    const newest = isWorking(state) ? state.newest : null;
    this.#overlay.progress({ newest, serving: state.serving });
    return this.#overlay.element;
  }

  readonly #act = (action: "overlay" | "reload"): void => {
    if (action === "overlay") this.#hear({ type: "overlay-asked" });
    else this.#reload("asked", this.#model.renew);
  };

  readonly #closeBadge = (): void => {
    keep("badge", "closed");
    this.#hear({ type: "badge-closed" });
  };

  readonly #open = async (place: OpenRequest): Promise<string | null> => {
    try {
      const answer = await post("open", this.#model.told?.token ?? "", place);
      if (answer.ok) return null;
      const failure: unknown = await answer.json();
      return saidIn(failure) ?? `gust answered ${answer.status}`;
    } catch {
      return "gust does not answer";
    }
  };
}

function saidIn(failure: unknown): string | null {
  if (typeof failure !== "object" || failure === null || !("message" in failure)) return null;
  return String(failure.message);
}

function isPrerendering(): boolean {
  return "prerendering" in document && document.prerendering === true;
}

/** A page that is made ready in advance is seen by nobody yet. */
function isVisible(): boolean {
  return document.visibilityState === "visible" && !isPrerendering();
}
