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
  if (images.length > 0) exchangeImages(images, stamp);
  if (styles.length === 0) return [];
  const { uses, unused } = matchNames(styles, openRoots().flatMap(styleParts));
  return [...unused, ...uses.filter((use) => !use.exchange(stamp)).map(({ path }) => path)];
}

/** Addresses of what the page has loaded of these files, without a stamp. */
export function loadedFrom(names: readonly string[]): readonly string[] {
  const urls = performance
    .getEntriesByType("resource")
    .map(({ name }) => withoutStamp(name))
    .filter((url) => names.some((name) => commonEnd(name, hostPath(url, location.href) ?? "") > 0));
  return [...new Set(urls)].slice(0, MOST_LOADED);
}

/**
 * A document has what it has loaded in its memory, too, and hands it on to the next. Loading it as
 * something else puts it out there, which policies allow that allow it as a script or a style; where
 * nonces say what may be loaded they do not.
 */
export async function dropFromMemory(urls: readonly string[]): Promise<void> {
  if (document.querySelector("[nonce]") !== null) return;
  await Promise.all(urls.map(prefetch));
}

function prefetch(url: string): Promise<void> {
  return new Promise((done) => {
    const link = document.createElement("link");
    const end = (): void => {
      link.remove();
      done();
    };
    link.rel = "prefetch";
    link.addEventListener("load", end);
    link.addEventListener("error", end);
    link.href = url;
    document.head.append(link);
  });
}

const MOST_LOADED = 30;

function styleParts(root: Document | ShadowRoot): readonly Part[] {
  const links = [...root.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet" i][href]')]
    .filter((link) => !isLoading(link))
    .flatMap((link) =>
      partsOf(link.href, (stamp) => {
        if (link.integrity !== "") return false;
        exchangeLink(link, stamp, restamp);
        return true;
      }),
    );
  const imports = sheetsOf(root)
    .flatMap((sheet) => importsOf(sheet))
    .flatMap((rule) =>
      partsOf(hrefOf(rule), (stamp, path) => {
        stamps.set(path, stamp);
        exchangeImport(rule, stamp, restamp);
        return true;
      }),
    );
  return [...links, ...imports];
}

function partsOf(url: string, exchange: (stamp: string, path: string) => boolean): readonly Part[] {
  const path = hostPath(url, document.baseURI);
  return path === null ? [] : [{ path, exchange: (stamp) => exchange(stamp, path) }];
}

const hrefOf = ({ href, styleSheet }: CSSImportRule): string => styleSheet?.href ?? href;

const hostPath = (url: string, base: string): string | null => pathOf(url, base, location.hostname);

/** Paths of images and imports that were exchanged; sheets that are loaded later name them as before. */
const stamps = new Map<string, string>();

/** The stamp that an address has to have and has not yet. */
function missingStamp(url: string, base: string): string | null {
  const stamp = stamps.get(hostPath(url, base) ?? "");
  return stamp === undefined || url.includes(`gust=${stamp}`) ? null : stamp;
}

/** Which paths are meant is decided over the whole page, as the longest match wins. */
function exchangeImages(names: readonly string[], stamp: string): void {
  const paths = new Map<string, Use>();
  visitImages((url, base) => {
    const path = hostPath(url, base);
    if (path !== null) paths.set(path, { path });
    return url;
  });
  for (const { path } of matchNames(names, [...paths.values()]).uses) stamps.set(path, stamp);
  restamp();
}

function restamp(): void {
  if (stamps.size === 0) return;
  for (const rule of openRoots()
    .flatMap(sheetsOf)
    .flatMap((sheet) => importsOf(sheet))) {
    const stamp = missingStamp(hrefOf(rule), document.baseURI);
    if (stamp !== null) exchangeImport(rule, stamp, restamp);
  }
  visitImages((url, base) => {
    const stamp = missingStamp(url, base);
    return stamp === null ? url : withStamp(new URL(url, base).href, stamp);
  });
}

type MapUrl = (url: string, base: string) => string;

/** Calls `map` with each address of an image, and puts what it gives where that is another one. */
function visitImages(map: MapUrl): void {
  const here = (url: string): string => map(url, document.baseURI);
  for (const root of openRoots()) {
    for (const part of root.querySelectorAll(SHOWN)) {
      for (const name of ["src", "poster", "href"]) mapAttribute(part, name, here);
      mapAttribute(part, "srcset", (value) => mapSrcset(value, here));
    }
    for (const element of root.querySelectorAll<HTMLElement>('[style*="url("]'))
      mapStyleUrls(element.style, here);
    for (const sheet of sheetsOf(root)) mapSheetUrls(sheet, map);
  }
}

const SHOWN = 'img, source, video, input, image, link[rel~="icon" i]';

function mapAttribute(element: Element, name: string, map: (value: string) => string): void {
  const value = element.getAttribute(name);
  if (value === null || value === "") return;
  const mapped = map(value);
  if (mapped !== value) element.setAttribute(name, mapped);
}
