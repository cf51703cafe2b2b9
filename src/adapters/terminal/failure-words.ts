import { codeFrame } from "../../core/code-frame.ts";
import type { Crash, Diagnostic, Failure } from "../../core/failure.ts";
import { fitFrame } from "./fit-frame.ts";
import { fileName, plural } from "./names.ts";
import { styles } from "./style.ts";
import type { Styles, WordOptions } from "./style.ts";
import { harmless, harmlessLines } from "./text.ts";

/** Everything known of a failure below its headline: positions, code, crash, output, hint. */
export function failureDetail(failure: Failure, options: WordOptions): readonly string[] {
  const style = styles(options.colors);
  const lines = [
    ...diagnosticLines(failure.diagnostics ?? [], options, style),
    ...(failure.crash === undefined ? [] : crashLines(failure.crash, failure.message, options)),
  ];
  // The compiler's output says what the diagnostics say, and a crash was printed by the program
  // itself a moment ago: the whole of it is shown again only where that helps.
  const said = (failure.diagnostics ?? []).length > 0 || (crashed(failure) && !options.verbose);
  if (!said && failure.seen !== undefined) {
    lines.push(...seenLines(failure.seen, options, style));
  }
  if (failure.hint !== undefined) lines.push(`  ${style.name("hint:")} ${harmless(failure.hint)}`);
  return lines;
}

const crashed = (failure: Failure): boolean => failure.crash?.frame !== undefined;

/** A failure in few words, for a status line: `2 errors in store.go`, else its message. */
export function failureBrief(failure: Failure, root: string): string {
  const diagnostics = failure.diagnostics ?? [];
  const first = diagnostics[0];
  // Where the import stands matters less than what is missing.
  const telling = /^(?:MODULE|VENDOR|TOOLCHAIN)_/.test(failure.code);
  if (first === undefined || telling) return harmless(failure.crash?.message ?? failure.message);
  const files = new Set(diagnostics.map((diagnostic) => diagnostic.file));
  const where = fileName(first.file, root);
  const others = files.size > 1 ? ` and ${plural(files.size - 1, "file")} more` : "";
  return `${plural(diagnostics.length, "error")} in ${where}${others}`;
}

/** Where an editor should go: the first own position of a failure, if it has any. */
export function failurePosition(failure: Failure): Position | null {
  const diagnostics = failure.diagnostics ?? [];
  const first = diagnostics.find((diagnostic) => diagnostic.own) ?? diagnostics[0];
  if (first !== undefined) return { file: first.file, line: first.line, column: first.column };
  const frame = failure.crash?.frame;
  return frame === undefined ? null : { file: frame.file, line: frame.line, column: 0 };
}

/** A place in a source file; line and column count from 1, a column of 0 is unknown. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const MOST_DIAGNOSTICS = 10;
const MOST_FRAMES = 3;
const INDENT = "    ";
const MOST_SEEN_LINES = 20;
const MOST_SEEN_LINES_VERBOSE = 200;

function diagnosticLines(
  diagnostics: readonly Diagnostic[],
  options: WordOptions,
  style: Styles,
): readonly string[] {
  const lines: string[] = [];
  const shown = diagnostics.slice(0, options.verbose ? diagnostics.length : MOST_DIAGNOSTICS);
  for (const [index, diagnostic] of shown.entries()) {
    const [message = "", ...rest] = harmlessLines(diagnostic.message);
    const where = placeWords(diagnostic, options.root);
    const named = diagnostic.own ? style.bold(where) : style.dim(where);
    lines.push(`  ${named}: ${message}`, ...rest.map((line) => `      ${line}`));
    if (index < MOST_FRAMES && diagnostic.own)
      lines.push(...frameLines(diagnostic, options, style));
  }
  const more = diagnostics.length - shown.length;
  if (more > 0) lines.push(style.dim(`  and ${plural(more, "error")} more`));
  return lines;
}

function placeWords(position: Position, root: string): string {
  const place = `${fileName(position.file, root)}:${position.line}`;
  return position.column > 0 ? `${place}:${position.column}` : place;
}

function frameLines(position: Position, options: WordOptions, style: Styles): readonly string[] {
  const source = options.readSource(position.file);
  if (source === null) return [];
  const frame = codeFrame(source, position.line, position.column).map(harmless);
  const fitting =
    options.columns === null ? frame : fitFrame(frame, options.columns - INDENT.length);
  return fitting.map((line) => {
    const text = `${INDENT}${line}`;
    return line.startsWith(">") ? text : style.dim(text);
  });
}

function crashLines(crash: Crash, headline: string, options: WordOptions): readonly string[] {
  const style = styles(options.colors);
  // Nobody needs to read the same words twice in a row.
  const lines = headline.includes(crash.message)
    ? []
    : [`  ${style.bold(harmless(crash.message))}`];
  const frame = crash.frame;
  if (frame === undefined) return lines;
  const position = { file: frame.file, line: frame.line, column: 0 };
  const where = placeWords(position, options.root);
  lines.push(`  at ${harmless(frame.function)} ${style.bold(where)}`);
  lines.push(...frameLines(position, options, style));
  return lines;
}

function seenLines(seen: string, options: WordOptions, style: Styles): readonly string[] {
  const all = harmlessLines(seen);
  const most = options.verbose ? MOST_SEEN_LINES_VERBOSE : MOST_SEEN_LINES;
  const lines = all.slice(-most);
  const gutter = style.dim("│");
  const hidden = all.length - lines.length;
  return [
    ...(hidden > 0 ? [style.dim(`  │ ${plural(hidden, "line")} above`)] : []),
    ...lines.map((line) => `  ${gutter} ${line.length > 2000 ? `${line.slice(0, 2000)}…` : line}`),
  ];
}
