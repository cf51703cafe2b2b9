/** The last bytes of a stream, without keeping the rest. */
export class Tail {
  private readonly limit: number;
  private chunks: Uint8Array[] = [];
  private size = 0;

  constructor(limitBytes: number) {
    this.limit = limitBytes;
  }

  add(data: Uint8Array): void {
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
    return text.slice(cut);
  }
}
