import type { Diagnostic } from "./failure.ts";
import { isOwnSource, resolveSource } from "./source-path.ts";

/** Where a build ran, and what counts as the user's own code. Absolute directories. */
export interface OutputContext {
  readonly dir: string;
  readonly ownDirs: readonly string[];
}

/**
 * The positions in the output of `go build` (also of gcc, the linker and generators that print
 * `file:line:column: message`): own code first, warnings last, else as they came.
 */
export function parseBuildOutput(output: string, context: OutputContext): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  let explaining = false;
  for (const line of plainLines(output)) {
    const position = parsePosition(line, context);
    const last = found.at(-1);
    // An indented position explains the message above it, unless there is none.
    const explains = /^\s/.test(line) || position?.message.startsWith("note: ") === true;
    if (explaining && last !== undefined && explains) {
      const addition = explanation(line);
      if (addition !== "") found[found.length - 1] = extended(last, addition);
      continue;
    }
    const next = position ?? parseMixedPackages(line, context);
    explaining = next !== null && next.message !== "too many errors";
    if (next !== null && explaining) found.push(next);
  }
  const plain = found.map(withoutAdvice);
  const distinct = plain.filter(
    (diagnostic, index) => plain.findIndex((other) => sameDiagnostic(other, diagnostic)) === index,
  );
  return distinct.toSorted((a, b) => rank(a) - rank(b));
}

/** Lines without colours, carriage returns and what a progress line has overwritten. */
export function plainLines(output: string): readonly string[] {
  return output
    .replace(escapes, "")
    .split("\n")
    .map((line) =>
      line
        .replace(/\r+$/, "")
        .replace(/^[^]*\r/, "")
        .slice(0, longestLine),
    );
}

/** A program may print a line of 10 MB, and patterns are slow on such. In characters. */
const longestLine = 4000;

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g;

/** Endings of files that compilers and generators name; a host with a port is none of these. */
const sources =
  "go|mod|sum|work|[chsSylm]|cc|cpp|cxx|hh|hpp|hxx|mm|[fF]|for|f90|swig|swigcxx|rl|peg|templ|qtpl|" +
  "tmpl|tpl|gohtml|html|proto|thrift|sql|graphql|toml|yaml|yml|json|css|scss|jsx?|tsx?|vue|svelte";

const positionPattern = new RegExp(
  String.raw`^\s*(?:vet: |go: )?((?:[A-Za-z]:[\\/])?[^:]*?(?:\.(?:${sources})|[Mm]akefile))` +
    String.raw`:(\d+)(?:[:.](\d+))?:? (\S.*)$`,
);

function parsePosition(line: string, context: OutputContext): Diagnostic | null {
  const match = positionPattern.exec(line);
  if (match === null) return null;
  const [, name = "", at = "", column = "0", text = ""] = match;
  const file = resolveSource(context.dir, name);
  const generated = /(^|[/\\])_?cgo_|^\$WORK|[/\\]go-build[/\\\d]/.test(name);
  return {
    file,
    line: Math.max(1, Number(at)),
    column: Number(column),
    message: text.replace(/^(?:fatal )?error: /, ""),
    own: !generated && isOwnSource(file, context.ownDirs),
  };
}

/** `found packages main (main.go) and other (o.go) in /dir` names files, but no lines. */
function parseMixedPackages(line: string, context: OutputContext): Diagnostic | null {
  const match = /^found packages \S+ \(.+?\) and \S+ \((.+?)\) in (.+)$/.exec(line);
  if (match === null) return null;
  const [, name = "", dir = ""] = match;
  const file = resolveSource(resolveSource(context.dir, dir), name);
  return { file, line: 1, column: 0, message: line, own: isOwnSource(file, context.ownDirs) };
}

/** What an indented line adds to a message; nothing where it only draws what gcc points at. */
function explanation(line: string): string {
  if (/^\s*\d*\s*\|/.test(line)) return "";
  return line.trim();
}

function extended(diagnostic: Diagnostic, addition: string): Diagnostic {
  return { ...diagnostic, message: `${diagnostic.message}\n${addition}` };
}

/** The advice to `go get` is not always right; the hint of the failure has the right one. */
function withoutAdvice(diagnostic: Diagnostic): Diagnostic {
  const message = diagnostic.message.replace(/; to add(?: it)?:\n.*$/s, "");
  return { ...diagnostic, message };
}

function sameDiagnostic(a: Diagnostic, b: Diagnostic): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column && a.message === b.message;
}

function rank(diagnostic: Diagnostic): number {
  if (diagnostic.message.startsWith("warning: ")) return 2;
  return diagnostic.own ? 0 : 1;
}
