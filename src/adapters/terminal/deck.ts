import { type Styles, namedColor, styles } from "./style.ts";
import type { LineScreen, Screen, Stream } from "./screen.ts";
import { harmless, truncate } from "./text.ts";

export interface DeckOptions {
  readonly screen: Pick<Screen, "terminal" | "output" | "drained" | "lines" | "footer" | "clear">;
  readonly names: readonly string[];
  readonly colors: boolean;
  /** Columns of the terminal now; null where gust's lines go to none. */
  readonly columns: () => number | null;
  /** Calls back once after `ms`; the result cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/**
 * One screen for several services. Each has its own view of it: its name stands in front of every
 * line, and the status line has what all of them have to say.
 */
export class Deck {
  readonly #options: DeckOptions;
  readonly #style: Styles;
  readonly #width: number;
  readonly #footers = new Map<string, string>();
  readonly #muted = new Set<string>();
  #focus: string | null = null;
  /** What was typed since the last whole line. */
  #typed = "";

  constructor(options: DeckOptions) {
    this.#options = options;
    this.#style = styles(options.colors);
    this.#width = Math.max(0, ...options.names.map((name) => name.length));
  }

  /** Whose output alone is shown; null: everybody's. */
  get focus(): string | null {
    return this.#focus;
  }

  setFocus(name: string | null): void {
    this.#focus = name;
  }

  /** Shows its output no more, or again; true when it is not shown from now on. */
  toggleMute(name: string): boolean {
    if (!this.#muted.delete(name)) this.#muted.add(name);
    return this.#muted.has(name);
  }

  /** Shows what was typed to a service: a line when it is whole. */
  echo(name: string, data: Uint8Array): void {
    const lines = (this.#typed + Buffer.from(data).toString()).split("\r");
    this.#typed = lines.pop() ?? "";
    const { screen } = this.#options;
    screen.lines(
      lines.map((line) => `${this.#prefix(name)}${this.#style.dim("> ")}${harmless(line)}`),
    );
  }

  /** Columns that the names take. */
  get margin(): number {
    return this.#width + SEPARATOR.length;
  }

  /** The screen as one service sees it. */
  screen(name: string): LineScreen {
    const { screen } = this.#options;
    const lanes = { stdout: this.#lane(name, "stdout"), stderr: this.#lane(name, "stderr") };
    const flush = (): void => {
      lanes.stdout.flush();
      lanes.stderr.flush();
    };
    return {
      terminal: screen.terminal,
      output: (stream, data) => (this.#shows(name) ? lanes[stream].put(data) : true),
      drained: () => screen.drained(),
      lines: (lines) => screen.lines(lines.map((line) => this.#prefix(name) + line)),
      footer: (text) => this.#setFooter(name, text),
      clear: (history) => screen.clear(history),
      close: async () => {
        flush();
        this.#setFooter(name, null);
        await screen.drained();
      },
      rescue: flush,
    };
  }

  #shows(name: string): boolean {
    return !this.#muted.has(name) && (this.#focus === null || this.#focus === name);
  }

  #prefix(name: string): string {
    const { names } = this.#options;
    const color = COLORS[names.indexOf(name) % COLORS.length] ?? "cyan";
    const colored = namedColor(color, this.#options.colors);
    return colored(name.padEnd(this.#width)) + this.#style.dim(SEPARATOR);
  }

  /** Whole lines of a service's output; what is left of one waits a while for its end. */
  #lane(name: string, stream: Stream): { put(data: Uint8Array): boolean; flush(): void } {
    const { screen, after, colors } = this.#options;
    const prefix = Buffer.from(this.#prefix(name));
    let rest: Uint8Array = new Uint8Array(0);
    let cancel: (() => void) | null = null;
    const write = (lines: readonly Uint8Array[]): boolean => {
      // Colours that a line leaves on are not those of the next, which may be somebody else's.
      const pieces = lines.flatMap((line) =>
        colors && line.includes(ESC) ? [prefix, line, RESET, END] : [prefix, line, END],
      );
      return pieces.length === 0 || screen.output(stream, Buffer.concat(pieces));
    };
    const flush = (): void => {
      cancel?.();
      cancel = null;
      const last = rest;
      rest = new Uint8Array(0);
      if (last.length > 0) write([last]);
    };
    return {
      flush,
      put: (data) => {
        const lines: Uint8Array[] = [];
        let from = 0;
        for (let end = data.indexOf(LF); end !== -1; end = data.indexOf(LF, from)) {
          lines.push(Buffer.concat([rest, data.subarray(from, end)]));
          rest = new Uint8Array(0);
          from = end + 1;
        }
        rest = Buffer.concat([rest, data.subarray(from)]);
        const room = write(lines);
        cancel?.();
        cancel = null;
        if (rest.length > MOST_REST) flush();
        else if (rest.length > 0) cancel = after(PATIENCE_MS, flush);
        return room;
      },
    };
  }

  #setFooter(name: string, text: string | null): void {
    if (text === null) this.#footers.delete(name);
    else this.#footers.set(name, text);
    const { screen, names, columns } = this.#options;
    const told = names.flatMap((one) => {
      const words = this.#footers.get(one);
      return words === undefined ? [] : [`${this.#style.bold(one)} ${words}`];
    });
    const room = columns();
    screen.footer(
      told.length === 0
        ? null
        : truncate(told.join(this.#style.dim(SEPARATOR)), room === null ? null : room - 1),
    );
  }
}

const SEPARATOR = " │ ";
const COLORS = ["cyan", "magenta", "green", "blue", "yellow"] as const;
const ESC = 0x1b;
const LF = 0x0a;
const END: Uint8Array = Buffer.from("\n");
const RESET: Uint8Array = Buffer.from("\u{1b}[0m");
/** A line without an end is shown after this time: it may be a question. */
const PATIENCE_MS = 500;
const MOST_REST = 65_536;
