import type { AssetChange } from "../../core/page-state.ts";
import {
  type Use,
  mapSrcset,
  matchNames,
  pathOf,
  withStamp,
  withoutStamp,
  commonEnd,
} from "./asset-names.ts";
import {
  exchangeImport,
  exchangeLink,
  importsOf,
  isLoading,
  mapSheetUrls,
  mapStyleUrls,
  openRoots,
  sheetsOf,
} from "./sheets.ts";

/** Something that stands for a file. */
interface Part extends Use {
  /** False: only a page load brings it. */
  readonly exchange: (stamp: string) => boolean;
}

/**
 * Exchanges styles and images that have changed, without a page load. Gives the names of styles that
 * only a page load brings: those with a checksum in the page, and those that nothing in it refers to,
 * as they may be in it under another name (a fingerprint, a bundle) or in its text. An image that
 * nothing refers to is on some other page.
 */
export function exchangeAssets({ styles, images }: AssetChange): readonly string[] {
  const stamp = Date.now().toString(36);
  const roots = openRoots();
  renew([...styles, ...images]).catch(() => undefined);
  if (images.length > 0) exchangeImages(images, roots, stamp);
  if (styles.length === 0) return [];
  const { uses, unused } = matchNames(styles, roots.flatMap(styleParts));
  return [...unused, ...uses.filter((use) => !use.exchange(stamp)).map(({ path }) => path)];
}

/**
 * Loads what a page is made of anew into the browser's cache: a reload takes scripts and styles from
 * there, and files without an expiry count as fresh for a tenth of their age.
 */
export async function renew(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const urls = performance
    .getEntriesByType("resource")
    .map(({ name }) => withoutStamp(name))
    .filter((url) => url.startsWith(`${location.protocol}//${location.host}/`))
    .filter((url) => names.some((name) => commonEnd(name, new URL(url).pathname) > 0));
  const asked = [...new Set(urls)].slice(0, MOST_RENEWED);
  const signal = AbortSignal.timeout(RENEW_MS);
  await Promise.allSettled(asked.map((url) => load(url, { cache: "reload", signal })));
}

const load = window.fetch.bind(window);
const MOST_RENEWED = 30;
const RENEW_MS = 1500;

function styleParts(root: Document | ShadowRoot): readonly Part[] {
  const links = [...root.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet" i][href]')]
    .filter((link) => !isLoading(link))
    .flatMap((link) =>
      partsOf(link.href, (stamp) => {
        if (link.integrity !== "") return false;
        exchangeLink(link, stamp, mapImages);
        return true;
      }),
    );
  const imports = sheetsOf(root)
    .flatMap((sheet) => importsOf(sheet))
    .flatMap((rule) =>
      partsOf(rule.styleSheet?.href ?? rule.href, (stamp) => {
        exchangeImport(rule, stamp, mapImages);
        return true;
      }),
    );
  return [...links, ...imports];
}

function partsOf(url: string, exchange: Part["exchange"]): readonly Part[] {
  const path = pathOf(url, document.baseURI, location.hostname);
  return path === null ? [] : [{ path, exchange }];
}

/** Paths of images that were exchanged; sheets that are loaded later name them without a stamp. */
const stamps = new Map<string, string>();

/** Which paths are meant is decided over the whole page, as the longest match wins. */
function exchangeImages(
  names: readonly string[],
  roots: readonly (Document | ShadowRoot)[],
  stamp: string,
): void {
  const paths = new Map<string, Use>();
  visitImages(roots, (url, base) => {
    const path = pathOf(url, base, location.hostname);
    if (path !== null) paths.set(path, { path });
    return url;
  });
  for (const { path } of matchNames(names, [...paths.values()]).uses) stamps.set(path, stamp);
  mapImages();
}

function mapImages(): void {
  if (stamps.size === 0) return;
  visitImages(openRoots(), (url, base) => {
    const stamp = stamps.get(pathOf(url, base, location.hostname) ?? "");
    if (stamp === undefined || url.includes(`gust=${stamp}`)) return url;
    return withStamp(new URL(url, base).href, stamp);
  });
}

type MapUrl = (url: string, base: string) => string;

/** Calls `map` with each address of an image, and puts what it gives where that is another one. */
function visitImages(roots: readonly (Document | ShadowRoot)[], map: MapUrl): void {
  const here = (url: string): string => map(url, document.baseURI);
  for (const root of roots) {
    for (const image of root.querySelectorAll("img, source, input[type=image]")) {
      mapAttribute(image, "src", here);
      mapAttribute(image, "srcset", (value) => mapSrcset(value, here));
    }
    for (const video of root.querySelectorAll("video")) mapAttribute(video, "poster", here);
    for (const image of root.querySelectorAll('link[rel~="icon" i], image'))
      mapAttribute(image, "href", here);
    for (const element of root.querySelectorAll<HTMLElement>('[style*="url("]'))
      mapStyleUrls(element.style, here);
    for (const sheet of sheetsOf(root)) mapSheetUrls(sheet, map);
  }
}

function mapAttribute(element: Element, name: string, map: (value: string) => string): void {
  const value = element.getAttribute(name);
  if (value === null || value === "") return;
  const mapped = map(value);
  if (mapped !== value) element.setAttribute(name, mapped);
}
