import { mapCssUrls, withStamp } from "./asset-names.ts";

/** The document and the shadow roots in it that are open. */
export function openRoots(
  from: Document | ShadowRoot = document,
): readonly (Document | ShadowRoot)[] {
  const inner = [...from.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot === null ? [] : openRoots(shadowRoot),
  );
  return [from, ...inner];
}

/** Its sheets, and those that are made by script. */
export function sheetsOf(root: Document | ShadowRoot): readonly CSSStyleSheet[] {
  return [...root.styleSheets, ...root.adoptedStyleSheets];
}

/** Rules of sheets of this origin; those of others are nobody's to read. */
export function rulesOf(sheet: CSSStyleSheet): readonly CSSRule[] {
  try {
    return [...sheet.cssRules];
  } catch {
    return [];
  }
}

/** Rules that import a sheet, also those in imported sheets. */
export function importsOf(sheet: CSSStyleSheet, depth = 0): readonly CSSImportRule[] {
  if (depth > 8) return [];
  return rulesOf(sheet)
    .filter((rule) => rule instanceof CSSImportRule)
    .flatMap((rule) => [
      rule,
      ...(rule.styleSheet === null ? [] : importsOf(rule.styleSheet, depth + 1)),
    ]);
}

/** Puts a sheet beside the one of a link, and takes the old away when it is there, so that nothing flashes. */
export function exchangeLink(link: HTMLLinkElement, stamp: string, done: () => void): void {
  const href = withStamp(link.getAttribute("href") ?? "", stamp);
  const fresh = link.cloneNode();
  // A link that is switched off loads when it is switched on.
  if (link.disabled || !(fresh instanceof HTMLLinkElement)) {
    link.setAttribute("href", href);
    return;
  }
  pending.get(link)?.remove();
  pending.set(link, fresh);
  fresh.setAttribute("href", href);
  fresh.nonce = link.nonce;
  loading.add(fresh);
  const end = (loaded: boolean): void => {
    loading.delete(fresh);
    if (pending.get(link) === fresh) pending.delete(link);
    // What the page itself has taken away meanwhile stays away.
    if (!loaded || !link.isConnected) fresh.remove();
    else link.remove();
    done();
  };
  fresh.addEventListener("load", () => end(true), { once: true });
  fresh.addEventListener("error", () => end(false), { once: true });
  link.after(fresh);
}

/** Links of ours that still load are no part of the page yet. */
export function isLoading(link: HTMLLinkElement): boolean {
  return loading.has(link);
}

const loading = new WeakSet<HTMLLinkElement>();
const pending = new WeakMap<HTMLLinkElement, HTMLLinkElement>();

/**
 * An imported sheet is loaded before the rule is exchanged: the browser tells when a link has loaded,
 * never when an import has.
 */
export function exchangeImport(rule: CSSImportRule, stamp: string, done: () => void): void {
  const sheet = rule.parentStyleSheet;
  const href = rule.styleSheet?.href ?? null;
  if (sheet === null || href === null) return;
  const url = withStamp(href, stamp);
  const first = document.createElement("link");
  first.rel = "stylesheet";
  first.media = "not all";
  first.nonce = nonceOf(sheet.ownerNode);
  first.href = url;
  const end = (): void => {
    first.remove();
    const index = rulesOf(sheet).indexOf(rule);
    if (index === -1) return;
    const text = rule.cssText.replace(
      /^@import\s+(?:url\((?:"[^"]*"|[^)]*)\)|"[^"]*")/,
      () => `@import url("${url}")`,
    );
    sheet.insertRule(text, index);
    sheet.deleteRule(index + 1);
    done();
  };
  first.addEventListener("load", end, { once: true });
  first.addEventListener("error", () => first.remove(), { once: true });
  loading.add(first);
  document.head.append(first);
}

function nonceOf(node: Element | ProcessingInstruction | null): string {
  return node instanceof HTMLElement ? (node.nonce ?? "") : "";
}

/** Gives other addresses to pictures in a sheet's rules; `map` gets what the rule says and what it is relative to. */
export function mapSheetUrls(
  sheet: CSSStyleSheet,
  map: (url: string, base: string) => string,
): void {
  const base = sheet.href ?? document.baseURI;
  const visit = (rules: readonly CSSRule[]): void => {
    for (const rule of rules) {
      if (rule instanceof CSSImportRule) {
        if (rule.styleSheet !== null) mapSheetUrls(rule.styleSheet, map);
        continue;
      }
      if (rule instanceof CSSStyleRule) mapStyleUrls(rule.style, (url) => map(url, base));
      if (rule instanceof CSSGroupingRule || (rule instanceof CSSStyleRule && "cssRules" in rule)) {
        visit([...rule.cssRules]);
      }
    }
  };
  visit(rulesOf(sheet));
}

export function mapStyleUrls(style: CSSStyleDeclaration, map: (url: string) => string): void {
  if (!style.cssText.includes("url(")) return;
  for (const name of Array.from(style)) {
    const value = style.getPropertyValue(name);
    const mapped = mapCssUrls(value, map);
    if (mapped !== value) style.setProperty(name, mapped, style.getPropertyPriority(name));
  }
}
