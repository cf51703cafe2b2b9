import { type RequestOptions, get } from "node:http";
import { get as getSecure } from "node:https";
import type { Address } from "../../core/version.ts";

/** The path that gust's files in the program answer. */
const PATH = "/__gust/build";
const PATIENCE_MS = 5000;

/** Which build answers at an address, as `X-Gust-Build` tells it; null when nobody tells. */
export async function askBuild(at: Address): Promise<string | null> {
  const target = targetOf(at);
  if (target === null) return null;
  return (await ask(get, target)) ?? (at.network === "tcp" ? ask(getSecure, target) : null);
}

function targetOf({ network, address }: Address): RequestOptions | null {
  if (network === "unix") return { socketPath: address };
  if (network === "udp") return null;
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[|\]$/g, "");
  const everywhere = host === "0.0.0.0" || host === "::";
  return { host: everywhere ? "localhost" : host, port: Number(address.slice(colon + 1)) };
}

function ask(by: typeof get, target: RequestOptions): Promise<string | null> {
  return new Promise((resolve) => {
    // It is this machine that is asked, whatever name its certificate has.
    const insecure = { rejectUnauthorized: false };
    const options = { ...target, ...insecure, path: PATH, agent: false, timeout: PATIENCE_MS };
    const request = by(options, (response) => {
      response.resume();
      const told = response.headers["x-gust-build"];
      resolve(typeof told === "string" ? told : null);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(null));
  });
}
