import type { GoBuild } from "./config.ts";

/**
 * Finds the `go build` in a shell line: alone, or after `&&` or `;`, with variables and `cd`
 * before it. Null when there is none, or when the shell would change its words (`$`,
 * backquotes, globs).
 */
export function findGoBuild(command: string): GoBuild | null {
  const parts = command.split(/&&|;|\n/).filter((part) => part.trim() !== "");
  let dir = "";
  let others = 0;
  for (const part of parts) {
    const words = shellWords(part) ?? [];
    const first = words.findIndex((word) => !/^\w+=/.test(word));
    const [name = "", argument] = words.slice(first < 0 ? words.length : first);
    if (/^(?:.*[/\\])?go(?:\.exe)?$/.test(name) && argument === "build") {
      const found = readArguments(words.slice(first + 2), dir);
      const alone = parts.length === others + 1;
      return { ...found, go: name, env: words.slice(0, first), alone };
    }
    if (name !== "cd") continue;
    // Without an argument it is the home directory.
    dir = join(dir, argument ?? "~");
    others++;
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

function join(above: string, dir: string): string {
  return above === "" || dir.startsWith("/") ? dir : `${above}/${dir}`;
}

function readArguments(
  words: readonly string[],
  above: string,
): Omit<GoBuild, "alone" | "env" | "go"> {
  const flags: string[] = [];
  let output: string | null = null;
  let dir = above;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!word.startsWith("-")) return { dir, flags, output, packages: words.slice(i) };
    const [, name = "", value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const next = value === undefined && withValue.has(name) ? words[++i] : undefined;
    if (name === "C") dir = join(above, value ?? next ?? "");
    else if (name === "o") output = value ?? next ?? null;
    else flags.push(word, ...(next === undefined ? [] : [next]));
  }
  return { dir, flags, output, packages: [] };
}

/** Flags of `go build` whose value may be the next word. */
const withValue: ReadonlySet<string> = new Set(
  (
    "C o p covermode coverpkg asmflags buildmode compiler gccgoflags gcflags installsuffix " +
    "ldflags mod modfile overlay pgo pkgdir tags toolexec vcs"
  ).split(" "),
);
