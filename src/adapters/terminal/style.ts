import pc from "picocolors";

/** How a line of gust's is put into words and colours. */
export interface WordOptions {
  readonly colors: boolean;
  /** Columns of the terminal, or null where lines are as long as they are. */
  readonly columns: number | null;
  readonly verbose: boolean;
  /** Absolute directory that file names are shown relative to. */
  readonly root: string;
  /** Say what air says, in its words, besides gust's own lines. */
  readonly airWords: boolean;
  /** True where a status line shows what goes on, so that no line needs to say it. */
  readonly footer: boolean;
  /** True where keys are read, so that one can be offered. */
  readonly keys?: boolean;
  /** Colour of each part of the output, by air's names; unknown names count as white. */
  readonly partColors: Readonly<Record<Part, string>>;
  /** Text of a source file for a code frame, or null when it cannot be read. */
  readonly readSource: (file: string) => string | null;
}

/** What a line is about; `error` is what `[log] silent` leaves too. */
export type Line = { readonly part: Part | "error"; readonly text: string };
export type Part = "main" | "watcher" | "build" | "runner";

export const PART_COLORS: Readonly<Record<Part, string>> = {
  main: "magenta",
  watcher: "cyan",
  build: "yellow",
  runner: "green",
};

export type Style = (text: string) => string;

export interface Styles {
  readonly bold: Style;
  readonly dim: Style;
  readonly good: Style;
  readonly bad: Style;
  readonly warn: Style;
  readonly name: Style;
}

export function styles(colors: boolean): Styles {
  const palette = pc.createColors(colors);
  return {
    bold: palette.bold,
    dim: palette.dim,
    good: palette.green,
    bad: palette.red,
    warn: palette.yellow,
    name: palette.cyan,
  };
}

/** The style of air's `[color]` names; `raw` is none. */
export function namedColor(name: string, colors: boolean): Style {
  const palette = pc.createColors(colors);
  switch (name) {
    case "red":
      return palette.red;
    case "green":
      return palette.green;
    case "yellow":
      return palette.yellow;
    case "blue":
      return palette.blue;
    case "magenta":
      return palette.magenta;
    case "cyan":
      return palette.cyan;
    case "raw":
      return (text) => text;
    default:
      return palette.white;
  }
}
