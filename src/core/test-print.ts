import { digest } from "./digest.ts";
import { goHeader } from "./go-header.ts";
import { goMeaning } from "./go-meaning.ts";
import { scanGo } from "./go-tokens.ts";

/**
 * What a Go file is made of, as far as it matters which tests have to run: each function with a print
 * of its own, and one print of everything else.
 */
export interface FilePrint {
  /** Everything but the bodies of functions: imports, types, variables, signatures, `init`. */
  readonly shape: string;
  /** What `shape` was made of, by name, so that it can be said what of it has changed. */
  readonly parts: ReadonlyMap<string, string>;
  readonly functions: ReadonlyMap<string, FunctionPrint>;
  /** Names in everything but functions, where they may be helpers of tests. Of test files only. */
  readonly uses: readonly string[];
}

export interface FunctionPrint {
  /** Of all that a compiler sees of it. */
  readonly digest: string;
  /** First and last line, counted from 1. */
  readonly from: number;
  readonly to: number;
  readonly kind: FunctionKind;
  /** Names in it that may be functions of the same package. Of test files only. */
  readonly uses: readonly string[];
}

/** `method` and `plain` are everybody's; the others are functions that `go test` knows. */
export type FunctionKind = "plain" | "method" | "test" | "fuzz" | "example" | "benchmark";

/** The prints of one file. `isTest` for `_test.go`: there the functions that `go test` runs are told. */
export function filePrint(source: string, isTest: boolean): FilePrint {
  const declarations = goMeaning(source);
  const spans = declarations === null ? [] : spansOf(source);
  const parts = new Map<string, string>([["imports and build constraints", goHeader(source)]]);
  const functions = new Map<string, FunctionPrint>();
  const uses = new Set<string>();
  // Where comments matter, the text itself has to be compared.
  if (declarations === null || spans.length !== declarations.length) parts.set("its text", source);
  for (const [index, { name, text }] of (declarations ?? []).entries()) {
    const span = spans[index];
    const tokens = text.split("\n");
    const isFunction = tokens.find((token) => !isComment(token)) === "func";
    const body = isFunction ? bodyAt(tokens) : -1;
    if (body < 0 || span === undefined || widens(name)) {
      parts.set(name, text);
      if (isTest) for (const used of usesOf(tokens)) uses.add(used);
      continue;
    }
    const raw = source.slice(span.start, span.end);
    const kind = isTest ? testKind(name, tokens, raw) : plainKind(name);
    // What an example prints is compared with its last comment.
    const seen = kind === "example" ? raw : text;
    parts.set(`${name} (signature)`, tokens.slice(0, body).join("\n"));
    functions.set(name, {
      digest: digest(seen),
      from: span.from,
      to: span.to,
      kind,
      uses: isTest ? usesOf(tokens) : [],
    });
  }
  const prints = new Map([...parts].map(([name, text]) => [name, digest(text)]));
  return { shape: shapeOf(prints), parts: prints, functions, uses: [...uses] };
}

/** One print of many, in the order of their names. */
export function shapeOf(prints: ReadonlyMap<string, string>): string {
  const sorted = [...prints].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return digest(sorted.map(([name, print]) => `${name}\0${print}`).join("\n"));
}

/** They run, or may run, before and around every test. */
const widens = (name: string): boolean => /^(?:init(?: \(\d+\))?|TestMain|_(?: .*)?)$/.test(name);

const isComment = (token: string): boolean => /^\s?\/[/*]/.test(token);

/** Where the body of a function begins among its tokens; -1 where it has none. */
function bodyAt(tokens: readonly string[]): number {
  if (tokens.at(-1) !== "}") return -1;
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at -= 1) {
    if (tokens[at] === "}") depth += 1;
    if (tokens[at] === "{") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

const plainKind = (name: string): FunctionKind => (name.includes(".") ? "method" : "plain");

function testKind(name: string, tokens: readonly string[], raw: string): FunctionKind {
  if (name.includes(".")) return "method";
  const takes = tokens.includes("testing") || tokens.includes("T") || tokens.includes("F");
  if (isNamed(name, "Test") && takes) return "test";
  if (isNamed(name, "Fuzz") && takes) return "fuzz";
  if (isNamed(name, "Benchmark")) return "benchmark";
  if (!isNamed(name, "Example")) return "plain";
  // One without such a comment is compiled and not run.
  return /^\s*\/\/[^\S\n]*(?:unordered )?output:/im.test(raw) ? "example" : "benchmark";
}

/** As the go command has it: what follows the word begins with no small letter. */
function isNamed(name: string, word: string): boolean {
  return name.startsWith(word) && !/^\p{Ll}/u.test(name.slice(word.length));
}

function usesOf(tokens: readonly string[]): readonly string[] {
  return [...new Set(tokens.filter((token) => /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(token)))];
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** Where the declarations of `goMeaning` are, in the same order. */
function spansOf(source: string): readonly Span[] {
  const spans: Span[] = [];
  const lineOf = lineCounter(source);
  let start = -1;
  let last = 0;
  let depth = 0;
  const close = (): void => {
    if (start >= 0) spans.push({ start, end: last, from: lineOf(start), to: lineOf(last) });
    start = -1;
    depth = 0;
  };
  const directive = /^\/\/(?:go:|export |extern |line )|^\/\*line /;
  scanGo(source, {
    token: (kind, from, to) => {
      if (kind === "semicolon" && depth === 0 && start >= 0) return close();
      const text = source.slice(from, to);
      if (kind === "operator" && (text === ")" || text === "}" || text === "]")) depth -= 1;
      if (kind === "operator" && (text === "(" || text === "{" || text === "[")) depth += 1;
      if (start < 0) start = from;
      last = Math.max(last, to);
      return undefined;
    },
    comment: (from, to) => {
      if (start >= 0 || !directive.test(source.slice(from, to))) return;
      start = from;
      last = to;
    },
  });
  close();
  return spans;
}

/** Asked for places in their order. */
function lineCounter(source: string): (at: number) => number {
  let line = 1;
  let from = 0;
  return (at) => {
    for (let next = source.indexOf("\n", from); next >= 0 && next < at;) {
      line += 1;
      from = next + 1;
      next = source.indexOf("\n", from);
    }
    return line;
  };
}
