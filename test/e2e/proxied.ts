import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { freePort } from "./census.ts";
import { Gust, type GustOptions } from "./gust.ts";
import { Project } from "./project.ts";
import type { Afterwards } from "../world/temp-module.ts";

/** The program `proxied` under a gust with air's `[proxy]`. */
export interface Proxied {
  readonly gust: Gust;
  readonly project: Project;
  /** Of the proxy. */
  readonly port: number;
  /** Where the program notes what /count is asked. */
  readonly posts: string;
}

/** `more` are further sections of gust.toml. */
export async function proxied(
  t: Afterwards,
  { more = "", ...options }: GustOptions & { readonly more?: string } = {},
): Promise<Proxied> {
  const appPort = await freePort();
  const port = await freePort();
  const project = await Project.create(t, "proxied", {
    "gust.toml": `[proxy]\nenabled = true\nproxy_port = ${port}\napp_port = ${appPort}\napp_start_timeout = 1\n${more}`,
  });
  const posts = join(project.place, "posts.txt");
  const env = { POSTS: posts, ...options.env };
  const gust = await Gust.start(project, { port: appPort, ...options, env });
  await gust.next("live");
  return { gust, project, port, posts };
}

/** The program is started and stopped as air does it, without gust's files in it. */
export const likeAir = { more: '[run]\nswap = "stop-start"\n' };

export const answerGo = (word: string, start = "", imports = ""): string =>
  `package main\n\n${imports}\n\nfunc answer() string { return "${word}" }\n\nfunc atStart() { ${start} }\n`;

export interface Told {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly trailers: IncomingMessage["trailers"];
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const asPage = { "sec-fetch-dest": "document", accept: "text/html" };

/** Asks and takes the whole answer. */
export async function tell(port: number, path: string, asking: Asking = {}): Promise<Told> {
  const response = await begin(port, path, asking);
  let body = "";
  for await (const text of response.setEncoding("latin1")) body += String(text);
  const { statusCode: status = 0, headers, trailers } = response;
  return { status, headers, body, trailers };
}

/** Asks, and resolves as soon as the head of the answer is there. */
export function begin(port: number, path: string, asking: Asking = {}): Promise<IncomingMessage> {
  const { body, ...options } = asking;
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, agent: false, ...options }, resolve);
    asked.on("error", reject);
    asked.end(body);
  });
}

/** What /echo has told of a request. */
export interface Echo {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly header: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly length: string;
  readonly version: string;
}

export async function echo(port: number, path: string, asking: Asking = {}): Promise<Echo> {
  const { status, body } = await tell(port, path, asking);
  assert.equal(status, 200, body);
  return JSON.parse(body) as Echo;
}
