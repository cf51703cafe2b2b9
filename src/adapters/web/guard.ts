import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** Who may be told what. */
export interface GuardOptions {
  /** Names besides `localhost` and addresses under which gust may be asked. */
  readonly hosts: readonly string[];
  /** True: other machines are trusted like this one. */
  readonly remote: boolean;
}

/**
 * - "full": this machine, by a name that is its own: may know sources, and act with the token.
 * - "plain": other machines, and names that anybody may have pointed here (DNS rebinding): these are
 *   told which build is live, and nothing that was not in the program's own answers.
 */
export type Trust = "full" | "plain";

/**
 * How far a request is trusted. `peer` is the address of the client; the name it uses is in the header
 * Host, where no page can put another one than that of its own origin. Where a proxy or a tunnel on this
 * machine says whom it asks for, that is who counts.
 */
export function trustOf(
  headers: IncomingMessage["headers"],
  peer: string,
  { hosts, remote }: GuardOptions,
): Trust {
  const name = hostName(headers.host ?? headers[":authority"]?.toString() ?? "");
  const known = hosts.some((host) => host.toLowerCase() === name);
  if (name === null || !(isOwnName(name) || known)) return "plain";
  return remote || [peer, ...forwardedFor(headers)].every(isLoopback) ? "full" : "plain";
}

/** All addresses that a request is said to have come from; what is no address is none of this machine. */
function forwardedFor(headers: IncomingMessage["headers"]): readonly string[] {
  const lists = ["x-forwarded-for", "x-real-ip", "cf-connecting-ip"].map((name) => headers[name]);
  const forwarded = headers.forwarded ?? "";
  const pairs = [...forwarded.matchAll(/(?:^|[;,\s])for=("[^"]*"|[^;,\s]*)/gi)];
  return [
    ...lists.flatMap((list) => String(list ?? "").split(",")),
    ...pairs.map(([, one]) => one ?? ""),
  ]
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map((one) => hostName(one.replaceAll('"', "")) ?? (isIP(one) === 0 ? "unknown" : one));
}

/**
 * Whether a request that acts comes from a page of this very origin: it is a POST, carries the token,
 * and its Origin, which browsers always send with a POST, is the host that it was sent to.
 */
export function mayAct(request: IncomingMessage, token: string): boolean {
  return request.method === "POST" && mayAsk(request, token);
}

/** Whether a request comes from a page of this very origin, or from no page at all, and has the token. */
export function mayAsk(request: IncomingMessage, token: string): boolean {
  const { headers } = request;
  return isSame(String(headers["x-gust-token"] ?? ""), token) && !isForeign(request);
}

/** Whether a page of another origin asks, where a browser says so. */
export function isForeign({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if ((headers["sec-fetch-site"] ?? "same-origin") !== "same-origin") return true;
  return origin !== undefined && originHost(origin) !== host;
}

/** Headers of everything that gust itself answers to browsers. */
export const guardHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** 127.0.0.0/8, ::1, and the former as the latter write it; a peer of a unix socket has none. */
export function isLoopback(peer: string): boolean {
  const address = peer.replace(/^::ffff:/i, "");
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

/** The name of `NAME`, `NAME:PORT` or `[ADDRESS]:PORT`, in lower case; null where it is none. */
export function hostName(host: string): string | null {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^:[\]@/?#\\]+))(?::\d+)?$/i.exec(host);
  const name = found?.[1] ?? found?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, "");
}

/** An address cannot be pointed elsewhere; `localhost` and what is below it never leave the machine. */
function isOwnName(name: string): boolean {
  return isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost");
}

function originHost(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/.exec(origin)?.[1] ?? null;
}

/** Takes as long for a wrong token as for another one. */
function isSame(given: string, token: string): boolean {
  let difference = given.length ^ token.length;
  for (let index = 0; index < token.length; index += 1) {
    difference |= (given.codePointAt(index) ?? 0) ^ (token.codePointAt(index) ?? 0);
  }
  return token !== "" && difference === 0;
}
