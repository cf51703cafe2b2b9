import { levelOf } from "../../../adapters/logs/level.ts";
import { LineAssembler } from "../../../adapters/logs/lines.ts";
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
  #bytes = 0;
  #lines: LogLine[] = [];
  #ids = 0;
  #missing = 0;

  constructor(mask: (text: string) => string) {
    this.#mask = mask;
  }

  write(source: Source, stream: Stream, data: Uint8Array): void {
    // A copy: what comes from a socket is a part of something larger, which would be kept for it.
    const { generation, pid } = source;
    this.#pieces.push({ generation, pid, stream, time: Date.now(), data: new Uint8Array(data) });
    this.#bytes += data.length;
    if (this.#bytes > 2 * MOST_BYTES) this.#shorten();
  }

  /** The version has ended: what it has begun of a line is one. */
  end(generation: number): void {
    const ended = { generation, pid: 0, stream: "stdout", time: 0, data: null } as const;
    if (this.#pieces.length > 0 || this.#assemblers.has(generation)) this.#pieces.push(ended);
  }

  /** All lines that are kept, at most two thousand. */
  all(): readonly LogLine[] {
    this.fresh();
    return this.#lines;
  }

  /** What has come since the last call of this or of `all`. */
  fresh(): Fresh {
    const pieces = this.#pieces;
    const missing = this.#missing;
    this.#pieces = [];
    this.#bytes = 0;
    this.#missing = 0;
    const lines = pieces.flatMap((piece) => this.#linesOf(piece)).slice(-MOST_LINES);
    if (lines.length > 0) this.#lines = [...this.#lines, ...lines].slice(-MOST_LINES);
    return { lines, missing };
  }

  #linesOf({ generation, pid, stream, time, data }: Piece): readonly LogLine[] {
    const assembler = this.#assemblers.get(generation) ?? new LineAssembler({ run: 0, generation });
    this.#assemblers.set(generation, assembler);
    const items =
      data === null ? assembler.rest() : assembler.add({ kind: stream, time, pid, data });
    if (data === null) this.#assemblers.delete(generation);
    return items.flatMap((item) => {
      if (item.type !== "line") return [];
      const plain = withoutSequences(item.text);
      this.#ids += 1;
      return {
        id: this.#ids,
        at: item.time,
        generation,
        stream: item.stream,
        level: LEVELS[levelOf(plain) ?? "none"],
        text: this.#mask(plain.length > MOST_TEXT ? `${plain.slice(0, MOST_TEXT)}…` : plain),
      };
    });
  }

  /** The oldest half goes. */
  #shorten(): void {
    const before = this.#bytes;
    let from = 0;
    while (this.#bytes > MOST_BYTES && from < this.#pieces.length) {
      this.#bytes -= this.#pieces[from]?.data?.length ?? 0;
      from += 1;
    }
    this.#pieces = this.#pieces.slice(from);
    this.#missing += before - this.#bytes;
    // What was begun of a line does not go on with what comes now.
    this.#assemblers.clear();
  }
}

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
const MOST_LINES = 2000;
const MOST_TEXT = 8192;
