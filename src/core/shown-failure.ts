import { codeFrame } from "./code-frame.ts";
import type { Failure, FailureCode } from "./failure.ts";

/** A failure as pages show it: with the lines of source, and names that people know files by. */
export interface ShownFailure {
  readonly code: FailureCode;
  readonly message: string;
  /** Output of the command or the program, where no place says it; its last lines. */
  readonly seen: readonly string[];
  readonly hint: string | null;
  /** Arguments of the go command that would put it right; null where there is none. */
  readonly fix: readonly string[] | null;
  /** The user's own files first. */
  readonly places: readonly ShownPlace[];
}

/** A place in a source file. Lines and columns count from 1; a column of 0 is unknown. */
export interface ShownPlace {
  /** Absolute. */
  readonly file: string;
  /** Relative to the root where it lies there. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
  /** What the compiler says of it, or the function of a trace. */
  readonly message: string;
  /** True for the user's own files. */
  readonly own: boolean;
  /** The lines around it as `codeFrame` makes them; the line itself begins with `>`. */
  readonly frame: readonly string[];
}

/** How a failure is put before somebody who knows the project by its root. */
export interface ShowOptions {
  /** Absolute directory; its files are named relative to it. */
  readonly root: string;
  readonly separator: string;
  /** Text of a source file; null when it cannot be read. */
  readonly readSource: (file: string) => string | null;
}

/** Shows a failure. At most ten places are shown, three of them with code, and two hundred lines. */
export function shownFailure(failure: Failure, options: ShowOptions): ShownFailure {
  const places = placesOf(failure).toSorted((a, b) => Number(b.own) - Number(a.own));
  return {
    code: failure.code,
    message: failure.message,
    seen: seenLines(failure),
    hint: failure.hint ?? null,
    fix: failure.fix ?? null,
    places: places.slice(0, MOST_PLACES).map((place, index) => ({
      ...place,
      name: nameOf(place.file, options),
      frame: index < MOST_FRAMES ? (frameOf(place, options) ?? []) : [],
    })),
  };
}

/** How much of a failure is shown: of places, of places with code, of lines of output. */
export const MOST_PLACES = 10;
export const MOST_FRAMES = 3;
export const MOST_LINES = 200;

type Place = Omit<ShownPlace, "name" | "frame">;

function placesOf({ diagnostics = [], crash }: Failure): readonly Place[] {
  const { frame } = crash ?? {};
  if (frame === undefined) return diagnostics;
  const { file, line } = frame;
  return [{ file, line, column: 0, message: frame.function, own: true }, ...diagnostics];
}

/** The compiler's output says what the diagnostics say. */
function seenLines({ diagnostics = [], seen, crash }: Failure): readonly string[] {
  const words = crash === undefined ? [] : [crash.message];
  if (diagnostics.length > 0 || seen === undefined || seen.trim() === "") return words;
  const lines = seen.trim().split("\n").slice(-MOST_LINES);
  return lines.includes(crash?.message ?? "") ? lines : [...words, ...lines];
}

/** The lines around a place; null where its file cannot be read. */
export function frameOf(
  { file, line, column }: Pick<ShownPlace, "file" | "line" | "column">,
  { readSource }: Pick<ShowOptions, "readSource">,
): readonly string[] | null {
  const source = readSource(file);
  return source === null ? null : codeFrame(source, line, column);
}

/** A file as people know it who know the project by its root. */
export function nameOf(
  file: string,
  { root, separator }: Pick<ShowOptions, "root" | "separator">,
): string {
  const within = root.endsWith(separator) ? root : root + separator;
  return file.startsWith(within) ? file.slice(within.length) : file;
}
