import { randomBytes } from "node:crypto";
import { allowGust } from "../../../core/content-security.ts";
import { tagStart } from "../../../core/html-insertion.ts";
import type { Head } from "./head.ts";
import { type PageLoad, type PageVersion, codings, markedTag } from "./page-request.ts";

/** How the body of a page becomes one with gust's script. */
export interface Injection {
  /** What goes in. */
  readonly tag: string;
  /** How the body is encoded: one of `codings`. */
  readonly coding: string;
}

export interface PageAnswer extends PageVersion {
  /** `http://localhost:8080`, as the browser knows it. */
  readonly origin: string;
  readonly load: PageLoad;
}

/**
 * Changes the head of an answer to a page load as its body will be changed. Null: the body stays as it
 * is, because it is no page, no script may run in it, or the program has put the script in.
 */
export function preparePage(head: Head, status: number, answer: PageAnswer): Injection | null {
  const done = head.get("x-gust-page") !== null;
  head.remove("x-gust-page");
  if (done) return null;
  const { build, run, origin, load } = answer;
  const tag = markedTag(head.get("etag"), head.get("last-modified") !== null, answer);
  if (status === 304 && load.tag !== null) {
    head.set("ETag", head.get("etag") === null ? load.tag : (tag ?? load.tag));
    allowIn(head, origin);
    return null;
  }
  if (!isPage(head, status)) return null;
  // One that was encoded more than once stays as it is.
  const coding = head.words("content-encoding").join(",") || "identity";
  if (!codings.has(coding)) return null;
  const allowed = allowIn(head, origin);
  if (!allowed.scripts) return null;
  // Digests are those of the page without it.
  head.remove("content-length", "content-encoding", "accept-ranges", ...digests);
  head.add("Vary", "Sec-Fetch-Dest");
  // A nonce that is in this answer alone must not be asked for again.
  if (allowed.fresh) head.remove("etag", "last-modified");
  else if (tag !== null) head.set("ETag", tag);
  const of = run === "" ? "" : ` data-run="${run}"`;
  const nonce = allowed.nonce === null ? "" : ` nonce="${allowed.nonce}"`;
  return { tag: `${tagStart} data-build="${build}"${of}${nonce}></script>`, coding };
}

const digests = ["content-md5", "digest", "content-digest", "repr-digest"];

/** Whether a browser shows it as a page, in an encoding in which the script can be put in. */
function isPage(head: Head, status: number): boolean {
  if (status < 200 || [204, 205, 206].includes(status)) return false;
  if (status >= 300 && status < 400) return false;
  const [type = "", ...parameters] = (head.get("content-type") ?? "").toLowerCase().split(";");
  if (type.trim() !== "text/html") return false;
  if (parameters.some((one) => /^\s*charset\s*=\s*"?utf-?(?:16|32)/.test(one))) return false;
  return !(head.get("content-disposition") ?? "").toLowerCase().startsWith("attachment");
}

function allowIn(head: Head, origin: string): ReturnType<typeof allowGust> {
  const policies = head.all("content-security-policy");
  const allowed = allowGust(policies, origin, randomBytes(16).toString("base64url"));
  if (!allowed.scripts) return allowed;
  let index = 0;
  head.replaceAll("content-security-policy", () => allowed.policies[index++] ?? "");
  return allowed;
}
