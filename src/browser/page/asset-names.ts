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
  const at = url.indexOf("#");
  const [whole, hash] = at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at)];
  const plain = withoutStamp(whole);
  return `${plain}${plain.includes("?") ? "&" : "?"}gust=${stamp}${hash}`;
}

/** An address without a fragment as the page has it by itself. */
export function withoutStamp(url: string): string {
  return url.replace(/[?&]gust=\w+$/, "");
}

/** The value of a `srcset` with other addresses. */
export function mapSrcset(srcset: string, map: (url: string) => string): string {
  return srcset.replaceAll(
    /([^\s,]\S*[^\s,]|[^\s,])(\s+[^,]*)?(,|$)/g,
    (_all, url: string, size: string | undefined, end: string) => `${map(url)}${size ?? ""}${end}`,
  );
}

/** A value of CSS, as browsers write it, with other addresses in `url("…")`. */
export function mapCssUrls(value: string, map: (url: string) => string): string {
  return value.replaceAll(/url\("((?:[^"\\]|\\.)*)"\)/g, (all: string, text: string) => {
    const url = text.replaceAll(/\\(.)/g, "$1");
    const mapped = map(url);
    return mapped === url ? all : `url(${JSON.stringify(mapped)})`;
  });
}
