import {
  type Field,
  type FieldValue,
  type Place,
  changedValue,
  fieldAt,
  fieldsOf,
  fill,
  isText,
  pathTo,
  placeOf,
  valueOf,
} from "./fields.ts";
import { keep, kept } from "./kept.ts";

/** What somebody has done in a page, for its next load. */
interface Work {
  readonly url: string;
  readonly at: number;
  readonly fields: readonly Saved[];
  readonly scrolled: readonly Scrolled[];
  /** The field in which the caret stands. */
  readonly focus: Place | null;
  readonly selection: readonly [number, number] | null;
}

interface Saved {
  readonly place: Place;
  readonly value: FieldValue;
}

/** What is scrolled, by a selector; the page itself is, too. */
interface Scrolled {
  readonly path: string;
  readonly left: number;
  readonly top: number;
}

const MOST_SCROLLED = 50;
/** A page that comes later was not loaded by us. */
const LATEST_MS = 60_000;
/** So long content may come after the page has loaded. */
const AFTER_LOAD_MS = 3000;

/** Fields in which somebody has typed since the page came. */
const touched = new WeakSet<EventTarget>();

export function onInput(event: Event): void {
  const [target] = event.composedPath();
  if (event.isTrusted && target !== undefined) touched.add(target);
}

/** Keeps what is filled in and scrolled, other than passwords and files, unless it is more than browsers keep. */
export function saveForm(): void {
  const fields = fieldsOf(document).flatMap((field) => {
    const value = touched.has(field) ? valueOf(field) : changedValue(field);
    return value === null ? [] : [{ place: placeOf(field), value }];
  });
  const active = document.activeElement;
  const focused = fieldsOf(document).find((field) => field === active);
  const work: Work = {
    url: location.href,
    at: Date.now(),
    fields,
    scrolled: scrolledParts(),
    focus: focused === undefined ? null : placeOf(focused),
    selection: focused === undefined ? null : selectionOf(focused),
  };
  keep("form", work);
}

function scrolledParts(): readonly Scrolled[] {
  return [...document.querySelectorAll("*")]
    .filter(({ scrollTop, scrollLeft }) => scrollTop !== 0 || scrollLeft !== 0)
    .slice(0, MOST_SCROLLED)
    .map((part) => ({ path: pathTo(part), left: part.scrollLeft, top: part.scrollTop }));
}

/** Fields of numbers and dates have none. */
function selectionOf(field: Field): readonly [number, number] | null {
  if (!isText(field) || field.selectionStart === null) return null;
  return [field.selectionStart, field.selectionEnd ?? field.selectionStart];
}

/** Puts back what was kept by the page load before, as the page and what comes later in it appear. */
export function restoreForm(): void {
  const work = kept("form");
  keep("form", null);
  if (!isWork(work) || work.url !== location.href || Date.now() - work.at > LATEST_MS) return;
  new Restoring(work).start();
}

class Restoring {
  #focus: Work["focus"];
  readonly #selection: Work["selection"];
  #fields: readonly Saved[];
  #scrolled: readonly Scrolled[];
  readonly #observer = new MutationObserver(() => this.#restore());
  #resized: ResizeObserver | null = null;

  constructor({ fields, scrolled, focus, selection }: Work) {
    this.#fields = fields;
    this.#scrolled = scrolled;
    this.#focus = focus;
    this.#selection = selection;
  }

  start(): void {
    const ready = (): void => {
      this.#observer.observe(document, { childList: true, subtree: true });
      // Pictures make a page longer when they are there.
      this.#resized = new ResizeObserver(() => this.#scroll());
      this.#resized.observe(document.body ?? document.documentElement);
      this.#restore();
    };
    if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", ready, { once: true });
    else ready();
    const end = (): void => {
      this.#observer.disconnect();
      this.#resized?.disconnect();
    };
    addEventListener("load", () => setTimeout(end, AFTER_LOAD_MS), { once: true });
    const stay = (): void => {
      this.#scrolled = [];
    };
    for (const type of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(type, stay, { capture: true, passive: true, once: true });
    }
  }

  #restore(): void {
    this.#fields = this.#fields.filter(({ place, value }) => {
      const field = fieldAt(place);
      if (field === null) return true;
      // What somebody has typed meanwhile is newer.
      if (!touched.has(field)) fill(field, value);
      return false;
    });
    this.#scroll();
    try {
      this.#refocus();
    } catch {
      // A field that is of another type now has no caret.
    }
  }

  /** Not where somebody, or the page, has chosen another field meanwhile. */
  #refocus(): void {
    const field = this.#focus === null ? null : fieldAt(this.#focus);
    if (field === null) return;
    this.#focus = null;
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    field.focus({ preventScroll: true });
    if (this.#selection !== null && isText(field)) field.setSelectionRange(...this.#selection);
  }

  #scroll(): void {
    this.#scrolled = this.#scrolled.filter(({ path, left, top }) => {
      const part = document.querySelector(path);
      if (part === null) return true;
      part.scrollTo({ left, top, behavior: "instant" });
      // A page that is not long enough yet may become so.
      return Math.abs(part.scrollTop - top) > 2 || Math.abs(part.scrollLeft - left) > 2;
    });
  }
}

/** What is kept under that name is ours. */
function isWork(value: unknown): value is Work {
  return typeof value === "object" && value !== null && "scrolled" in value;
}
