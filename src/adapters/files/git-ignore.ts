import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

export interface GitIgnoreOptions {
  /** Top directory of the work tree (absolute). */
  readonly root: string;
  /** Files with patterns that hold in the whole tree, the most important first. */
  readonly excludesFiles: readonly string[];
}

/** What .gitignore and its companions say about the paths of one work tree. */
export interface GitIgnore {
  ignoresFile(path: string): boolean;
  /** True also for `.git` itself. */
  ignoresDir(dir: string): boolean;
  /** Reads those files again that changed since they were read. */
  refresh(): void;
}

/** Everything is read when it is first asked for. Paths outside of the tree are never ignored. */
export function openGitIgnore(options: GitIgnoreOptions): GitIgnore {
  return new Rules(options);
}

class Rules implements GitIgnore {
  readonly #root: string;
  readonly #excludes: readonly RuleFile[];
  readonly #byDir = new Map<string, RuleFile>();
  #dirs = new Map<string, boolean>();
  #round = 0;

  constructor(options: GitIgnoreOptions) {
    this.#root = options.root;
    this.#excludes = options.excludesFiles.map((file) => new RuleFile(file, options.root));
  }

  ignoresFile(path: string): boolean {
    if (!isBelow(path, this.#root)) return false;
    return this.ignoresDir(dirname(path)) || this.#decide(path, false);
  }

  ignoresDir(dir: string): boolean {
    if (!isBelow(dir, this.#root)) return false;
    const known = this.#dirs.get(dir);
    if (known !== undefined) return known;
    const ignored =
      basename(dir) === ".git" || this.ignoresDir(dirname(dir)) || this.#decide(dir, true);
    if (this.#dirs.size >= MAX_REMEMBERED) this.#dirs = new Map();
    this.#dirs.set(dir, ignored);
    return ignored;
  }

  refresh(): void {
    this.#round += 1;
    let changed = false;
    for (const file of this.#excludes) changed = file.check(this.#round) || changed;
    for (const file of this.#byDir.values()) changed = file.check(this.#round) || changed;
    if (changed) this.#dirs = new Map();
  }

  /** The pattern nearest to the path decides; no directory above it is ignored. */
  #decide(path: string, isDir: boolean): boolean {
    for (let dir = dirname(path); ; dir = dirname(dir)) {
      const verdict = this.#rulesOf(dir).test(path, isDir);
      if (verdict !== null) return verdict;
      if (dir === this.#root) break;
    }
    for (const file of this.#excludes) {
      const verdict = file.test(path, isDir);
      if (verdict !== null) return verdict;
    }
    return false;
  }

  #rulesOf(dir: string): RuleFile {
    let file = this.#byDir.get(dir);
    if (file === undefined) {
      file = new RuleFile(join(dir, ".gitignore"), dir);
      this.#byDir.set(dir, file);
    }
    return file;
  }
}

/** One file of patterns, which need not exist. */
class RuleFile {
  readonly #path: string;
  readonly #base: string;
  #rules: Ignore | null = null;
  #signature: string | null = null;
  #round = -1;

  constructor(path: string, base: string) {
    this.#path = path;
    this.#base = base;
    this.check(0);
  }

  /** Reads the file again when it is another one. True when it was. */
  check(round: number): boolean {
    if (round === this.#round) return false;
    this.#round = round;
    const signature = signatureOf(this.#path);
    if (signature === this.#signature) return false;
    this.#signature = signature;
    this.#rules = signature === null ? null : readRules(this.#path);
    return true;
  }

  /** Null when no pattern matches. */
  test(path: string, isDir: boolean): boolean | null {
    if (this.#rules === null) return null;
    const name = relative(this.#base, path).split(sep).join("/");
    const verdict = verdictOf(this.#rules, isDir ? `${name}/` : name);
    const parent = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    if (verdict !== true || parent === "" || verdictOf(this.#rules, `${parent}/`) !== true) {
      return verdict;
    }
    // Only the directory is ignored here, and a file nearer to it says that it is not. What is
    // left are the patterns for the bare name.
    return verdictOf(this.#rules, isDir ? `${basename(path)}/` : basename(path));
  }
}

function verdictOf(rules: Ignore, name: string): boolean | null {
  const { ignored, unignored } = rules.test(name);
  if (unignored) return false;
  return ignored ? true : null;
}

const MAX_REMEMBERED = 20_000;

function isBelow(path: string, root: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function signatureOf(path: string): string | null {
  try {
    const stats = statSync(path);
    return stats.isFile() ? `${stats.mtimeMs}:${stats.ctimeMs}:${stats.size}:${stats.ino}` : null;
  } catch {
    // Most directories have no such file, and one that cannot be read has no effect in git either.
    return null;
  }
}

function readRules(path: string): Ignore | null {
  try {
    // A byte order mark is no part of the first pattern.
    return ignore().add(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch {
    // It went between the two looks; the next refresh sees that.
    return null;
  }
}
