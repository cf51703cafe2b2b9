import type { ConsoleEntry } from "../../core/page-state.ts";
import { consoleText, stackPlace } from "./console-text.ts";
import { post } from "./post.ts";

const SCRIPT = "/__gust/client.js";
const TYPES = ["error", "unhandledrejection", "securitypolicyviolation"];
const MOST_WAITING = 50;
const MOST_AT_ONCE = 5;
const PERIOD_MS = 10_000;
const MOST_IN_PERIOD = 30;

/**
 * Tells gust what goes to the console as an error or a warning. Errors before gust's first word wait
 * for it; the console itself is only listened to where that is wanted, or was when this tab loaded
 * its last page.
 */
export class Reporter {
  #token: string | null = null;
  #decided = false;
  #busy = false;
  #sending = false;
  #waiting: ConsoleEntry[] = [];
  #dropped = 0;
  #last = "";
  #sent = 0;
  #period = 0;
  #unhook: (() => void) | null = null;

  constructor(wanted: boolean) {
    if (wanted) this.#hook();
  }

  /** Adds the listeners; those that are there already are not added again. */
  listen(): void {
    if (this.#decided && this.#token === null) return;
    // Of what could not be loaded only its element hears, so that it is heard on the way there.
    for (const type of TYPES) addEventListener(type, this.#onEvent, true);
  }

  /** The token for reports; null when they are not wanted. */
  set(token: string | null): void {
    this.#token = token;
    this.#decided = true;
    if (token !== null) {
      this.#hook();
      this.listen();
      this.#send();
      return;
    }
    this.#waiting = [];
    this.#unhook?.();
    for (const type of TYPES) removeEventListener(type, this.#onEvent, true);
  }

  #hook(): void {
    if (this.#unhook !== null) return;
    const restores = (["error", "warn"] as const).map((level) => {
      // oxlint-disable-next-line no-console -- it is the page's console that is listened to
      const original = console[level];
      const listening = (...args: unknown[]): void => {
        const { stack = "" } = new Error("here");
        this.#report(level, () => [consoleText(args), stackPlace(stack, SCRIPT)]);
        Reflect.apply(original, console, args);
      };
      console[level] = listening;
      return () => {
        // What somebody has put over it stays.
        if (console[level] === listening) console[level] = original;
      };
    });
    this.#unhook = () => {
      for (const restore of restores) restore();
      this.#unhook = null;
    };
  }

  readonly #onEvent = (event: Event): void => this.#report("error", () => saidBy(event));

  /** Whatever the page puts into the console: making text of it must neither fail nor report again. */
  #report(level: ConsoleEntry["level"], say: () => Said | null): void {
    if (this.#busy || (this.#decided && this.#token === null)) return;
    this.#busy = true;
    try {
      const said = say();
      if (said !== null) this.#add({ level, text: said[0], page: location.href, place: said[1] });
    } catch {
      // Nothing of it can be told.
    } finally {
      this.#busy = false;
    }
  }

  #add(entry: ConsoleEntry): void {
    const now = performance.now();
    if (now - this.#period > PERIOD_MS) {
      this.#period = now;
      this.#sent = 0;
      this.#last = "";
    }
    const same = JSON.stringify(entry);
    if (
      same === this.#last ||
      this.#sent >= MOST_IN_PERIOD ||
      this.#waiting.length >= MOST_WAITING
    ) {
      this.#dropped += 1;
      return;
    }
    this.#last = same;
    this.#sent += 1;
    const { text } = entry;
    const more = this.#dropped === 0 ? text : `${text} (${this.#dropped} others are not told)`;
    this.#dropped = 0;
    this.#waiting.push({ ...entry, text: more });
    this.#send();
  }

  /** A list at a time; what cannot be told is not tried again. */
  #send(): void {
    const token = this.#token;
    if (this.#sending || token === null || this.#waiting.length === 0) return;
    this.#sending = true;
    post("console", token, this.#waiting.splice(0, MOST_AT_ONCE))
      .finally(() => {
        this.#sending = false;
        this.#send();
      })
      .catch(() => undefined);
  }
}

type Said = readonly [text: string, place: string | null];

/** What an event says, and where it comes from; null for those of ours. */
function saidBy(event: Event): Said | null {
  if (event instanceof ErrorEvent) {
    const { message, filename, lineno, colno } = event;
    return [message || consoleText([event.error]), placeOf(filename, lineno, colno)];
  }
  if (event instanceof PromiseRejectionEvent) {
    const { reason } = event;
    const stack = reason instanceof Error ? (reason.stack ?? "") : "";
    return [`Unhandled rejection: ${consoleText([reason])}`, stackPlace(stack, SCRIPT)];
  }
  if (event instanceof SecurityPolicyViolationEvent) {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber, columnNumber } = event;
    if (sourceFile?.includes(SCRIPT)) return null;
    const text = `CSP: ${effectiveDirective} blocks ${blockedURI}`;
    return [text, placeOf(sourceFile, lineNumber, columnNumber)];
  }
  const { target } = event;
  if (!(target instanceof Element)) return null;
  const url = target.getAttribute("src") ?? target.getAttribute("href") ?? "";
  return [`<${target.localName}> could not be loaded: ${url}`, null];
}

function placeOf(file: string | null, line: number, column: number): string | null {
  return file === null || file === "" ? null : `${file}:${line}:${column}`;
}
