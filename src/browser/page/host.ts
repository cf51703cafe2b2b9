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
  readonly #nonce: string;
  #wanted = false;
  #returns = 0;

  constructor(nonce: string) {
    this.#nonce = nonce;
    this.#dress();
    new MutationObserver(() => this.#stay()).observe(document, { childList: true });
  }

  /** Shows these, or nothing. */
  show(parts: readonly Element[]): void {
    this.#wanted = parts.length > 0;
    for (const child of Array.from(this.#root.children)) {
      if (child.localName !== "style" && !parts.includes(child)) child.remove();
    }
    for (const part of parts) if (part.parentNode !== this.#root) this.#root.append(part);
    if (this.#wanted) this.#attach();
    else this.#element.remove();
  }

  /** Sheets made by script are allowed by every policy; only older browsers have none. */
  #dress(): void {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(look);
      this.#root.adoptedStyleSheets = [sheet];
    } catch {
      const style = document.createElement("style");
      style.nonce = this.#nonce;
      style.textContent = look;
      this.#root.append(style);
    }
  }

  #attach(): void {
    const top = document.documentElement;
    if (this.#element.parentNode === top) return;
    top.append(this.#element);
    this.#observe(top);
  }

  readonly #observed = new WeakSet<Element>();

  #observe(top: Element): void {
    if (this.#observed.has(top)) return;
    this.#observed.add(top);
    new MutationObserver(() => this.#stay()).observe(top, { childList: true });
  }

  /** Pages that replace all that they have (`document.open`, morphing) throw ours away as well. */
  #stay(): void {
    if (!this.#wanted || this.#element.isConnected || document.documentElement === null) return;
    this.#returns += 1;
    if (this.#returns <= MOST_RETURNS) this.#attach();
  }
}
