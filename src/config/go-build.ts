import type { GoBuild } from "./config.ts";

/**
 * Finds the `go build` in a shell line: alone, after `&&` or `;`, with variables before it.
 * Null when there is none, or when the shell would change its words (`$`, backquotes, globs).
 */
export function findGoBuild(command: string): GoBuild | null {
  const parts = command.split(/&&|;|\n/).filter((part) => part.trim() !== "");
  for (const part of parts) {
    const words = shellWords(part);
    if (words === null) continue;
    const start = words.findIndex((word) => !/^\w+=/.test(word));
    const [go = "", sub] = words.slice(start < 0 ? words.length : start);
    if (!/^(?:.*[/\\])?go(?:\.exe)?$/.test(go) || sub !== "build") continue;
    return { ...readArguments(words.slice(start + 2)), alone: parts.length === 1 };
  }
  return null;
}

/**
 * The words of a shell line with quotes taken off, or null when it has anything that a shell
 * would act on.
 */
export function shellWords(line: string): readonly string[] | null {
  const words: string[] = [];
  const piece = /\s+|"((?:\\.|[^"\\$`])*)"|'([^']*)'|\\(.)|([^\s"'\\$`|&;<>()*?[\]{}~#!])/gsy;
  let word: string | null = null;
  while (piece.lastIndex < line.length) {
    const found = piece.exec(line);
    if (found === null) return null;
    const [whole, double, single, escaped, plain] = found;
    const text = double?.replaceAll(/\\(["\\$`])/g, "$1") ?? single ?? escaped ?? plain;
    if (text !== undefined) word = (word ?? "") + text;
    else if (word !== null && whole.trim() === "") {
      words.push(word);
      word = null;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

function readArguments(words: readonly string[]): Omit<GoBuild, "alone"> {
  const flags: string[] = [];
  let output: string | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!word.startsWith("-")) return { flags, output, packages: words.slice(i) };
    const [, name = "", value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const next = value === undefined && withValue.has(name) ? words[++i] : undefined;
    if (name === "o") output = value ?? next ?? null;
    else flags.push(word, ...(next === undefined ? [] : [next]));
  }
  return { flags, output, packages: [] };
}

/** Flags of `go build` whose value may be the next word. */
const withValue: ReadonlySet<string> = new Set([
  ...["C", "o", "p", "covermode", "coverpkg", "asmflags", "buildmode", "compiler", "gccgoflags"],
  ...["gcflags", "installsuffix", "ldflags", "mod", "modfile", "overlay", "pgo", "pkgdir"],
  ...["tags", "toolexec", "vcs"],
]);
