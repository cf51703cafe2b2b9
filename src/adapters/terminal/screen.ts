import { Cursor } from "./cursor.ts";
import { Lane } from "./lane.ts";
import type { Sink } from "./sink.ts";

export interface ScreenOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** True when both lead to the same terminal, file or pipe. */
  readonly shared: boolean;
  /** True when gust's own lines (stderr) go to a terminal: only then is there a status line. */
  readonly terminal: boolean;
  /** Calls back once after `ms`; the result cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** The destination takes no more, for example because its reader is gone. */
  readonly lost: (stream: Stream, error: Error) => void;
}

export type Stream = "stdout" | "stderr";

/** What a presenter needs of a screen, be it whole or a part of one. */
export type LineScreen = Pick<
  Screen,
  "terminal" | "output" | "drained" | "lines" | "footer" | "clear" | "close" | "rescue"
>;

/**
 * The only writer of gust's stdout and stderr. The program's bytes pass unchanged and in order;
 * gust's lines go to stderr, never into the middle of a line, character or escape sequence of the
 * program's; the status line is erased before anything is written and drawn again after it.
 */
export class Screen {
  readonly #options: ScreenOptions;
  readonly #lanes: Readonly<Record<Stream, Lane>>;
  /** Follows everything that goes to the destination of gust's lines. */
  readonly #cursor = new Cursor();
  #footer: string | null = null;
  #drawn: string | null = null;
  #watching = false;
  #foreground = true;
  /** Lines that wait for the program to end its line. */
  #held: string[] = [];
  #cancelHold: (() => void) | null = null;
  #kept: Kept | null = null;

  constructor(options: ScreenOptions) {
    this.#options = options;
    const stderr = new Lane(options.stderr, (error) => options.lost("stderr", error));
    const stdout = options.shared
      ? stderr
      : new Lane(options.stdout, (error) => options.lost("stdout", error));
    this.#lanes = { stdout, stderr };
  }

  /** True when there is a status line. */
  get terminal(): boolean {
    return this.#options.terminal;
  }

  /**
   * Passes on what the program wrote. False: so much waits that the program should be held up;
   * `drained` tells when to go on. The bytes must not be changed afterwards.
   */
  output(stream: Stream, data: Uint8Array): boolean {
    const lane = this.#lanes[stream];
    if (lane !== this.#lanes.stderr) lane.put(data);
    else if (this.#kept === null) this.#pass(data);
    else this.#keep(this.#kept, data);
    return lane.room;
  }

  /** Resolves when everything that waited is written. */
  drained(): Promise<void> {
    const { stdout, stderr } = this.#lanes;
    return new Promise((resolve) => stdout.whenEmpty(() => stderr.whenEmpty(resolve)));
  }

  /** Lines of gust's, without line ends. */
  lines(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#held.push(...lines);
    if (this.#kept !== null) return;
    if (this.#cursor.lineStart) this.#release();
    else this.#cancelHold ??= this.#options.after(HOLD_MS, () => this.#release());
  }

  /** What the status line should say; null for none. One line that fits the terminal. */
  footer(text: string | null): void {
    this.#footer = text;
    this.#refresh();
  }

  /** Clears the terminal, and with `history` what was scrolled out of it too. */
  clear(history: boolean): void {
    if (!this.#options.terminal || this.#kept !== null) return;
    this.#erase();
    this.#own(`${history ? `${CSI}3J` : ""}${CSI}H${CSI}2J`);
    this.#cursor.ended();
    this.#refresh();
  }

  /**
   * Leaves the terminal to somebody else (an editor, the shell) and resolves when nothing of ours
   * is under way to it. What comes meanwhile waits; the oldest output is left out beyond 4 MB.
   */
  async suspend(): Promise<void> {
    this.#settle();
    this.#kept ??= { pieces: [], bytes: 0, dropped: 0 };
    await this.drained();
  }

  /** Writes what waited, and goes on; in the background without a status line. */
  resume(foreground = true): void {
    this.#foreground = foreground;
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null) this.#unpack(kept);
    if (!foreground) this.#erase();
    this.#refresh();
  }

  /** Writes everything, without a status line, and resolves when it is written. */
  async close(): Promise<void> {
    this.resume();
    this.#footer = null;
    this.#settle();
    await this.drained();
  }

  /** The same in a blocking way, for an exit that cannot wait. */
  rescue(): void {
    this.resume();
    this.#footer = null;
    this.#settle();
    this.#lanes.stderr.rescue();
    this.#lanes.stdout.rescue();
  }

  #pass(data: Uint8Array): void {
    this.#erase();
    let rest = data;
    if (this.#held.length > 0) {
      // The line that was under way ends here, if it does: the waiting lines go after it.
      const end = data.indexOf(NEWLINE) + 1;
      this.#put(data.subarray(0, end));
      rest = data.subarray(end);
      if (this.#cursor.lineStart) this.#release();
    }
    this.#put(rest);
    this.#refresh();
  }

  #put(data: Uint8Array): void {
    this.#cursor.feed(data);
    this.#lanes.stderr.put(data);
  }

  #keep(kept: Kept, data: Uint8Array): void {
    kept.pieces.push(data);
    kept.bytes += data.length;
    while (kept.bytes > MOST_KEPT) {
      const oldest = kept.pieces.shift();
      if (oldest === undefined) break;
      kept.bytes -= oldest.length;
      kept.dropped += oldest.length;
    }
  }

  #unpack(kept: Kept): void {
    this.#cursor.ended();
    if (kept.dropped > 0) this.#write([`${kept.dropped} bytes of output were left out meanwhile`]);
    for (const piece of kept.pieces) this.#pass(piece);
    if (this.#held.length > 0) this.lines(this.#held.splice(0));
  }

  /** Writes the lines that wait, after the end of the program's line, forced if need be. */
  #release(): void {
    this.#cancelHold?.();
    this.#cancelHold = null;
    if (this.#kept !== null) return;
    this.#write(this.#held.splice(0));
    this.#refresh();
  }

  #write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#erase();
    const colours = this.#options.terminal ? this.#cursor.colours : "";
    let text = "";
    if (!this.#cursor.lineStart) {
      // CAN makes a terminal forget an escape sequence that was begun.
      text += this.#options.terminal && !this.#cursor.whole ? `${CANCEL}\n` : "\n";
      this.#cursor.ended();
    }
    if (colours !== "") text += `${CSI}0m`;
    text += lines.map((line) => `${line}\n`).join("");
    this.#own(text + colours);
  }

  #settle(): void {
    if (this.#held.length > 0) this.#release();
    this.#erase();
  }

  /** Draws the status line, or wants to be told when it can be drawn. */
  #refresh(): void {
    if (!this.#options.terminal || !this.#foreground || this.#kept !== null) return;
    if (this.#footer === this.#drawn) return;
    const lane = this.#lanes.stderr;
    if (this.#footer === null) {
      this.#erase();
    } else if (this.#drawn === null && !lane.empty) {
      // While output flows the status line would only flicker: it comes when the flow ends.
      if (this.#watching) return;
      this.#watching = true;
      lane.whenEmpty(() => {
        this.#watching = false;
        this.#refresh();
      });
    } else if (this.#cursor.lineStart && !this.#cursor.alternate && this.#held.length === 0) {
      const before = this.#drawn === null ? "" : "\r";
      const reset = this.#cursor.colours === "" ? "" : `${CSI}0m`;
      this.#own(`${before}${reset}${this.#footer}${CSI}K`);
      this.#drawn = this.#footer;
    }
  }

  #erase(): void {
    if (this.#drawn === null) return;
    this.#drawn = null;
    this.#own(`\r${CSI}K${this.#cursor.colours}`);
  }

  /** Bytes of ours, which the cursor of the program does not follow. */
  #own(text: string): void {
    this.#lanes.stderr.put(Buffer.from(text));
  }
}

interface Kept {
  readonly pieces: Uint8Array[];
  bytes: number;
  dropped: number;
}

/** How long a line of gust's waits for the program to end the line it is on. */
const HOLD_MS = 50;
const MOST_KEPT = 4_194_304;
const NEWLINE = 0x0a;
const CANCEL = "\u{18}";
const CSI = "\u{1b}[";
