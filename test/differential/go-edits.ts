import { scanGo } from "../../src/core/go-tokens.ts";
import type { Random } from "../sim/random.ts";

/** A change of a Go source as somebody could make it; often it compiles, and sometimes not. */
export function editGo(source: string, random: Random): string {
  for (;;) {
    const edit = edits[random.below(edits.length)];
    const edited = edit?.(source, random) ?? null;
    if (edited !== null && edited !== source) return edited;
  }
}

/** Null where the source has nothing of the kind. */
type Edit = (source: string, random: Random) => string | null;

interface Token {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Whatever is true of a string here is a matter of chance, so that no two are the same. */
const fresh = (random: Random): string => `Gust${random.below(1_000_000)}`;

const swapped: ReadonlyMap<string, string> = new Map([
  ["+", "-"],
  ["-", "+"],
  ["==", "!="],
  ["!=", "=="],
  ["<", "<="],
  [">", ">="],
  ["&&", "||"],
  ["||", "&&"],
]);

const edits: readonly Edit[] = [
  // Contents of functions.
  (source, random) =>
    replaceToken(source, random, isText, ({ text }) => `${text.slice(0, -1)}${fresh(random)}"`),
  (source, random) => replaceToken(source, random, isText, () => `"${fresh(random)}"`),
  (source, random) => replaceToken(source, random, isNumber, () => `${random.below(100)}`),
  (source, random) =>
    replaceToken(
      source,
      random,
      ({ text }) => swapped.has(text),
      ({ text }) => swapped.get(text) ?? "",
    ),
  (source, random) =>
    replaceToken(
      source,
      random,
      ({ text }) => text === "true",
      () => "false",
    ),
  (source, random) => atLine(source, random, inFunction, () => []),
  (source, random) => atLine(source, random, inFunction, (line) => [line, line]),
  (source, random) =>
    atLine(source, random, inFunction, (line) => [`\tprintln("${fresh(random)}")`, line]),
  (source, random) =>
    atLine(source, random, inFunction, (line) => [`\tvar x${fresh(random)} int`, line]),
  // Positions and comments.
  (source, random) =>
    atLine(
      source,
      random,
      () => true,
      (line) => [`${line} // ${fresh(random)}`],
    ),
  (source, random) =>
    atLine(
      source,
      random,
      (line) => line === "",
      () => ["", ""],
    ),
  (source, random) => atLine(source, random, isFunction, (line) => [`// ${fresh(random)}`, line]),
  // What importers see.
  (source, random) => `${source}\nfunc ${fresh(random)}[T any](x T) T { return x }\n`,
  (source, random) => `${source}\nconst ${fresh(random)} = ${random.below(100)}\n`,
  (source, random) => `${source}\ntype ${fresh(random)} struct{ A, B int }\n`,
  (source, random) => `${source}\nfunc init() { println("${fresh(random)}") }\n`,
  (source, random) =>
    `${source}\nvar ${fresh(random)} = func() int { return ${random.below(9)} }()\n`,
  (source, random) =>
    atLine(
      source,
      random,
      (line) => /^type .* struct \{$/.test(line),
      (line) => [line, `\t${fresh(random)} int`],
    ),
  (source, random) => atLine(source, random, isFunction, (line) => ["//go:noinline", line]),
  (source, random) => atLine(source, random, isGustDeclaration, () => []),
  (source, random) => replaceToken(source, random, isName, () => fresh(random)),
  // Broken ones.
  (source, random) =>
    replaceToken(
      source,
      random,
      ({ kind }) => kind === "operator",
      () => " ",
    ),
  (source, random) => source.slice(0, random.below(source.length)),
  (source, random) =>
    `${source}\nfunc ${fresh(random)}() int { return "x" }\nvar _ = undefined${fresh(random)}\n`,
];

const isText = ({ kind, text }: Token): boolean => kind === "text" && text.startsWith('"');
const isNumber = ({ kind, text }: Token): boolean => kind === "number" && /^\d+$/.test(text);
const isName = ({ kind }: Token): boolean => kind === "name";
const isFunction = (line: string): boolean => line.startsWith("func ");
const isGustDeclaration = (line: string): boolean => /^(?:func|const|type|var) Gust/.test(line);
const inFunction = (line: string): boolean => /^\t+[a-z].*[\w)\]"]$/.test(line);

function replaceToken(
  source: string,
  random: Random,
  fits: (token: Token) => boolean,
  by: (token: Token) => string,
): string | null {
  const token = some(tokensOf(source).filter(fits), random);
  if (token === undefined) return null;
  return source.slice(0, token.start) + by(token) + source.slice(token.end);
}

function atLine(
  source: string,
  random: Random,
  fits: (line: string) => boolean,
  by: (line: string) => readonly string[],
): string | null {
  const lines = source.split("\n");
  const at = some(
    lines.flatMap((line, index) => (fits(line) ? [index] : [])),
    random,
  );
  return at === undefined ? null : lines.toSpliced(at, 1, ...by(lines[at] ?? "")).join("\n");
}

/** Imports are left alone: with them the go command has to look anyway. */
function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  scanGo(source, {
    token: (kind, start, end) =>
      void tokens.push({ kind, start, end, text: source.slice(start, end) }),
    comment: () => undefined,
  });
  const body = tokens.findIndex(({ text }) => ["func", "type", "var", "const"].includes(text));
  return body < 0 ? [] : tokens.slice(body);
}

export function some<T>(values: readonly T[], random: Random): T | undefined {
  return values[random.below(values.length)];
}
