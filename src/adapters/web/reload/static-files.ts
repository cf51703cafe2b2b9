import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { guardHeaders } from "../guard.ts";

/** Files that are the same for everybody. */
export interface StaticFiles {
  find(name: string): StaticFile | null;
}

export interface StaticFile {
  send(request: IncomingMessage, response: ServerResponse): void;
}

/** The scripts in the pages of the program. A page has them from the cache, and asks whether they are new. */
const names = ["client.js", "worker.js"];

export async function staticFiles(dir: string): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>();
  for (const name of names) {
    const content = await readFile(join(dir, name)).catch(() => null);
    if (content !== null) files.set(name, fileOf(content));
  }
  return { find: (name) => files.get(name) ?? null };
}

function fileOf(content: Buffer): StaticFile {
  const tag = `"${createHash("sha256").update(content).digest("hex").slice(0, 16)}"`;
  const headers = {
    ...guardHeaders,
    "cache-control": "no-cache",
    etag: tag,
  };
  return {
    send(request, response) {
      if (request.method !== "GET" && request.method !== "HEAD") {
        response.writeHead(405, guardHeaders).end();
      } else if (request.headers["if-none-match"] === tag) {
        response.writeHead(304, headers).end();
      } else {
        response.writeHead(200, {
          ...headers,
          "content-type": "text/javascript; charset=utf-8",
          "content-length": content.length,
        });
        response.end(request.method === "HEAD" ? undefined : content);
      }
    },
  };
}
