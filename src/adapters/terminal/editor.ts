import { basename } from "node:path";
import type { Position } from "./failure-words.ts";

export interface EditorCommand {
  /** Executable and arguments; never a shell string. */
  readonly argv: readonly string[];
  /** True for editors that need the terminal for themselves. */
  readonly terminal: boolean;
}

/**
 * The command that opens a file at a position, from `$GUST_EDITOR`, `$VISUAL` or `$EDITOR`; null
 * when none of them is set. The variable may hold arguments (`code --wait`), with quotes where
 * they contain spaces.
 */
export function editorCommand(
  position: Position,
  env: Readonly<Record<string, string | undefined>>,
): EditorCommand | null {
  const words = [env["GUST_EDITOR"], env["VISUAL"], env["EDITOR"]]
    .map((value) => splitWords(value ?? ""))
    .find((found) => found.length > 0);
  const program = words?.[0];
  if (words === undefined || program === undefined) return null;
  const name = basename(program.replaceAll("\\", "/"))
    .toLowerCase()
    .replace(/\.(?:exe|cmd|bat)$/, "");
  const editor = EDITORS[name];
  const place = editor === undefined ? [position.file] : editor.place(position);
  // An editor we do not know may well be one that needs the terminal.
  return { argv: [...words, ...place], terminal: editor?.terminal ?? true };
}

interface Editor {
  readonly terminal: boolean;
  readonly place: (position: Position) => readonly string[];
}

function plus({ file, line }: Position): readonly string[] {
  return [`+${line}`, file];
}

function plusColumn(separator: string): (position: Position) => readonly string[] {
  return ({ file, line, column }) => [`+${line}${column > 0 ? `${separator}${column}` : ""}`, file];
}

function colons({ file, line, column }: Position): readonly string[] {
  return [`${file}:${line}${column > 0 ? `:${column}` : ""}`];
}

function gotoColons(position: Position): readonly string[] {
  return ["--goto", ...colons(position)];
}

function lineOption({ file, line, column }: Position): readonly string[] {
  return ["--line", String(line), ...(column > 0 ? ["--column", String(column)] : []), file];
}

const VI: Editor = { terminal: true, place: plus };
const EMACS: Editor = { terminal: true, place: plusColumn(":") };
const CODE: Editor = { terminal: false, place: gotoColons };
const COLONS: Editor = { terminal: false, place: colons };
const JETBRAINS: Editor = { terminal: false, place: lineOption };

const EDITORS: Readonly<Record<string, Editor>> = {
  vi: VI,
  vim: VI,
  nvim: VI,
  gvim: { terminal: false, place: plus },
  emacs: EMACS,
  emacsclient: EMACS,
  nano: { terminal: true, place: plusColumn(",") },
  micro: { terminal: true, place: plusColumn(":") },
  kak: { terminal: true, place: plusColumn(":") },
  hx: { terminal: true, place: colons },
  helix: { terminal: true, place: colons },
  code: CODE,
  "code-insiders": CODE,
  codium: CODE,
  vscodium: CODE,
  cursor: CODE,
  windsurf: CODE,
  zed: COLONS,
  zeditor: COLONS,
  subl: COLONS,
  goland: JETBRAINS,
  idea: JETBRAINS,
};

/** Splits like a shell would, as far as quotes go; nothing is expanded. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)) {
    words.push(match[0].replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  }
  return words;
}
