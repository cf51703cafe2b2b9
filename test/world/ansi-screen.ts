import { StringDecoder } from "node:string_decoder";
import { width } from "../../src/adapters/terminal/text.ts";

/**
 * A small terminal: what a person would see of the bytes that were written to it. It knows line
 * ends, wrapping, wide characters, colours and the sequences that gust itself uses.
 */
export class AnsiScreen {
  readonly #columns: number;
  readonly #decoder = new StringDecoder("utf8");
  #rows: Cell[][] = [[]];
  #row = 0;
  #column = 0;
  #pending = "";
  #colours = "";
  /** Sequences that this model does not know; a test wants none of them. */
  readonly unknown: string[] = [];

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(data: Uint8Array): void {
    this.#pending += this.#decoder.write(Buffer.from(data));
    for (;;) {
      const match = NEXT.exec(this.#pending);
      if (match === null) return;
      this.#pending = this.#pending.slice(match[0].length);
      if (match[0].startsWith(ESC)) this.#sequence(match[0]);
      else this.#character(match[0]);
    }
  }

  /** All rows ever shown, without blanks at their ends. */
  get rows(): readonly string[] {
    return this.#rows.map((row) => text(row).trimEnd());
  }

  /** The rows as pieces of one colour each; colours as the sequences that made them. */
  get pieces(): readonly (readonly Cell[])[] {
    return this.#rows.map((row) => {
      const pieces: Cell[] = [];
      for (const cell of row) {
        const last = pieces.at(-1);
        if (last?.colours !== cell.colours) pieces.push(cell);
        else pieces[pieces.length - 1] = { text: last.text + cell.text, colours: cell.colours };
      }
      return pieces;
    });
  }

  /** The text of a row that is not in the default colours. */
  coloured(row: number): string {
    return text((this.#rows[row] ?? []).filter((cell) => cell.colours !== ""));
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  #character(character: string): void {
    if (character === "\n") this.#newline();
    else if (character === "\r") this.#column = 0;
    else if (character === "\u{8}") this.#column = Math.max(0, this.#column - 1);
    else if (character >= " ") this.#print(character);
  }

  #print(character: string): void {
    const columns = width(character);
    if (this.#column + columns > this.#columns) this.#newline();
    const row = this.#rows[this.#row] ?? [];
    while (row.length < this.#column) row.push({ text: " ", colours: "" });
    row[this.#column] = { text: character, colours: this.#colours };
    for (let more = 1; more < columns; more += 1) {
      row[this.#column + more] = { text: "", colours: this.#colours };
    }
    this.#column += columns;
  }

  #newline(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.#rows.length === this.#row) this.#rows.push([]);
  }

  #sequence(sequence: string): void {
    const final = sequence.at(-1);
    const parameters = sequence.slice(2, -1);
    if (sequence.endsWith(CANCEL) || sequence.startsWith(`${ESC}]`)) return;
    if (final === "m") this.#colour(sequence, parameters);
    else if (final === "K" && parameters === "") this.#rows[this.#row]?.splice(this.#column);
    else if (final === "J" && parameters === "2") this.#rows = this.#rows.map(() => []);
    else if (final === "J" && parameters === "3") this.#rows = this.#rows.map(() => []);
    else if (final === "H" && parameters === "") [this.#row, this.#column] = [0, 0];
    else this.unknown.push(sequence);
  }

  #colour(sequence: string, parameters: string): void {
    if (parameters === "" || parameters === "0") this.#colours = "";
    else this.#colours += sequence;
  }
}

export interface Cell {
  readonly text: string;
  readonly colours: string;
}

const ESC = "\u{1b}";
const CANCEL = "\u{18}";
// A whole sequence, one broken off by CAN, or a character; nothing for the beginning of one.
const NEXT = new RegExp(
  `^(?:${ESC}(?:\\[[0-?]*(?:[@-~]|${CANCEL})|\\][^\u{7}${CANCEL}]*[\u{7}${CANCEL}]|[^\\[\\]])|[^${ESC}])`,
  "u",
);

function text(row: readonly Cell[]): string {
  return row.map((cell) => cell.text).join("");
}
