/*
 * Which addresses of a page stand for which files: gust knows files by their names relative to the
 * root (`web/static/css/site.css`), the page by URLs of the program's own making (`/static/css/site.css`).
 */

/** Something in the page that was loaded from a URL. */
export interface Use {
  /** Path of its URL. */
  readonly path: string;
}

/** Those that stand for one of the files, and the names that nothing stands for. */
export interface Matches<T> {
  readonly uses: readonly T[];
  readonly unused: readonly string[];
}

/** Of all uses those count whose path ends like the name for the longest stretch. */
export function matchNames<T extends Use>(
  names: readonly string[],
  uses: readonly T[],
): Matches<T> {
  const matched = new Set<T>();
  const unused: string[] = [];
  for (const name of names) {
    const lengths = uses.map(({ path }) => commonEnd(name, path));
    const longest = Math.max(0, ...lengths);
    if (longest === 0) unused.push(name);
    else
      for (const [index, use] of uses.entries()) if (lengths[index] === longest) matched.add(use);
  }
  return { uses: uses.filter((use) => matched.has(use)), unused };
}

/** How many names at the end of a file's name and of a URL's path are the same; 0: not even the last. */
export function commonEnd(name: string, path: string): number {
  const a = name.split("/").filter((part) => part !== "");
  const b = path
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length))
    length += 1;
  return length;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The path of an address of this host; null for those of others, `data:` and the like. */
export function pathOf(url: string, base: string, host: string): string | null {
  try {
    const { protocol, hostname, pathname } = new URL(url, base);
    return /^https?:$/.test(protocol) && hostname === host ? pathname : null;
  } catch {
    return null;
  }
}

/** The address with a mark of ours, which makes the browser load it anew; the rest of it stays as it is. */
export function withStamp(url: string, stamp: string): string {
  const [, before = "", query, hash = ""] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? [];
  const others = (query ?? "")
    .split("&")
    .filter((part) => part !== "" && !part.startsWith(`${KEY}=`));
  return `${before}?${[...others, `${KEY}=${stamp}`].join("&")}${hash}`;
}

/** The address as the page has it by itself. */
export function withoutStamp(url: string): string {
  return url.replace(/([?&])gust=[^&#]*(&|(?=#|$))/, (_all, before: string, after: string) =>
    after === "&" ? before : "",
  );
}

const KEY = "gust";

/** The value of a `srcset` with other addresses. */
export function mapSrcset(srcset: string, map: (url: string) => string): string {
  return srcset.replaceAll(
    /([^\s,]\S*[^\s,]|[^\s,])(\s+[^,]*)?(,|$)/g,
    (_all, url: string, size: string | undefined, end: string) => `${map(url)}${size ?? ""}${end}`,
  );
}

/** A value of CSS with other addresses in `url(…)`. */
export function mapCssUrls(value: string, map: (url: string) => string): string {
  return value.replaceAll(
    /url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"')]*))\s*\)/g,
    (all: string, double?: string, single?: string, bare?: string) => {
      const url = (double ?? single ?? bare ?? "").replaceAll(/\\(.)/g, "$1");
      const mapped = map(url);
      return mapped === url ? all : `url("${mapped.replaceAll(/["\\\n]/g, encodeURIComponent)}")`;
    },
  );
}
