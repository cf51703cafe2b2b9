import { levelOf } from "../../../adapters/logs/level.ts";
import { LineAssembler, type LogItem } from "../../../adapters/logs/lines.ts";
import { withoutSequences } from "../../../adapters/terminal/text.ts";
import type { LogLine } from "../../../core/dashboard.ts";

type Stream = "stdout" | "stderr";

interface Source {
  readonly generation: number;
  readonly pid: number;
}

/** What waits to be put together to lines; without `data` the version has ended. */
interface Piece extends Source {
  readonly time: number;
  readonly stream: Stream;
  readonly data: Uint8Array | null;
}

export interface Fresh {
  readonly lines: readonly LogLine[];
  /** Bytes before them that came faster than anybody asked for lines. */
  readonly missing: number;
}

/**
 * The last output of one program. While nobody looks, bytes are kept as they came, which costs next to
 * nothing; lines are made of them when somebody does.
 */
export class LogFeed {
  readonly #mask: (text: string) => string;
  readonly #assemblers = new Map<number, LineAssembler>();
  #pieces: Piece[] = [];
  /** What the pieces take in memory, about. */
  #cost = 0;
  #lines: readonly LogLine[] = [];
  #ids = 0;
  #missing = 0;

  constructor(mask: (text: string) => string) {
    this.#mask = mask;
  }

  write(source: Source, stream: Stream, data: Uint8Array): void {
    // A copy: what comes from a socket is a part of something larger, which would be kept for it.
    const { generation, pid } = source;
    this.#keep({ generation, pid, stream, time: Date.now(), data: new Uint8Array(data) });
  }

  /** The version has ended: what it has begun of a line is one. */
  end(generation: number): void {
    const ended = { generation, pid: 0, stream: "stdout", time: 0, data: null } as const;
    if (this.#pieces.length > 0 || this.#assemblers.has(generation)) this.#keep(ended);
  }

  /** The lines that are kept, at most two thousand, and as many of the newest as fit into so many bytes of JSON. */
  all(most: number): readonly LogLine[] {
    this.fresh();
    return newest(this.#lines, most, (line) => Buffer.byteLength(JSON.stringify(line)) + 1);
  }

  /** What has come since the last call of this or of `all`. */
  fresh(): Fresh {
    const pieces = this.#newest();
    this.#pieces = [];
    this.#cost = 0;
    const items = pieces.flatMap((piece) => this.#itemsOf(piece));
    const shown = items.slice(-MOST_LINES);
    // What is missing is missing before a line.
    if (shown.length === 0) return { lines: [], missing: 0 };
    const missing = this.#missing;
    this.#missing = 0;
    const lines = shown.map((item) => this.#lineOf(item));
    this.#lines = newest([...this.#lines, ...lines].slice(-MOST_LINES), MOST_KEPT, sizeOf);
    return { lines, missing };
  }

  /** The pieces with as many lines as are shown: to put others together could keep a save waiting. */
  #newest(): readonly Piece[] {
    const pieces = this.#pieces;
    let lines = 0;
    for (let index = pieces.length - 1; index >= 0; index -= 1) {
      const piece = pieces[index];
      const data = piece?.data ?? NONE;
      let end = data.lastIndexOf(LINE_END);
      for (; end >= 0 && lines < MOST_LINES; end = before(data, end)) lines += 1;
      if (piece === undefined || end < 0) continue;
      const from = end + 1;
      const left = pieces.slice(0, index);
      this.#missing += left.reduce((sum, { data }) => sum + (data?.length ?? 0), from);
      this.#assemblers.clear();
      return [{ ...piece, data: data.subarray(from) }, ...pieces.slice(index + 1)];
    }
    return pieces;
  }

  #itemsOf({ generation, pid, stream, time, data }: Piece): readonly Assembled[] {
    const assembler = this.#assemblers.get(generation) ?? new LineAssembler({ run: 0, generation });
    this.#assemblers.set(generation, assembler);
    const items =
      data === null ? assembler.rest() : assembler.add({ kind: stream, time, pid, data });
    if (data === null) this.#assemblers.delete(generation);
    return items.filter((item) => item.type === "line");
  }

  #lineOf({ generation, stream, text, time }: Assembled): LogLine {
    // Not more than is shown is looked through.
    const plain = withoutSequences(text.slice(0, 4 * MOST_TEXT));
    const isCut = plain.length > MOST_TEXT || text.length > 4 * MOST_TEXT;
    this.#ids += 1;
    return {
      id: this.#ids,
      at: time,
      generation,
      stream,
      level: LEVELS[levelOf(plain) ?? "none"],
      text: isCut ? `${this.#mask(plain).slice(0, MOST_TEXT)}…` : this.#mask(plain),
    };
  }

  #keep(piece: Piece): void {
    this.#pieces.push(piece);
    this.#cost += costOf(piece);
    if (this.#cost > 2 * MOST_BYTES) this.#shorten();
  }

  /** The oldest half goes. */
  #shorten(): void {
    let from = 0;
    for (const piece of this.#pieces) {
      if (this.#cost <= MOST_BYTES) break;
      this.#cost -= costOf(piece);
      this.#missing += piece.data?.length ?? 0;
      from += 1;
    }
    this.#pieces = this.#pieces.slice(from);
    // What was begun of a line does not go on with what comes now.
    this.#assemblers.clear();
  }
}

type Assembled = Extract<LogItem, { readonly type: "line" }>;

/** A program may write each character by itself. */
const costOf = ({ data }: Piece): number => (data?.length ?? 0) + PIECE_BYTES;

const NONE = new Uint8Array(0);
const LINE_END = 10;

const before = (data: Uint8Array, at: number): number =>
  at === 0 ? -1 : data.lastIndexOf(LINE_END, at - 1);

/** The newest lines that fit into `most` together. */
function newest(
  lines: readonly LogLine[],
  most: number,
  sizeOf: (line: LogLine) => number,
): readonly LogLine[] {
  let left = most;
  const from = lines.findLastIndex((line) => {
    left -= sizeOf(line);
    return left < 0;
  });
  return from < 0 ? lines : lines.slice(from + 1);
}

const sizeOf = ({ text }: LogLine): number => text.length;

const LEVELS = {
  none: null,
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  fatal: "error",
} as const;

const MOST_BYTES = 262_144;
/** What a piece takes besides its bytes. */
const PIECE_BYTES = 128;
const MOST_LINES = 2000;
const MOST_TEXT = 8192;
/** Characters of all lines that are kept. */
const MOST_KEPT = 2_097_152;
