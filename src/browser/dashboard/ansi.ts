/** A piece of text with the colours that escape sequences gave it. */
export interface Coloured {
  readonly text: string;
  /** Classes of the style sheet: `ansi-31 ansi-bold`; "" for plain text. */
  readonly classes: string;
}

/**
 * A line of a program's output in its colours. Other sequences are left out, control characters and
 * those that turn the direction of text around are made visible: they can hide things.
 */
export function colouredText(line: string): readonly Coloured[] {
  const pieces: Coloured[] = [];
  let ink: Ink = plain;
  let from = 0;
  const add = (text: string): void => {
    if (text !== "") pieces.push({ text: visible(text), classes: classesOf(ink) });
  };
  for (const match of line.matchAll(sequences)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    const colours = /^.\[([\d;]*)m$/su.exec(match[0])?.[1];
    if (colours !== undefined) ink = inkAfter(ink, colours);
  }
  add(line.slice(from));
  return pieces;
}

/** The same characters as harmless text without colours. */
export function plainText(line: string): string {
  return visible(line.replace(sequences, ""));
}

interface Ink {
  readonly colour: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

const plain: Ink = { colour: null, bold: false, dim: false };
const escape = "\u{1b}";
const bell = "\u{7}";
// CSI with parameters, OSC and the other strings up to their terminator, and two-byte escapes.
const sequences = new RegExp(
  `${escape}(?:\\[[0-?]*[ -/]*[@-~]|[\\]PX^_][^${bell}${escape}]*(?:${bell}|${escape}\\\\)?|[ -/]*[0-~])`,
  "gu",
);
const controls = /[\p{Cc}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

function visible(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\t" || character === "\n") return character;
    return code < 32 ? String.fromCodePoint(0x2400 + code) : "\u{fffd}";
  });
}

function inkAfter(ink: Ink, codes: string): Ink {
  let next = ink;
  const numbers = codes.split(";").map(Number);
  for (let index = 0; index < numbers.length; index += 1) {
    const code = numbers[index] ?? 0;
    // Colours of a larger palette are left out, with their numbers.
    if (code === 38 || code === 48) index += numbers[index + 1] === 5 ? 2 : 4;
    else next = withCode(next, code);
  }
  return next;
}

function withCode(ink: Ink, code: number): Ink {
  if (code === 0) return plain;
  if (code === 1) return { ...ink, bold: true };
  if (code === 2) return { ...ink, dim: true };
  if (code === 22) return { ...ink, bold: false, dim: false };
  if (code === 39) return { ...ink, colour: null };
  if (code >= 30 && code <= 37) return { ...ink, colour: code };
  if (code >= 90 && code <= 97) return { ...ink, colour: code - 60 };
  return ink;
}

function classesOf({ colour, bold, dim }: Ink): string {
  return [
    ...(colour === null ? [] : [`ansi-${colour}`]),
    ...(bold ? ["ansi-bold"] : []),
    ...(dim ? ["ansi-dim"] : []),
  ].join(" ");
}
