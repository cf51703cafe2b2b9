import type { EditorPlace } from "./place.ts";
import { vimExpression } from "./vim-expression.ts";

export interface EditorCommand {
  /** Executable and arguments; never a shell string. */
  readonly argv: readonly string[];
  /** True for editors that need the terminal for themselves. */
  readonly terminal: boolean;
  /** True where nothing is known of the editor. */
  readonly unknown: boolean;
}

/** Addresses of editors that run and can be asked to open a file; null where none is known. */
export interface Servers {
  /** For `nvim --server`. */
  readonly nvim: string | null;
  /** For `vim --servername`. */
  readonly vim: string | null;
}

/** An editor, and how it is started. */
export interface EditorWords {
  /** As `editorName` makes it: it says how places are told. */
  readonly name: string;
  /** The program and its options. */
  readonly words: readonly string[];
}

/**
 * The command that opens a place in an editor, by the words that start it. Where words have
 * placeholders, the place is in them; where the editor is known, as it takes it; else the file alone.
 */
export function editorCommand(
  { name, words }: EditorWords,
  place: EditorPlace,
  servers: Servers,
): EditorCommand {
  const [program = "", ...options] = words;
  const editor = EDITORS.get(name);
  const unknown = editor === undefined;
  if (words.some((word) => PLACEHOLDER.test(word))) {
    const argv = words.map((word) => filled(word, place));
    return { argv, terminal: editor?.terminal ?? true, unknown };
  }
  // An editor we do not know may well be one that needs the terminal.
  if (unknown) return { argv: [...words, place.file], terminal: true, unknown };
  const remote = editor.remote?.(options, servers) ?? null;
  if (remote === null) {
    return { argv: [...words, ...editor.place(place)], terminal: editor.terminal, unknown };
  }
  const asked = editor.ask?.(place) ?? editor.place(place);
  return { argv: [program, ...remote, ...asked], terminal: false, unknown };
}

const PLACEHOLDER = /\{(?:file|line|column)\}/;

/** All at once: a file may be named `{line}`. */
function filled(word: string, { file, line, column }: EditorPlace): string {
  return word.replaceAll(/\{(file|line|column)\}/g, (_, name: string) =>
    name === "file" ? file : String(name === "line" ? line : Math.max(1, column)),
  );
}

interface Editor {
  readonly terminal: boolean;
  readonly place: (place: EditorPlace) => readonly string[];
  /** Its options for one that runs already; null where none is known. */
  readonly remote?: (options: readonly string[], servers: Servers) => readonly string[] | null;
  /** What that one is asked, where it is not asked like one that starts. */
  readonly ask?: (place: EditorPlace) => readonly string[];
}

const plusColumn =
  (separator: string) =>
  ({ file, line, column }: EditorPlace): readonly string[] => [
    `+${line}${column > 0 ? `${separator}${column}` : ""}`,
    file,
  ];

const plus = ({ file, line }: EditorPlace): readonly string[] => [`+${line}`, file];

/** The numbers are all that is in the command; the file is an argument. */
function vimPlace({ file, line, column }: EditorPlace): readonly string[] {
  return [column > 0 ? `+call cursor(${line},${column})` : `+${line}`, file];
}

/** With both numbers behind it, no number at the end of a name is taken for one of them. */
function colons({ file, line, column }: EditorPlace): readonly string[] {
  return [`${file}:${line}${column > 0 || /:\d*$/.test(file) ? `:${Math.max(1, column)}` : ""}`];
}

/** VS Code takes the first two numbers between colons, wherever they are. */
function gotoColons(place: EditorPlace): readonly string[] {
  const parts = place.file.replace(/^[A-Za-z]:/, "").split(":");
  const ambiguous = parts.some((part) => !Number.isNaN(Number(part)));
  return ambiguous ? [place.file] : ["--goto", ...colons(place)];
}

function lineOption({ file, line, column }: EditorPlace): readonly string[] {
  return ["--line", String(line), ...(column > 0 ? ["--column", String(column)] : []), file];
}

function katePlace({ file, line, column }: EditorPlace): readonly string[] {
  return ["-l", String(line), ...(column > 0 ? ["-c", String(column)] : []), file];
}

/** A name that begins like that of a remote file is quoted as Emacs does it. */
function emacsPlace(place: EditorPlace): readonly string[] {
  const file = /^\/[^/]*:/.test(place.file) ? `/:${place.file}` : place.file;
  return plusColumn(":")({ ...place, file });
}

const askVim = (place: EditorPlace): readonly string[] => ["--remote-expr", vimExpression(place)];

/** The option that names a server, where it is among the words, wins over one that was found. */
const vimRemote =
  (option: string, server: keyof Servers) =>
  (options: readonly string[], servers: Servers): readonly string[] | null => {
    if (options.some((one) => one === option || one.startsWith(`${option}=`))) return options;
    const address = servers[server];
    return address === null ? null : [...options, option, address];
  };

/** Without a frame of its own, it has the file shown in one that is there, and ends at once. */
function emacsRemote(options: readonly string[]): readonly string[] | null {
  if (options.some((one) => TERMINAL_FRAME.test(one))) return null;
  return ["-n", ...options.filter((one) => one !== "-n" && one !== "--no-wait")];
}

const TERMINAL_FRAME = /^(?:-nw|-t|--tty)$/;

const VIM: Editor = {
  terminal: true,
  place: vimPlace,
  remote: vimRemote("--servername", "vim"),
  ask: askVim,
};
const CODE: Editor = { terminal: false, place: gotoColons };
const COLONS: Editor = { terminal: false, place: colons };
const JETBRAINS: Editor = { terminal: false, place: lineOption };

const EDITORS: ReadonlyMap<string, Editor> = new Map(
  Object.entries<Editor>({
    vi: { terminal: true, place: plus },
    vim: VIM,
    nvim: { ...VIM, remote: vimRemote("--server", "nvim") },
    gvim: { ...VIM, terminal: false },
    mvim: { ...VIM, terminal: false },
    emacs: { terminal: true, place: emacsPlace },
    emacsclient: { terminal: true, place: emacsPlace, remote: emacsRemote },
    nano: { terminal: true, place: plusColumn(",") },
    micro: { terminal: true, place: plusColumn(":") },
    kak: { terminal: true, place: plusColumn(":") },
    hx: { terminal: true, place: colons },
    helix: { terminal: true, place: colons },
    code: CODE,
    "code-insiders": CODE,
    "code - insiders": CODE,
    "code-oss": CODE,
    codium: CODE,
    vscodium: CODE,
    cursor: CODE,
    windsurf: CODE,
    zed: COLONS,
    zeditor: COLONS,
    subl: COLONS,
    sublime_text: COLONS,
    kate: { terminal: false, place: katePlace },
    goland: JETBRAINS,
    goland64: JETBRAINS,
    idea: JETBRAINS,
    idea64: JETBRAINS,
  }),
);

/** A client of Emacs without the frame in the terminal that it would open. */
export function withoutTerminal({ name, words }: EditorWords): EditorWords {
  const client = name === "emacsclient";
  return { name, words: client ? words.filter((word) => !TERMINAL_FRAME.test(word)) : words };
}
