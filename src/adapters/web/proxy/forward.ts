import type { Head, RequestLine } from "./head.ts";

/**
 * Makes a request one that is passed on: what is between the client and the proxy alone is taken out,
 * and who asked (`peer`, an address), and by which name, is added. All else stays as it came.
 */
export function forwardRequest(head: Head, peer: string): void {
  removeHopByHop(head);
  // Chunks count, and a length beside them misleads whoever reads it first (RFC 9112, 6.3).
  if (head.get("transfer-encoding") !== null) head.remove("content-length");
  const known = head.all("x-forwarded-for");
  head.set("X-Forwarded-For", [...known, peer].filter((one) => one !== "").join(", "));
  const host = head.get("host");
  if (host !== null && head.get("x-forwarded-host") === null) head.add("X-Forwarded-Host", host);
  if (head.get("x-forwarded-proto") === null) head.add("X-Forwarded-Proto", "http");
}

/**
 * Takes out what is meant for one connection only (RFC 9110, 7.6.1). Each connection of a client has
 * one of its own to the program, so that what both are told alike stays: whether it is kept, and
 * which other protocol is wanted, with all that this one needs.
 */
export function removeHopByHop(head: Head): void {
  head.remove("keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization");
  const words = head.words("connection");
  if (words.length === 0) return;
  const upgrades = head.get("upgrade") !== null;
  if (upgrades && words.includes("upgrade")) return;
  const shared = words.filter((word) => sharedWords.has(word));
  head.remove(...words.filter((word) => !sharedWords.has(word)));
  if (shared.length === words.length) return;
  if (shared.length === 0) head.remove("connection");
  else head.set("Connection", shared.join(", "));
}

const sharedWords: ReadonlySet<string> = new Set(["close", "keep-alive", "te"]);

/**
 * Whether gust answers it, and not the program. As programs read paths: a request that came by way of
 * the proxy must never look to gust's files in the program as if this machine had sent it.
 */
export function isGusts({ method, target }: RequestLine): boolean {
  // CONNECT names a host, and net/http takes what stands behind it for a path.
  const authority = method === "CONNECT" ? /^[^/?#]*/ : /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?/i;
  const [path = ""] = target.replace(authority, "").split(/[?#]/, 1);
  const plain = path.replaceAll(/%([0-9a-f]{2})/gi, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return plain.startsWith("/__gust/");
}

/** Whether what a head says, or what its version means, is that another message follows it. */
export function isKept(head: Head, minor: number): boolean {
  const words = head.words("connection");
  if (words.includes("close")) return false;
  return minor > 0 || words.includes("keep-alive");
}

/** Whether the request may be sent again: nothing can have been changed by it (RFC 9110, 9.2.1). */
export const isSafe = (method: string): boolean =>
  method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "TRACE";
