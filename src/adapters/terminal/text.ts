/** How many columns a terminal needs for this text; escape sequences take none. */
export function width(text: string): number {
  let columns = 0;
  for (const piece of pieces(text)) columns += piece.columns;
  return columns;
}

/**
 * Cuts to at most `columns` columns, with `…` in place of what is missing. Colours are closed,
 * a wide character is never halved. Null means no limit.
 */
export function truncate(text: string, columns: number | null): string {
  if (columns === null || width(text) <= columns) return text;
  if (columns <= 0) return "";
  let result = "";
  let used = 0;
  let coloured = false;
  for (const piece of pieces(text)) {
    if (piece.columns > 0 && used + piece.columns > columns - 1) break;
    used += piece.columns;
    coloured ||= piece.text.startsWith(ESCAPE);
    result += piece.text;
  }
  return `${result}…${coloured ? `${ESCAPE}[0m` : ""}`;
}

/**
 * Text from outside (a file name, a compiler message, a program's output) as harmless text for
 * a line of ours: without escape sequences, and with control characters made visible.
 */
export function harmless(text: string): string {
  return text
    .replace(SEQUENCES, "")
    .replaceAll("\t", "    ")
    .replace(CONTROLS, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 32 ? String.fromCodePoint(0x2400 + code) : "\u{fffd}";
    });
}

/** The same characters without escape sequences: colours, titles, moves of the cursor. */
export function withoutSequences(text: string): string {
  return text.includes(ESCAPE) ? text.replace(SEQUENCES, "") : text;
}

/** Lines of text from outside, harmless each; empty lines at both ends are left out. */
export function harmlessLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => harmless(afterReturns(line)).trimEnd());
  const first = lines.findIndex((line) => line !== "");
  if (first === -1) return [];
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(first, last + 1);
}

/**
 * Joins segments with two spaces; one that would pass the right edge begins a new line, with an
 * indent. A segment is never cut: the terminal wraps one that is too long by itself.
 */
export function flow(segments: readonly string[], columns: number | null): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const segment of segments) {
    if (width(segment) === 0) continue;
    const longer = line === "" ? segment : `${line}  ${segment}`;
    if (line !== "" && columns !== null && width(longer) > columns) {
      lines.push(line);
      line = `  ${segment}`;
    } else {
      line = longer;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}

const ESCAPE = "\u{1b}";

// CSI with parameters, OSC and the other strings up to their terminator, and two-byte escapes.
const BELL = "\u{7}";
const SEQUENCES = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|[\\]PX^_][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?|[ -/]*[0-~])`,
  "gu",
);
// Control characters, and those that turn the direction of text around (which can hide things).
const CONTROLS = /[\p{Cc}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

interface Piece {
  readonly text: string;
  readonly columns: number;
}

function* pieces(text: string): Generator<Piece> {
  let from = 0;
  for (const match of text.matchAll(SEQUENCES)) {
    yield* characters(text.slice(from, match.index));
    yield { text: match[0], columns: 0 };
    from = match.index + match[0].length;
  }
  yield* characters(text.slice(from));
}

function* characters(text: string): Generator<Piece> {
  for (const character of text) yield { text: character, columns: columnsOf(character) };
}

const NARROW = /^[\u{20}-\u{7e}\u{a1}-\u{2ff}]$/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;
const WIDE =
  /^(?:[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;

function columnsOf(character: string): number {
  if (NARROW.test(character)) return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** What a terminal would show of a line that a progress bar wrote over with `\r`. */
function afterReturns(line: string): string {
  const shown = line.replace(/\r+$/, "");
  return shown.slice(shown.lastIndexOf("\r") + 1);
}
