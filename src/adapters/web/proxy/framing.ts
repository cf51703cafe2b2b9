import type { Head } from "./head.ts";

/** How the end of a body is known. */
export interface Framing {
  /**
   * Looks at the next bytes: how many of them belong to the body, what of these is its content, and
   * whether it is over. Throws where they are not what was announced.
   */
  take(bytes: Buffer): Taken;
  /** True: nothing follows the head. */
  readonly empty: boolean;
  /** True: it is over when the connection is. */
  readonly open: boolean;
}

export interface Taken {
  readonly used: number;
  readonly content: readonly Buffer[];
  readonly done: boolean;
}

/** Null: the head says how long it is in no way that is known. */
export function requestFraming(head: Head, minor: number): Framing | null {
  if (head.fields.some(({ name }) => name === "transfer-encoding")) {
    // Programs disagree about chunks of HTTP/1.0, which has none.
    if (minor === 0) return null;
    return head.words("transfer-encoding").at(-1) === "chunked" ? new Chunked() : null;
  }
  return head.get("content-length") === null ? new Sized(0) : sized(head);
}

/** Null: as for requests. */
export function responseFraming(head: Head, status: number, method: string): Framing | null {
  if (method === "HEAD" || status === 204 || status === 304) return new Sized(0);
  if (head.words("transfer-encoding").at(-1) === "chunked") return new Chunked();
  if (head.get("transfer-encoding") !== null) return new Open();
  return head.get("content-length") === null ? new Open() : sized(head);
}

function sized(head: Head): Framing | null {
  const lengths = [...new Set(head.words("content-length"))];
  const [length] = lengths;
  if (length === undefined) return null;
  return lengths.length === 1 && /^\d{1,15}$/.test(length) ? new Sized(Number(length)) : null;
}

class Sized implements Framing {
  readonly open = false;
  readonly empty: boolean;
  #left: number;

  constructor(length: number) {
    this.#left = length;
    this.empty = length === 0;
  }

  take(bytes: Buffer): Taken {
    const used = Math.min(this.#left, bytes.length);
    this.#left -= used;
    return { used, content: [bytes.subarray(0, used)], done: this.#left === 0 };
  }
}

class Open implements Framing {
  readonly open = true;
  readonly empty = false;

  take(bytes: Buffer): Taken {
    return { used: bytes.length, content: [bytes], done: false };
  }
}

/** Longest line of a size; what a program says beside it is in there as well. */
const LONGEST_LINE = 16_384;
const LONGEST_TRAILERS = 1_048_576;

/** In chunks, whose bounds, extensions and trailers are passed on as they are. */
export class Chunked implements Framing {
  readonly open = false;
  readonly empty = false;
  #state: "size" | "data" | "data-end" | "trailers" | "done" = "size";
  #left = 0;
  #line = "";
  #trailers = "";

  /** The lines behind the last chunk, with the empty one at their end. */
  get trailers(): Buffer {
    return Buffer.from(this.#trailers, "latin1");
  }

  take(bytes: Buffer): Taken {
    const content: Buffer[] = [];
    let at = 0;
    while (at < bytes.length && this.#state !== "done") {
      if (this.#state === "data") {
        const part = bytes.subarray(at, at + this.#left);
        content.push(part);
        at += part.length;
        this.#left -= part.length;
        if (this.#left === 0) this.#state = "data-end";
        continue;
      }
      const end = bytes.indexOf(10, at);
      const next = end < 0 ? bytes.length : end + 1;
      this.#line += bytes.toString("latin1", at, next);
      at = next;
      if (end >= 0) this.#lineOver();
      else if (this.#line.length > LONGEST_LINE) throw new Error("a line of a chunk is too long");
    }
    return { used: at, content, done: this.#state === "done" };
  }

  #lineOver(): void {
    const line = this.#line;
    this.#line = "";
    const text = line.replace(/\r?\n$/, "");
    if (this.#state === "size") {
      const [, size] = /^([0-9a-f]{1,13})[ \t]*(?:;.*)?$/i.exec(text) ?? [];
      if (size === undefined) throw new Error(`no size of a chunk: ${text.slice(0, 20)}`);
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? "trailers" : "data";
    } else if (this.#state === "data-end") {
      if (text !== "") throw new Error("a chunk is longer than it says");
      this.#state = "size";
    } else {
      this.#trailers += line;
      if (this.#trailers.length > LONGEST_TRAILERS) throw new Error("too many trailers");
      if (text === "") this.#state = "done";
    }
  }
}
