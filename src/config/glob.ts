/**
 * The source of a JavaScript regular expression for a pattern of Go's `filepath.Match`, where
 * `*` and `?` do not cross a `/`. Null when the pattern is malformed. With `deep`, also `**`
 * (any number of directories) and `{a,b}`.
 */
export function globSource(pattern: string, deep: boolean): string | null {
  let source = "";
  let braces = 0;
  const text = pattern.replace(/^(?:\.\/)+/, "");
  for (let i = 0; i < text.length;) {
    const rest = text.slice(i);
    const [piece, length] = braced(rest, deep, braces) ?? token(rest, deep && atStart(text, i));
    if (piece === null) return null;
    if (deep && rest.startsWith("{")) braces++;
    if (deep && rest.startsWith("}") && braces > 0) braces--;
    source += piece;
    i += length;
  }
  return braces === 0 ? `^${source}$` : null;
}

function atStart(text: string, index: number): boolean {
  return index === 0 || text[index - 1] === "/";
}

type Token = readonly [piece: string | null, length: number];

function braced(rest: string, deep: boolean, open: number): Token | null {
  if (!deep) return null;
  if (rest.startsWith("{")) return ["(?:", 1];
  if (open > 0 && rest.startsWith("}")) return [")", 1];
  if (open > 0 && rest.startsWith(",")) return ["|", 1];
  return null;
}

function token(rest: string, deep: boolean): Token {
  if (deep && rest.startsWith("**/")) return ["(?:[^/]+/)*", 3];
  if (deep && rest === "**") return [".*", 2];
  const first = rest.charAt(0);
  if (first === "*") return ["[^/]*", /^\*+/.exec(rest)?.[0].length ?? 1];
  if (first === "?") return ["[^/]", 1];
  if (first === "[") return charClass(rest);
  if (first === "\\") return rest.length > 1 ? [literal(rest.charAt(1)), 2] : [null, 1];
  return [literal(first), 1];
}

function charClass(rest: string): Token {
  const found = /^\[(\^?)((?:\\.|[^\]\\])+)\]/s.exec(rest);
  if (found === null) return [null, 1];
  const [whole, not, inside = ""] = found;
  const body = inside.replaceAll(/\\(.)|[\^[]/gs, (found, escaped?: string) =>
    escaped !== undefined && /\w/.test(escaped) ? escaped : `\\${escaped ?? found}`,
  );
  return [not === "^" ? `[^/${body}]` : `[${body}]`, whole.length];
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(char) ? `\\${char}` : char;
}
