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

/** Puts a rule beside the one that imports, and takes the old away when its sheet is there. */
export function exchangeImport(rule: CSSImportRule, stamp: string, done: () => void): void {
  const sheet = rule.parentStyleSheet;
  const href = rule.styleSheet?.href ?? "";
  if (sheet === null || href === "" || going.has(rule)) return;
  going.add(rule);
  const text = rule.cssText.replace(
    /^@import (?:url\()?"[^"]*"\)?/,
    () => `@import url("${withStamp(href, stamp)}")`,
  );
  const index = sheet.insertRule(text, rulesOf(sheet).indexOf(rule));
  const fresh = sheet.cssRules[index];
  let looks = 0;
  // Browsers tell when a link has loaded, never when an import has.
  const look = (): void => {
    looks += 1;
    const loaded = fresh instanceof CSSImportRule && fresh.styleSheet !== null;
    if (!loaded && looks < MOST_LOOKS) {
      setTimeout(look, LOOK_MS);
      return;
    }
    const old = rulesOf(sheet).findIndex((one) => one === (loaded ? rule : fresh));
    if (old >= 0) sheet.deleteRule(old);
    restyle(sheet);
    done();
  };
  look();
}

/** Rules that another one is about to replace. */
const going = new WeakSet<CSSRule>();
const LOOK_MS = 20;
const MOST_LOOKS = 250;

/** Chromium may not notice what an imported sheet has imported. */
function restyle(sheet: CSSStyleSheet): void {
  const { parentStyleSheet, disabled } = sheet;
  if (parentStyleSheet !== null) return restyle(parentStyleSheet);
  sheet.disabled = !disabled;
  sheet.disabled = disabled;
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
