import * as zlib from "node:zlib";
import type { Head, RequestLine } from "./head.ts";

/** Which version a page is from: builds are numbered anew by each run of gust. */
export interface PageVersion {
  readonly build: number;
  /** What tells the run from others; "" where nothing does. */
  readonly run: string;
}

/** What an answer to a page load is to be told by. */
export interface PageLoad {
  /** The conditions were for a page of this build, with gust's script: so is a "not modified". */
  readonly tag: string | null;
}

/**
 * Whether a browser loads a page. Browsers say so (Fetch Metadata), but only to addresses that they
 * trust: to another machine's they say no more than that they would like a safe one.
 */
export function isPageLoad({ method }: RequestLine, head: Head): boolean {
  if (method !== "GET" || head.get("upgrade") !== null || head.get("range") !== null) return false;
  const dest = head.get("sec-fetch-dest");
  if (dest !== null) return dest === "document";
  if (head.fields.some(({ name }) => name.startsWith("sec-fetch-"))) return false;
  const accepts = head.words("accept").some((word) => word.startsWith("text/html"));
  return accepts && head.get("upgrade-insecure-requests") === "1";
}

/**
 * Makes a page load one whose answer can have gust's script: encodings that can be undone, and
 * conditions that the program knows. Those for anything but this build's page with the script are left
 * out, so that it comes whole.
 */
export function preparePageLoad(head: Head, version: PageVersion): PageLoad {
  const encodings = head.words("accept-encoding");
  const known = encodings.filter((word) => codings.has(word.split(";", 1)[0]?.trim() ?? ""));
  if (known.length < encodings.length) {
    head.set("Accept-Encoding", known.length === 0 ? "identity" : known.join(", "));
  }
  const asked = head.get("if-none-match");
  const tag = asked === null ? null : withoutMark(asked, version);
  if (tag === null) {
    head.remove("if-none-match", "if-modified-since");
    return { tag: null };
  }
  if (tag === "") head.remove("if-none-match");
  else head.set("If-None-Match", tag);
  return { tag: asked };
}

/** Encodings of a page that can be undone. */
export const codings: ReadonlySet<string> = new Set([
  "identity",
  "gzip",
  "x-gzip",
  "deflate",
  "br",
  ...("createZstdDecompress" in zlib ? ["zstd"] : []),
]);

/** The ETag of a page with the script of this build; null where it has nothing to be known by. */
export function markedTag(tag: string | null, dated: boolean, version: PageVersion): string | null {
  if (tag === null) return dated ? ownTag(version) : null;
  return tag.endsWith('"') ? `${tag.slice(0, -1)}${markOf(version)}` : tag;
}

/** The program's own ETag, or nothing where it has none; null: it is of another page. */
function withoutMark(tag: string, version: PageVersion): string | null {
  if (tag === ownTag(version)) return "";
  const mark = markOf(version);
  return tag.endsWith(mark) && !tag.includes(",") ? `${tag.slice(0, -mark.length)}"` : null;
}

const nameOf = ({ build, run }: PageVersion): string =>
  run === "" ? `gust${build}` : `gust${build}.${run}`;

const markOf = (version: PageVersion): string => `-${nameOf(version)}"`;

/** Of a page that the program knows by its date alone. */
const ownTag = (version: PageVersion): string => `W/"${nameOf(version)}"`;
