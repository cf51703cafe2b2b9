import { scanGo } from "../../src/core/go-tokens.ts";
import type { Random } from "../sim/random.ts";
import { some } from "./go-edits.ts";

/** A change of a Go source that is likely to be taken for formatting, and sometimes is none. */
export function reformat(source: string, random: Random): string {
  const at = place(source, random);
  const kind = random.below(10);
  if (kind < 4) return put(source, at, some(blanks, random) ?? "");
  if (kind < 6) return put(source, at, some(comments, random) ?? "");
  if (kind < 7) return put(source, at, some(signs, random) ?? "");
  if (kind < 8) return withoutComment(source, at);
  return kind < 9 ? withoutBlank(source, at, random) : inParentheses(source, at);
}

/** Puts in what looks like a directive, at the beginning of a line or wherever. */
export function direct(source: string, random: Random): string {
  const text = some(directives, random) ?? "";
  const whole = `${some(["", "", "\t", "/**/ "], random)}${text}${some(["", "", " ", "\t", "\r"], random)}`;
  if (random.once(3)) return put(source, place(source, random), `${whole}\n`);
  // Before a function they have the most to say.
  const pattern = some([/^func /gm, /^func /gm, /^(?:type|var|const|package) /gm, /^/gm], random);
  const found = some([...source.matchAll(pattern ?? /^/gm)], random);
  return put(source, found?.index ?? 0, `${whole}\n`);
}

const blanks = [" ", "\t", "\r", "\n", "\n\n", "\r\n", " \n\t", "  "];
const comments = [
  "/* x */",
  "/**/",
  "/*\n*/",
  "// x\n",
  "//\n",
  "// go:noinline\n",
  "/*go:noinline*/",
];
const signs = [
  ";",
  ";\n",
  ",",
  ",\n",
  "(",
  ")",
  "{",
  "}",
  '"',
  "`",
  "/*",
  "*/",
  "//",
  "\\",
  "\0",
  "\uFEFF",
];
const directives = [
  "//go:noinline",
  "//go:noinline",
  "//go:nosplit",
  "//go:norace",
  "//go:noescape",
  "//go:nocheckptr",
  "// go:noinline",
  "/*go:noinline*/",
  "//go:build ignore",
  "//go:build linux",
  "//go:build go1.20",
  "// +build ignore",
  "// +build ignore\n\n",
  "//go:embed x",
  "//go:linkname a b",
  "//go:generate x",
  "//go:debug x=1",
  "//export f",
  "//line x.go:5",
  "//line x.go:0",
  "//line y.go:5:6",
  "/*line x.go:3:4*/",
  "/*line x.go:0:4*/",
  "/*line :7:1*/",
  "// line x.go:5",
];

const put = (source: string, at: number, text: string): string =>
  source.slice(0, at) + text + source.slice(at);

/** Mostly where a token begins or ends, often where a line does, or near a directive, and sometimes anywhere. */
function place(source: string, random: Random): number {
  const near = random.once(4)
    ? some([...source.matchAll(/\/\/go:|\/[/*]line /g)], random)
    : undefined;
  if (near !== undefined) return Math.max(0, near.index - random.below(6));
  const at = random.below(source.length + 1);
  if (random.once(8)) return at;
  const border = random.once(3) ? /\n|$/g : random.once(2) ? /(?<=\n)|$/g : /\b|(?<=\W)(?=\W)|$/g;
  border.lastIndex = at;
  return border.exec(source)?.index ?? at;
}

function withoutBlank(source: string, at: number, random: Random): string {
  const blank = /[ \t\r\n]+/g;
  blank.lastIndex = at;
  const found = blank.exec(source);
  if (found === null) return source;
  const [text] = found;
  const from = random.below(text.length);
  const to = from + 1 + random.below(text.length - from);
  const end = found.index + text.length;
  return source.slice(0, found.index) + text.slice(0, from) + text.slice(to) + source.slice(end);
}

/** Without the next comment, or the beginning of it. */
function withoutComment(source: string, at: number): string {
  const found: (readonly [number, number])[] = [];
  scanGo(source, {
    token: () => undefined,
    comment: (start, end) => void (start >= at && found.push([start, end])),
  });
  const [[start, end] = [0, 0]] = found;
  return source.slice(0, start) + source.slice(end);
}

/** The next name or number. */
function inParentheses(source: string, at: number): string {
  const word = /\b\w+\b/g;
  word.lastIndex = at;
  const found = word.exec(source);
  if (found === null) return source;
  const end = found.index + found[0].length;
  return `${source.slice(0, found.index)}(${found[0]})${source.slice(end)}`;
}
