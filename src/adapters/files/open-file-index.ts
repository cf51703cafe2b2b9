import type { Stats } from "node:fs";
import { dirname } from "node:path";
import type { FileChange, FileFact } from "../../core/facts.ts";
import type { FileIndex } from "../../engine/ports.ts";
import { fileClock } from "./file-clock.ts";
import { editsBetween } from "../../core/go-meaning.ts";
import { moduleEdits } from "../../core/module-edits.ts";
import {
  type Content,
  type FileContent,
  type Meaning,
  EMPTY_HASH,
  declarationsOf,
  readContent,
  signatureOf,
} from "./content.ts";
import { readSettled } from "./settled.ts";
import type { GitIgnore } from "./git-ignore.ts";
import { list, type Listed, walk } from "./walk.ts";

export interface FileIndexOptions {
  /** Absolute directories whose files are known from the beginning. */
  readonly roots: readonly string[];
  readonly skipDir: (dir: string) => boolean;
  /** Null outside of a git work tree: nothing is ignored. */
  readonly gitIgnore: GitIgnore | null;
  /** Files below the roots to be primed as soon as they are found. */
  readonly wanted?: (path: string) => boolean;
  /**
   * From when on a change counts (milliseconds since 1970); now, if not given. A file that
   * changed later is never taken for known, so that a save during the start is not missed.
   */
  readonly openedAt?: number;
  /** Resolves when a file that was just emptied is worth another look; after a few milliseconds. */
  readonly pause?: () => Promise<void>;
}

export interface PrimedFileIndex extends FileIndex {
  /** Resolves when the background work that was asked for so far is done. */
  primed(): Promise<void>;
}

/** Opens an index, which begins to list the directories in the background. */
export function openFileIndex(options: FileIndexOptions): PrimedFileIndex {
  return new HashIndex(options);
}

class HashIndex implements PrimedFileIndex {
  readonly #options: FileIndexOptions;
  readonly #openedAt: number;
  readonly #known = new Map<string, Known>();
  /** Directories whose files are all known. */
  readonly #dirs = new Set<string>();
  readonly #inventory: Promise<void>;
  #inventoryDone = false;
  #last: Promise<unknown> = Promise.resolve();
  #unprimed: string[] = [];
  readonly #priming = new Set<Promise<void>>();

  constructor(options: FileIndexOptions) {
    this.#options = options;
    this.#openedAt = options.openedAt ?? fileClock();
    this.#inventory = this.#takeInventory();
  }

  prime(files: readonly string[]): void {
    for (const path of files) {
      this.#unprimed.push(path);
      // Whoever names a file has seen it: when it is not there any more it was removed.
      if (!this.#known.has(path)) this.#known.set(path, { ...UNREAD });
    }
    while (this.#priming.size < PRIMED_AT_ONCE) {
      const lane = this.#primeAll().finally(() => this.#priming.delete(lane));
      this.#priming.add(lane);
    }
  }

  async primed(): Promise<void> {
    await this.#inventory;
    await Promise.all(this.#priming);
  }

  examine(paths: readonly string[]): Promise<readonly FileFact[]> {
    return this.#inOrder(async () => {
      this.#options.gitIgnore?.refresh();
      return this.#lookAt([...new Set(paths)]);
    });
  }

  rescan(): Promise<readonly FileFact[]> {
    return this.#inOrder(async () => {
      await this.#inventory;
      this.#options.gitIgnore?.refresh();
      const facts = await this.#lookAt(await this.#differing());
      return facts.filter((fact) => fact.change !== "unchanged");
    });
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result;
    return result;
  }

  async #takeInventory(): Promise<void> {
    const { roots, skipDir } = this.#options;
    const wanted: string[] = [];
    await walk(roots, skipDir, (listed) => {
      this.#record(listed);
      for (const { path } of listed.files) if (this.#options.wanted?.(path)) wanted.push(path);
    });
    this.#inventoryDone = true;
    this.prime(wanted);
  }

  async #primeAll(): Promise<void> {
    for (let path = this.#unprimed.pop(); path !== undefined; path = this.#unprimed.pop()) {
      this.#know(dirname(path));
      const before = this.#known.get(path);
      if (typeof before?.hash === "string") continue;
      const content = await readContent(path);
      if (content.type !== "file" || !content.steady || this.#isRecent(content.stats)) continue;
      // An examination in the meantime knows better, also when it found that the file is gone.
      if (this.#known.get(path) === before) this.#remember(path, content);
    }
  }

  /** Lists a directory outside of the roots, so that a new file in it is known to be new. */
  #know(dir: string): void {
    if (this.#dirs.has(dir) || this.#isListedSoon(dir)) return;
    const [listed] = list(dir);
    this.#record(listed);
  }

  #isListedSoon(dir: string): boolean {
    return !this.#inventoryDone && this.#rootOf(dir) !== null;
  }

  /** The root above a directory from which no skipped directory separates it. */
  #rootOf(dir: string): string | null {
    const { roots, skipDir } = this.#options;
    for (let at = dir; ; at = dirname(at)) {
      if (roots.includes(at)) return at;
      if (skipDir(at) || at === dirname(at)) return null;
    }
  }

  #record(listed: Listed): void {
    this.#dirs.add(listed.dir);
    for (const { path, stats } of listed.files) {
      if (this.#known.has(path)) continue;
      this.#known.set(path, {
        signature: signatureOf(stats),
        hash: null,
        header: null,
        meaning: null,
        modules: null,
        doubtful: this.#isRecent(stats),
        isNew: stats.birthtimeMs >= this.#openedAt,
      });
    }
  }

  /** Paths that may differ from what is known, found by names and times alone. */
  async #differing(): Promise<readonly string[]> {
    const paths: string[] = [];
    const seen = new Set<string>();
    const { roots, skipDir } = this.#options;
    const compare = (listed: Listed): void => {
      for (const { path, stats } of listed.files) {
        seen.add(path);
        const known = this.#known.get(path);
        if (known === undefined || known.doubtful || known.signature !== signatureOf(stats)) {
          paths.push(path);
        }
      }
    };
    const listed = new Set<string>();
    await walk(roots, skipDir, (found) => {
      listed.add(found.dir);
      compare(found);
    });
    for (const dir of this.#dirs) if (!listed.has(dir)) compare(list(dir)[0]);
    for (const path of this.#known.keys()) if (!seen.has(path)) paths.push(path);
    return paths;
  }

  async #lookAt(paths: readonly string[]): Promise<readonly FileFact[]> {
    const facts: (FileFact | null)[] = [];
    const rest = paths.entries();
    const lane = async (): Promise<void> => {
      for (const [index, path] of rest) facts[index] = this.#compare(path, await this.#read(path));
    };
    await Promise.all(Array.from({ length: READ_AT_ONCE }, lane));
    return facts.filter((fact) => fact !== null);
  }

  #read(path: string): Promise<Content> {
    const wasEmpty = this.#known.get(path)?.hash === EMPTY_HASH;
    const { pause } = this.#options;
    return readSettled(path, { wasEmpty, ...(pause === undefined ? {} : { pause }) });
  }

  /** The fact about a path; null for what is no file and was none. */
  #compare(path: string, content: Content): FileFact | null {
    const known = this.#known.get(path);
    if (content.type === "absent" || content.type === "no-file") {
      if (known === undefined) return null;
      this.#known.delete(path);
      const fact = this.#fact(path, "removed", path.endsWith(".go") ? true : null, null);
      return { ...fact, ...allOf(known.meaning, "removed") };
    }
    const change = known === undefined ? this.#appearance(path) : changeOf(known, content);
    if (content.type === "unreadable") {
      this.#known.set(path, { ...UNREAD });
      return this.#fact(path, change, path.endsWith(".go") ? true : null, null);
    }
    const { go } = content;
    const headerChanged = go === null ? null : (known?.header ?? null) !== go.header;
    const news =
      change === "created"
        ? allOf(go?.meaning, "added")
        : change === "modified"
          ? { ...meaningNews(known?.meaning, go?.meaning), ...moduleNews(known, content) }
          : {};
    this.#remember(path, content);
    return { ...this.#fact(path, change, headerChanged, go?.generated ?? null), ...news };
  }

  #fact(
    path: string,
    change: FileChange,
    headerChanged: boolean | null,
    generated: boolean | null,
  ): FileFact {
    return {
      path,
      change,
      ignored: this.#options.gitIgnore?.ignoresFile(path) ?? false,
      ...(headerChanged === null ? {} : { headerChanged }),
      ...(generated === null ? {} : { generated }),
    };
  }

  /** What the first sight of a file means: nobody knows whether it was there before. */
  #appearance(path: string): FileChange {
    const dir = dirname(path);
    if (this.#dirs.has(dir)) return "created";
    if (this.#inventoryDone && this.#rootOf(dir) !== null) {
      // All directories were listed and this one was not there.
      this.#dirs.add(dir);
      return "created";
    }
    this.#know(dir);
    return this.#known.get(path)?.isNew === true ? "created" : "modified";
  }

  #remember(path: string, content: FileContent): void {
    this.#known.set(path, {
      signature: signatureOf(content.stats),
      hash: content.hash,
      header: content.go?.header ?? null,
      meaning: content.go?.meaning ?? null,
      modules: content.modules,
      doubtful: !content.steady || isFresh(content.stats),
      isNew: false,
    });
  }

  /** True when the file may have changed since the index was opened. */
  #isRecent(stats: Stats): boolean {
    return stats.ctimeMs >= this.#openedAt - tickOf(stats);
  }
}

interface Known {
  readonly signature: string;
  /** Null while the file was seen but not read. */
  readonly hash: string | null;
  readonly header: string | null;
  readonly meaning: Meaning | null;
  /** What a module file says. */
  readonly modules: string | null;
  /** The times cannot prove that it is unchanged: it must be read to know. */
  readonly doubtful: boolean;
  /** Came to be after the index was opened, and was not reported yet. */
  readonly isNew: boolean;
}

const UNREAD: Known = {
  signature: "",
  hash: null,
  header: null,
  meaning: null,
  modules: null,
  doubtful: true,
  isNew: false,
};

const PRIMED_AT_ONCE = 2;
const READ_AT_ONCE = 4;

/** What a change of a Go file means, where both versions of it are known. */
function meaningNews(
  before: Meaning | null | undefined,
  after: Meaning | null | undefined,
): Pick<FileFact, "sameMeaning" | "edits"> {
  if (!before || !after) return {};
  if (before.hash === after.hash) return { sameMeaning: true };
  return { edits: editsBetween(declarationsOf(before), declarationsOf(after)) };
}

/** What a change of a module file means, where both versions of it are known. */
function moduleNews(
  before: Known | undefined,
  { modules }: FileContent,
): Pick<FileFact, "sameMeaning" | "moduleEdits"> {
  const known = before?.modules ?? null;
  if (known === null || modules === null) return {};
  if (known === modules) return { sameMeaning: true };
  return { moduleEdits: moduleEdits(known.split("\n"), modules.split("\n")) };
}

/** Of a file that has come or gone, what may have been moved from or to another one. */
function allOf(
  meaning: Meaning | null | undefined,
  edit: "added" | "removed",
): Pick<FileFact, "edits"> {
  if (!meaning) return {};
  const declarations = declarationsOf(meaning).filter(({ name }) => !inEveryFile.test(name));
  return { edits: declarations.map(({ name, digest }) => ({ edit, name, digest })) };
}

const inEveryFile = /^(?:package|import)\b/;

function changeOf(
  known: Known,
  content: FileContent | { readonly type: "unreadable" },
): FileChange {
  if (known.isNew) return "created";
  return content.type === "file" && known.hash === content.hash ? "unchanged" : "modified";
}

/** True when another write could follow that leaves the times as they are. */
function isFresh(stats: Stats): boolean {
  return Math.abs(Date.now() - stats.ctimeMs) <= tickOf(stats);
}

/** How far (milliseconds) the times of a file can be behind the clock. */
function tickOf(stats: Stats): number {
  return stats.ctimeMs % 1000 === 0 ? 2_000 : 20;
}
