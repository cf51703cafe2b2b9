import type { ConsoleEntry } from "../../core/page-state.ts";
import { consoleText, stackPlace } from "./console-text.ts";
import { gustUrl } from "./told.ts";

const SCRIPT = "/__gust/client.js";
const MOST_WAITING = 50;
const MOST_AT_ONCE = 10;
const PERIOD_MS = 10_000;
const MOST_IN_PERIOD = 30;

const ask = window.fetch.bind(window);

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
    addEventListener("error", this.#onError, { capture: true, passive: true });
    addEventListener("unhandledrejection", this.#onRejection, { passive: true });
    document.addEventListener("securitypolicyviolation", this.#onViolation, { passive: true });
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
    removeEventListener("error", this.#onError, { capture: true });
    removeEventListener("unhandledrejection", this.#onRejection);
    document.removeEventListener("securitypolicyviolation", this.#onViolation);
  }

  #hook(): void {
    if (this.#unhook !== null) return;
    const restores = (["error", "warn"] as const).map((level) => {
      // oxlint-disable-next-line no-console -- it is the page's console that is listened to
      const original = console[level];
      const listening = (...args: unknown[]): void => {
        this.#report(
          level,
          () => consoleText(args),
          () => stackPlace(new Error("here").stack ?? "", SCRIPT),
        );
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

  readonly #onError = (event: Event): void => {
    if (event instanceof ErrorEvent) {
      const { message, filename, lineno, colno } = event;
      const text = message === "" ? () => consoleText([event.error]) : () => message;
      this.#report("error", text, () => placeOf(filename, lineno, colno));
    } else if (event.target instanceof Element) {
      const { target } = event;
      const url = target.getAttribute("src") ?? target.getAttribute("href") ?? "";
      this.#report(
        "error",
        () => `<${target.localName}> could not be loaded: ${url}`,
        () => null,
      );
    }
  };

  readonly #onRejection = ({ reason }: PromiseRejectionEvent): void => {
    const text = (): string => `Unhandled rejection: ${consoleText([reason])}`;
    this.#report("error", text, () =>
      stackPlace(reason instanceof Error ? (reason.stack ?? "") : "", SCRIPT),
    );
  };

  readonly #onViolation = (event: SecurityPolicyViolationEvent): void => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber, columnNumber } = event;
    if (blockedURI.includes("/__gust/") || sourceFile?.includes(SCRIPT)) return;
    this.#report(
      "error",
      () => `Content Security Policy: ${effectiveDirective} blocks ${blockedURI}`,
      () => placeOf(sourceFile, lineNumber, columnNumber),
    );
  };

  /** Whatever the page puts into the console: making text of it must neither fail nor report again. */
  #report(level: ConsoleEntry["level"], text: () => string, place: () => string | null): void {
    if (this.#busy || (this.#decided && this.#token === null)) return;
    this.#busy = true;
    try {
      this.#add({ level, text: text(), page: location.href, place: place() });
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
    this.#post(this.#waiting.splice(0, MOST_AT_ONCE), token)
      .finally(() => {
        this.#sending = false;
        this.#send();
      })
      .catch(() => undefined);
  }

  async #post(entries: readonly ConsoleEntry[], token: string): Promise<void> {
    await ask(gustUrl("console"), {
      method: "POST",
      keepalive: true,
      headers: { "content-type": "application/json", "x-gust-token": token },
      body: JSON.stringify(entries),
    });
  }
}

function placeOf(file: string | null, line: number, column: number): string | null {
  return file === null || file === "" ? null : `${file}:${line}:${column}`;
}
