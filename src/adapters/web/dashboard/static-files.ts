import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { guardHeaders } from "../guard.ts";

/** A file of the dashboard's front end, or 404. */
export async function answerStatic(
  dir: string,
  path: string,
  head: boolean,
  response: ServerResponse,
): Promise<void> {
  const name = path === "/" ? "dashboard.html" : path.slice(1);
  const type = TYPES[extname(name)];
  // One directory, and nothing but what the dashboard is made of: there are no ways out of such names.
  const content =
    type === undefined || !/^dashboard[\w.-]*$/.test(name)
      ? null
      : await readFile(join(dir, name)).catch(() => null);
  const headers = { ...guardHeaders, "cache-control": "no-cache" };
  if (content === null) {
    response.writeHead(404, { ...headers, "content-type": "text/plain; charset=utf-8" });
    response.end("there is no such page\n");
    return;
  }
  response.writeHead(200, {
    ...headers,
    "content-type": type,
    "content-length": content.length,
  });
  response.end(head ? undefined : content);
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};
