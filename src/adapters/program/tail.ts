/**
 * The last bytes of a stream, without keeping the rest. The dump of many goroutines is longer than
 * that, and what it is about stands in its first line: from there on the first bytes are kept too.
 */
export class Tail {
  private head: string | null = null;
  private readonly limit: number;
  private chunks: Uint8Array[] = [];
  private size = 0;

  constructor(limitBytes: number) {
    this.limit = limitBytes;
  }

  add(data: Uint8Array): void {
    this.keepHead(data);
    const piece = data.length > this.limit ? data.subarray(data.length - this.limit) : data;
    // A copy, because the chunk may be a window of a much larger buffer.
    this.chunks.push(Uint8Array.from(piece));
    this.size += piece.length;
    while (this.size - (this.chunks[0]?.length ?? 0) >= this.limit) {
      this.size -= this.chunks.shift()?.length ?? 0;
    }
  }

  /** What was written last, as text, from the start of a line. */
  text(): string {
    const all = Buffer.concat(this.chunks).toString("utf8");
    const text = all.length > this.limit ? all.slice(-this.limit) : all;
    const cut = this.size >= this.limit ? text.indexOf("\n") + 1 : 0;
    const rest = text.slice(cut);
    if (this.head === null || rest.includes(firstLine(this.head))) return rest;
    return `${this.head}\n…\n${rest.slice(-this.limit / 2)}`;
  }

  private keepHead(data: Uint8Array): void {
    if (this.head !== null && this.head.length < headMax) {
      this.head = (this.head + Buffer.from(data).toString("utf8")).slice(0, headMax);
      return;
    }
    // A view, not a copy: every byte that the program writes comes by here.
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const found = deathCry.exec(bytes.toString("latin1"));
    if (found === null) return;
    this.head = Buffer.from(data.subarray(found.index)).toString("utf8").slice(0, headMax);
  }
}

/** How much is kept from the first line of a dump, in characters. */
const headMax = 4096;

/** How the runtime begins when it ends a program. */
const deathCry = /^(?:panic: |fatal error: |SIG[A-Z]+: |WARNING: DATA RACE)/m;

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";
