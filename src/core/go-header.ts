import { scanGo } from "./go-tokens.ts";

/**
 * What of a Go source file decides on the package graph, as one string: the package clause, the
 * imports with their names, the build constraints, the `//go:embed` directives and the C code of
 * `import "C"`. Two versions of a file with the same string lead to the same graph, so `go list`
 * need not run again. Other comments and the formatting do not matter.
 *
 * Reading stops at the first declaration that is no import; only for `//go:embed` the rest is
 * searched. What the go command cannot read up to there counts too, as it is the one to
 * complain of it.
 */
export function goHeader(source: string): string {
  const at = source.startsWith("\uFEFF") ? 1 : 0;
  const scanner: Scanner = { source, at, preamble: [], open: false };
  const parts: string[] = [];
  skipBlank(scanner, parts);
  // In the old form a blank line below decides whether a constraint is one.
  if (parts.some((part) => OLD_CONSTRAINT.test(part))) parts.push(source.slice(0, scanner.at));
  const clause = word(scanner);
  parts.push(`${clause} ${nextName(scanner)}`);
  for (;;) {
    skipSemicolons(scanner);
    const keyword = word(scanner);
    if (keyword !== "import") break;
    readImports(scanner, parts);
  }
  const read = source.slice(1, scanner.at);
  if (scanner.open || UNREADABLE.test(read)) parts.push("unreadable");
  parts.push(...embedDirectives(source));
  return parts.join("\n");
}

/** In a comment of the other kind, or in a string, such a line is no directive. */
function embedDirectives(source: string): readonly string[] {
  if (!EMBED.test(source)) return [];
  const found: string[] = [];
  scanGo(source, {
    token: () => undefined,
    comment: (start, end) => {
      const text = source.slice(start, end);
      if (text.startsWith("//go:embed")) found.push(text.trimEnd().replaceAll(/\s+/g, " "));
    },
  });
  return found;
}

/** True for a file with the line by which Go's tools know generated code. */
export function isGenerated(source: string): boolean {
  const line = GENERATED.exec(source);
  if (line === null) return false;
  // It counts only above the package clause: elsewhere it may be the text of a generator.
  const clause = CLAUSE.exec(source);
  return clause === null || line.index < clause.index;
}

interface Scanner {
  readonly source: string;
  at: number;
  /** Comments since the last blank line: the C code, if `import "C"` follows. */
  preamble: string[];
  /** A comment has no end. */
  open: boolean;
}

/** A zero, bytes that are no UTF-8, and a byte order mark that is not the first character. */
const UNREADABLE = /[\0\uFFFD\uFEFF]/;

/** Most files have none, and need not be read to their end for it. */
const EMBED = /\/\/go:embed[ \t]/;
/** `//go:debug` is a setting of the linker. */
const CONSTRAINT = /^\/\/(?:go:(?:build|debug)\s|\s*\+build\s)/;
const OLD_CONSTRAINT = /^\/\/\s*\+build\s/;
const GENERATED = /^\/\/ Code generated .* DO NOT EDIT\.\r?$/m;
const CLAUSE = /^\s*package\s/m;
const BLANK = /\s*/y;
const WORD = /[\p{L}\p{N}_]+/uy;
const STRING = /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y;

function readImports(scanner: Scanner, parts: string[]): void {
  const outer = scanner.preamble;
  skipBlank(scanner);
  if (scanner.source[scanner.at] !== "(") {
    scanner.preamble = outer;
    readImport(scanner, parts);
    return;
  }
  scanner.at += 1;
  scanner.preamble = outer;
  for (;;) {
    skipSemicolons(scanner);
    if (scanner.source[scanner.at] === ")") {
      scanner.at += 1;
      return;
    }
    const before = scanner.at;
    readImport(scanner, parts);
    // Broken source: what cannot be read ends the group.
    if (scanner.at === before) return;
  }
}

/** One import: an optional name, `.` or `_`, and a path. */
function readImport(scanner: Scanner, parts: string[]): void {
  const comments = scanner.preamble;
  const name = nextName(scanner);
  skipBlank(scanner);
  const path = unquote(match(scanner, STRING));
  parts.push(`import ${name} ${JSON.stringify(path)}`);
  if (path === "C") parts.push(...comments);
  scanner.preamble = [];
}

/** A name or a dot, or an empty string. */
function nextName(scanner: Scanner): string {
  skipBlank(scanner);
  if (scanner.source[scanner.at] === ".") {
    scanner.at += 1;
    return ".";
  }
  return match(scanner, WORD);
}

function word(scanner: Scanner): string {
  skipBlank(scanner);
  return match(scanner, WORD);
}

function match(scanner: Scanner, pattern: RegExp): string {
  pattern.lastIndex = scanner.at;
  const text = pattern.exec(scanner.source)?.[0] ?? "";
  scanner.at += text.length;
  return text;
}

function skipSemicolons(scanner: Scanner): void {
  for (;;) {
    skipBlank(scanner);
    if (scanner.source[scanner.at] !== ";") return;
    scanner.at += 1;
    scanner.preamble = [];
  }
}

/** Skips white space and comments; build constraints are added to `constraints`. */
function skipBlank(scanner: Scanner, constraints: string[] = []): void {
  const { source } = scanner;
  for (;;) {
    const begin = scanner.at;
    const blank = match(scanner, BLANK);
    if (blank.split("\n").length > 2) scanner.preamble = [];
    if (source.startsWith("//", scanner.at)) {
      const end = source.indexOf("\n", scanner.at);
      const comment = source.slice(scanner.at, end === -1 ? source.length : end).trimEnd();
      scanner.at += comment.length;
      scanner.preamble.push(comment);
      if (CONSTRAINT.test(comment)) constraints.push(comment.replaceAll(/\s+/g, " "));
    } else if (source.startsWith("/*", scanner.at)) {
      const end = source.indexOf("*/", scanner.at + 2);
      scanner.open ||= end === -1;
      const comment = source.slice(scanner.at, end === -1 ? source.length : end + 2);
      scanner.at += comment.length;
      scanner.preamble.push(comment);
    }
    if (scanner.at === begin) return;
  }
}

function unquote(literal: string): string {
  if (!literal.startsWith('"') || !literal.includes("\\")) return literal.slice(1, -1);
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === "string" ? value : literal;
  } catch {
    // An escape that only Go knows: the text as written tells versions apart as well.
    return literal;
  }
}
