import { truncate, width } from "./text.ts";

/**
 * Moves a code frame to the left, all of its lines alike, as far as needed to keep the caret on a
 * terminal of so many columns, and cuts what does not fit.
 */
export function fitFrame(frame: readonly string[], columns: number): readonly string[] {
  const rows = frame.map((line) => {
    const gutter = GUTTER.exec(line)?.[0] ?? "";
    return { gutter, text: line.slice(gutter.length) };
  });
  const room = columns - Math.max(0, ...rows.map(({ gutter }) => width(gutter)));
  const caret = rows.find(({ text }) => /^ *\^$/.test(text))?.text.length ?? 0;
  const shift = caret > room ? Math.max(0, caret - Math.floor(room / 2)) : 0;
  return rows.map(({ gutter, text }) => truncate((gutter + text.slice(shift)).trimEnd(), columns));
}

/** `> 12 | ` and what stands in its place on other lines. */
const GUTTER = /^[> ] *\d* \| ?/;
