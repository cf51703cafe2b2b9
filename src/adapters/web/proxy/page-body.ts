import { once } from "node:events";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { TagInserter } from "../../../core/html-insertion.ts";
import type { Injection } from "./page-answer.ts";

/** The page with the script in it, as it comes. Throws where it is not encoded as it says. */
export async function* withScript(
  page: AsyncIterable<Buffer>,
  { tag, coding }: Injection,
): AsyncGenerator<Uint8Array> {
  const inserter = new TagInserter(tag);
  for await (const part of decoded(page, coding)) {
    const passed = Buffer.concat(inserter.push(part));
    if (passed.length > 0) yield passed;
  }
  const rest = Buffer.concat(inserter.end());
  if (rest.length > 0) yield rest;
}

async function* decoded(page: AsyncIterable<Buffer>, coding: string): AsyncGenerator<Uint8Array> {
  if (coding === "identity") return yield* page;
  const iterator = page[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const decoder = decoderFor(coding, first.value);
  const feed = async (): Promise<void> => {
    let part: IteratorResult<Buffer> = first;
    while (part.done !== true) {
      if (!decoder.write(part.value)) await once(decoder, "drain");
      part = await iterator.next();
    }
    decoder.end();
  };
  feed().catch((error: unknown) => decoder.destroy(error instanceof Error ? error : undefined));
  for await (const part of decoder) if (Buffer.isBuffer(part)) yield part;
}

function decoderFor(coding: string, begin: Buffer): Transform {
  if (coding === "br") return zlib.createBrotliDecompress();
  if (coding === "zstd" && "createZstdDecompress" in zlib) {
    return (zlib.createZstdDecompress as () => Transform)();
  }
  // By the standard it has a header of zlib's, which some leave out.
  if (coding === "deflate") {
    return ((begin[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
  }
  return zlib.createGunzip();
}
