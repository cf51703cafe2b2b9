import { type TokenKind, scanGo } from "./go-tokens.ts";

/** A declaration at the top level, as far as a compiler sees it: without comments and formatting. */
export interface Declaration {
  /** `main`, `(*API).Create`, `type Config`, `const (First, …)`; unique within its file. */
  readonly name: string;
  /** Its tokens, one a line, with the directives in and before it. */
  readonly text: string;
}

/**
 * The declarations of a Go file in their order. Two versions of a file with the same list compile
 * to the same code but for the numbers of lines. Null where comments have a meaning of their own,
 * so that the text itself has to be compared: C code, build constraints in the old form, and
 * characters that a compiler takes nowhere.
 *
 * Directives (`//go:…`, `//line`, `//export`) belong to the declaration that they are in or before.
 */
export function goMeaning(source: string): readonly Declaration[] | null {
  // Wherever it stands: most sources have none, and with one a build in vain is the worst.
  if (/["`]C["`]|^[^\S\n]*\/\/\s*\+build/m.test(source) || hasBadCharacter(source)) return null;
  const reader = new Reader();
  scanGo(source, {
    token: (kind, start, end) => reader.token(kind, source.slice(start, end)),
    comment: (start, end) => {
      const text = source.slice(start, end);
      if (directive.test(text)) reader.directive(placeOf(source, start) + text.replace(/\r$/, ""));
      else if (isOpen(text)) reader.directive("/*");
    },
  });
  return reader.finish();
}

/** Not even in comments. U+FFFD is what bytes become that are no UTF-8. */
function hasBadCharacter(source: string): boolean {
  return source.includes("\0") || source.includes("\uFFFD") || source.indexOf("\uFEFF", 1) >= 0;
}

const directive = /^\/\/(?:go:|export |extern |line )|^\/\*line /;

/** `//line` counts in the first column only, and `//go:` behind something else is a mistake. */
function placeOf(source: string, start: number): "" | "\t" | " " {
  const before = source.slice(source.lastIndexOf("\n", start - 1) + 1, start);
  if (before === "") return "";
  return /^[ \t\r]*$/.test(before) ? "\t" : " ";
}

/** It goes on to the end of the file, which is a mistake. */
function isOpen(comment: string): boolean {
  return comment.startsWith("/*") && !(comment.length > 3 && comment.endsWith("*/"));
}

/** As they are among tokens. */
const isComment = (token: string): boolean => /^\s?\/[/*]/.test(token);

class Reader {
  private readonly found: Declaration[] = [];
  private readonly names = new Map<string, number>();
  private tokens: string[] = [];
  private depth = 0;

  token(kind: TokenKind, text: string): void {
    // One that ends no declaration is a mistake, which the compiler has to see.
    if (kind === "semicolon" && this.depth === 0 && this.tokens.length > 0) return this.close();
    if (kind === "operator" && (text === ")" || text === "}" || text === "]")) this.depth -= 1;
    if (kind === "operator" && (text === "(" || text === "{" || text === "[")) this.depth += 1;
    // One that stands before a closing brace may be left out of a block, but not of a literal: to
    // tell these apart is left to the compiler.
    this.tokens.push(kind === "semicolon" ? ";" : text);
  }

  directive(text: string): void {
    this.tokens.push(text);
  }

  finish(): readonly Declaration[] {
    this.close();
    return this.found;
  }

  private close(): void {
    const { tokens } = this;
    this.tokens = [];
    this.depth = 0;
    if (tokens.length === 0) return;
    const name = nameOf(tokens.filter((token) => !isComment(token)));
    // Several init functions, blank variables: the order tells them apart.
    const times = (this.names.get(name) ?? 0) + 1;
    this.names.set(name, times);
    this.found.push({
      name: times === 1 ? name : `${name} (${times})`,
      text: tokens.join("\n"),
    });
  }
}

function nameOf(tokens: readonly string[]): string {
  const [keyword = "", second = "", third = ""] = tokens;
  if (keyword === "func") return second === "(" ? methodName(tokens) : second;
  if (keyword !== "type" && keyword !== "var" && keyword !== "const") return keyword;
  return second === "(" ? `${keyword} (${third}, …)` : `${keyword} ${second}`;
}

/** `func ( a * API [ T ] ) Create (` is `(*API).Create`. */
function methodName(tokens: readonly string[]): string {
  const end = tokens.indexOf(")");
  const receiver = tokens.slice(2, end);
  const bracket = receiver.indexOf("[");
  const plain = bracket < 0 ? receiver : receiver.slice(0, bracket);
  const type = plain.at(-1) ?? "";
  const name = tokens[end + 1] ?? "";
  return plain.includes("*") ? `(*${type}).${name}` : `${type}.${name}`;
}

/** What became of a declaration from one version of a file to the next. */
export interface DeclarationEdit {
  readonly edit: "changed" | "added" | "removed" | "renamed" | "moved";
  readonly name: string;
  /** The name before, of what was renamed; the file, of what was moved. */
  readonly from?: string;
  /** Tells one text from another, of what was added or removed: perhaps it was only moved. */
  readonly digest?: string;
}

/** A declaration as it is remembered: `digest` tells one text from another. */
export interface KnownDeclaration {
  readonly name: string;
  readonly digest: string;
  /** The same without its own name, by which a renaming is found. */
  readonly body: string;
}

/** The shortest list of edits; what only moved within the file is none. */
export function editsBetween(
  before: readonly KnownDeclaration[],
  after: readonly KnownDeclaration[],
): readonly DeclarationEdit[] {
  const old = new Map(before.map((one) => [one.name, one]));
  const names = new Set(after.map(({ name }) => name));
  const gone = before.filter(({ name }) => !names.has(name));
  const edits: DeclarationEdit[] = [];
  for (const { name, digest, body } of after) {
    const known = old.get(name);
    if (known?.digest === digest) continue;
    if (known !== undefined) {
      edits.push({ edit: "changed", name });
      continue;
    }
    const at = gone.findIndex((one) => one.body === body);
    const [from] = at < 0 ? [] : gone.splice(at, 1);
    edits.push(
      from === undefined
        ? { edit: "added", name, digest }
        : { edit: "renamed", name, from: from.name },
    );
  }
  const removed = gone.map(({ name, digest }): DeclarationEdit => ({
    edit: "removed",
    name,
    digest,
  }));
  return [...edits, ...removed];
}
