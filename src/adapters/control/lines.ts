import type { Socket } from "node:net";

/**
 * Calls back with each whole line that comes over a socket; empty lines are skipped. A line of
 * more than `most` bytes calls `tooLong` once, and nothing is read any more.
 */
export function readLines(
  socket: Socket,
  most: number,
  sink: { line(text: string): void; tooLong(): void },
): void {
  let pieces: Buffer[] = [];
  let length = 0;
  function take(data: Buffer): void {
    let from = 0;
    for (;;) {
      const end = data.indexOf(NEWLINE, from);
      const piece = data.subarray(from, end === -1 ? data.length : end);
      length += piece.length;
      if (length > most) {
        socket.off("data", take);
        pieces = [];
        return sink.tooLong();
      }
      pieces.push(piece);
      if (end === -1) return;
      const text = Buffer.concat(pieces, length).toString().trim();
      pieces = [];
      length = 0;
      from = end + 1;
      if (text !== "") sink.line(text);
    }
  }
  socket.on("data", take);
}

const NEWLINE = 0x0a;
