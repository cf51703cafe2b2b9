import type { IncomingMessage, ServerResponse } from "node:http";
import { guardHeaders } from "./guard.ts";

/** Few words, and nothing of what was asked for in them. */
export function refuse(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { ...guardHeaders, "content-type": "text/plain; charset=utf-8" })
    .end(`${text}\n`);
}

/** The body of a request, at most so many bytes. Null: it is longer, or its client has gone. */
export async function readBody(request: IncomingMessage, most: number): Promise<string | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of request) {
      if (!Buffer.isBuffer(piece)) return null;
      length += piece.length;
      if (length > READ_ON * most) return null;
      if (length <= most) pieces.push(piece);
    }
  } catch {
    return null;
  }
  return length > most ? null : Buffer.concat(pieces).toString();
}

/** What is too much is read to its end, so that whoever sends it hears the answer; to so many times that. */
const READ_ON = 16;
