/** One statement of a go.mod or go.work file, without its block, comments and quotes. */
export interface ModStatement {
  /** `module`, `go`, `toolchain`, `godebug`, `require`, `replace`, `exclude`, `retract`, `tool`, `use`, … */
  readonly verb: string;
  /** Its words; brackets and commas of a `retract` and the arrow of a `replace` are words too. */
  readonly words: readonly string[];
}

/**
 * The statements of a go.mod or go.work file in their order; null where the file does not follow the
 * grammar, or has something in it that only the go command should judge.
 */
export function goModStatements(source: string): readonly ModStatement[] | null {
  // A byte that is no UTF-8 becomes U+FFFD; a carriage return alone ends no line; of spaces only the
  // plain ones are any.
  if (/[\0\u0085\uFFFD]|[^\S \t\r\n]|\r(?!\n)/.test(source)) return null;
  const found: ModStatement[] = [];
  let block: string | null = null;
  for (const line of source.split(/\r?\n/)) {
    const words = wordsOf(line);
    if (words === null) return null;
    const [first, second] = words;
    if (first === undefined) continue;
    if (first.type === "close") {
      if (block === null || second !== undefined) return null;
      block = null;
    } else if (second?.type === "open" && words.length === 2 && first.type === "word") {
      if (block !== null) return null;
      block = first.text;
    } else {
      // A bracket anywhere else is part of no statement that is known.
      if (words.some(({ type }) => type !== "word")) return null;
      const texts = words.map(({ text }) => text);
      const statement: ModStatement =
        block === null
          ? { verb: texts[0] ?? "", words: texts.slice(1) }
          : { verb: block, words: texts };
      if (!/^[a-z]+$/.test(statement.verb)) return null;
      found.push(statement);
    }
  }
  return block === null ? found : null;
}

interface Word {
  readonly type: "word" | "open" | "close";
  readonly text: string;
}

/** Words of a line without its comment; null where it ends in the middle of a string. */
function wordsOf(line: string): readonly Word[] | null {
  const words: Word[] = [];
  let rest = line.trimStart();
  while (rest !== "" && !rest.startsWith("//")) {
    const match = token.exec(rest);
    if (match === null) return null;
    const [text] = match;
    words.push(wordOf(text));
    rest = rest.slice(text.length).trimStart();
  }
  return words;
}

/** A string with an escape in it is left to the go command, and so is a comment of another form. */
const token = /^(?:"[^"\\]*"|`[^`]*`|[()[\],]|(?!["`])(?:(?!\/\/|\/\*)[^\s()[\]{},])+)/;

function wordOf(text: string): Word {
  if (text === "(") return { type: "open", text };
  if (text === ")") return { type: "close", text };
  const quoted = /^["`]/.test(text);
  return { type: "word", text: quoted ? text.slice(1, -1) : text };
}

/** Names of the files that say which modules a build uses. */
export function isModuleFileName(name: string): boolean {
  return moduleFileNames.has(name) || name === "modules.txt";
}

const moduleFileNames: ReadonlySet<string> = new Set([
  "go.mod",
  "go.sum",
  "go.work",
  "go.work.sum",
]);

/**
 * What a file of this name says to a build, one statement a line: two versions with the same lines
 * build alike. Null where that cannot be told, so that the text itself has to be compared.
 *
 * Comments say nothing to a build: `// indirect` is bookkeeping for `go mod tidy`, and `// Deprecated:`
 * and the reasons of a `retract` are read by those who require the module. Nor does the order of
 * statements, but for vendor/modules.txt, where a line belongs to the one above.
 */
export function moduleMeaning(name: string, source: string): readonly string[] | null {
  if (name === "go.mod" || name === "go.work") {
    const statements = goModStatements(source);
    return (
      statements?.map(({ verb, words }) => [verb, ...words].map(shown).join(" ")).toSorted() ?? null
    );
  }
  const lines = source.split("\n").map((line) => line.trim());
  if (name === "modules.txt") return lines.filter((line) => line !== "");
  const sums = lines.filter((line) => line !== "");
  // The go command takes a line of another form for a broken file.
  return sums.every((line) => line.split(/\s+/).length === 3)
    ? [...new Set(sums.map((line) => line.split(/\s+/).join(" ")))].toSorted()
    : null;
}

/** A word with a space in it is one word. */
const shown = (word: string): string =>
  word === "" || /\s/.test(word) ? JSON.stringify(word) : word;
