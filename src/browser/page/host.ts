import { look } from "./look.ts";

/** How often the page may take our element away before it is left away. */
const MOST_RETURNS = 30;

/**
 * The element in which overlay and badge are: beside the body, which libraries replace, in a shadow
 * root of its own, and in the page only while there is something to see.
 */
export class Host {
  readonly #element = document.createElement("gust-page");
  readonly #root = this.#element.attachShadow({ mode: "closed" });
  readonly #observer = new MutationObserver(() => this.#stay());
  #wanted = false;
  #returns = 0;

  constructor() {
    // A sheet that is made by script is allowed by every policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(look);
    this.#root.adoptedStyleSheets = [sheet];
  }

  /** Shows these, or nothing. */
  show(parts: readonly Element[]): void {
    this.#wanted = parts.length > 0;
    this.#root.replaceChildren(...parts);
    if (this.#wanted) this.#attach();
    else this.#element.remove();
  }

  #attach(): void {
    const top = document.documentElement;
    if (this.#element.parentNode !== top) top.append(this.#element);
    this.#observer.disconnect();
    this.#observer.observe(document, { childList: true });
    this.#observer.observe(top, { childList: true });
  }

  /** Pages that replace all that they have (`document.open`, morphing) throw ours away as well. */
  #stay(): void {
    if (!this.#wanted || this.#element.isConnected || document.documentElement === null) return;
    this.#returns += 1;
    if (this.#returns <= MOST_RETURNS) this.#attach();
  }
}
