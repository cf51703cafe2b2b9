/**
 * The lines around a position of a source file, with numbers, and a caret under the column.
 * Lines and columns count from 1; columns count bytes of UTF-8, as the Go compiler does. With a
 * column of 0 there is no caret; a line that the source does not have gives no frame.
 */
export function codeFrame(source: string, line: number, column: number): readonly string[] {
  const lines = source.split(/\r?\n/);
  if (line < 1 || line > lines.length) return [];
  const last = Math.min(lines.length, line + context);
  const width = String(last).length;
  const caretAt = column === 0 ? null : visibleColumn(lines[line - 1] ?? "", column);
  // A minified line would fill the screen, so that all lines are cut out around the caret.
  const from = Math.max(0, (caretAt ?? 0) - widest + 20);
  const frame: string[] = [];
  for (let number = Math.max(1, line - context); number <= last; number += 1) {
    const text = expandTabs(lines[number - 1] ?? "").slice(from, from + widest);
    const mark = number === line ? ">" : " ";
    frame.push(`${mark} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line && caretAt !== null) {
      frame.push(`  ${" ".repeat(width)} | ${" ".repeat(caretAt - from)}^`);
    }
  }
  // An empty line at the end of a file is no context.
  while (frame.length > 1 && /^ +\d+ \|$/.test(frame.at(-1) ?? "")) frame.pop();
  return frame;
}

const context = 2;
const widest = 160;
const tab = "    ";

function expandTabs(line: string): string {
  return line.replaceAll("\t", tab);
}

/** Where a byte column stands on the screen, counted from 0. */
function visibleColumn(line: string, column: number): number {
  let bytes = 0;
  let visible = 0;
  for (const char of line) {
    if (bytes >= column - 1) return visible;
    bytes += utf8Length(char);
    visible += char === "\t" ? tab.length : char.length;
  }
  return visible;
}

function utf8Length(char: string): number {
  const point = char.codePointAt(0) ?? 0;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
