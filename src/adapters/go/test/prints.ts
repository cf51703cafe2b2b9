import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isModuleFileName, moduleMeaning } from "../../../core/go-mod.ts";
import { digest } from "../../../core/digest.ts";
import type { PackagePrint, Prints, TestPackage } from "../../../core/test-model.ts";
import { type FilePrint, filePrint } from "../../../core/test-print.ts";

/** What files hold at another time than now: null where there was none. */
export type Earlier = ReadonlyMap<string, string | null>;

/** The state of packages and files, read again only where the times of a file differ. */
export class PrintReader {
  readonly #go = new Map<string, { readonly signature: string; readonly print: FilePrint }>();
  readonly #other = new Map<string, { readonly signature: string; readonly print: string }>();

  async read(packages: readonly TestPackage[], earlier: Earlier = new Map()): Promise<Prints> {
    const prints = new Map<string, PackagePrint>();
    const rest = packages.values();
    const lane = async (): Promise<void> => {
      for (const one of rest) prints.set(one.path, await this.#package(one, earlier));
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    // The order of the list, not that in which they were read.
    return new Map(packages.flatMap(({ path }) => entryOf(prints, path)));
  }

  /** Files that have been written since then (milliseconds since 1970), as if they had been empty. */
  async changedSince(packages: readonly TestPackage[], since: number): Promise<Earlier> {
    const found = new Map<string, string>();
    for (const one of packages) {
      for (const path of [...one.goFiles, ...one.testFiles]) {
        const info = await stat(path).catch(() => null);
        const tick = info === null || info.ctimeMs % 1000 === 0 ? 2000 : 20;
        if (info !== null && info.ctimeMs >= since - tick) found.set(path, "");
      }
    }
    return found;
  }

  /** Prints of single files; "" for one that is not there, and for directories that of their names. */
  async files(paths: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const path of paths) found.set(path, await this.#file(path));
    return found;
  }

  async #package(one: TestPackage, earlier: Earlier): Promise<PackagePrint> {
    const dropped = (path: string): boolean => earlier.get(path) === null;
    const added = [...earlier].flatMap(([path, text]) =>
      text !== null && path.endsWith(".go") && isIn(path, one.dir) ? [path] : [],
    );
    const goFiles = [...new Set([...one.goFiles, ...added.filter((path) => !isTest(path))])];
    const testFiles = [...new Set([...one.testFiles, ...added.filter(isTest)])];
    const go = await this.#all(goFiles, earlier, false);
    const test = await this.#all(testFiles, earlier, true);
    const others = async (files: readonly string[]): Promise<Map<string, string>> =>
      new Map(
        await Promise.all(
          files
            .filter((path) => !dropped(path))
            .map(async (path): Promise<[string, string]> => {
              const before = earlier.get(path);
              return [
                path,
                typeof before === "string" ? otherPrint(path, before) : await this.#file(path),
              ];
            }),
        ),
      );
    const data = await dataFiles(join(one.dir, "testdata"));
    const lost = [...earlier].flatMap(([path, text]) =>
      text !== null && path.startsWith(join(one.dir, "testdata", "/")) ? [path] : [],
    );
    return {
      go,
      test,
      other: await others(one.otherFiles),
      otherTest: await others(one.otherTestFiles),
      testdata: await others([...new Set([...data, ...lost])]),
      spawns: [...test.values()].some(({ uses }) => uses.includes(spawnMark)),
    };
  }

  async #all(
    paths: readonly string[],
    earlier: Earlier,
    isTest: boolean,
  ): Promise<ReadonlyMap<string, FilePrint>> {
    const prints = new Map<string, FilePrint>();
    for (const path of paths) {
      const before = earlier.get(path);
      if (before === null) continue;
      const print =
        before === undefined ? await this.#source(path, isTest) : printOf(before, isTest);
      if (print !== null) prints.set(path, print);
    }
    return prints;
  }

  async #source(path: string, isTest: boolean): Promise<FilePrint | null> {
    try {
      const signature = await signatureOf(path);
      const known = this.#go.get(path);
      if (known !== undefined && known.signature === signature.text) return known.print;
      const print = printOf(await readFile(path, "utf8"), isTest);
      if (signature.settled) this.#go.set(path, { signature: signature.text, print });
      else this.#go.delete(path);
      return print;
    } catch {
      // It is gone meanwhile: that is a state as well.
      return null;
    }
  }

  async #file(path: string): Promise<string> {
    try {
      const info = await stat(path);
      if (info.isDirectory()) return digest((await readdir(path)).toSorted().join("\0"));
      const signature = await signatureOf(path);
      const known = this.#other.get(path);
      if (known !== undefined && known.signature === signature.text) return known.print;
      const large = info.size > hashedBytes;
      const print = large ? signature.text : otherPrint(path, await readFile(path, "utf8"));
      if (signature.settled) this.#other.set(path, { signature: signature.text, print });
      return print;
    } catch {
      return "";
    }
  }
}

const lanes = 8;
/** A larger file counts by its times. */
const hashedBytes = 1 << 20;
/** So many files of testdata are looked at for one package. */
const dataMost = 5000;
/** Stands among the names that a test file uses where it can start other programs. */
const spawnMark = "\0exec";

function printOf(source: string, isTest: boolean): FilePrint {
  const print = filePrint(source, isTest);
  const spawns = isTest && /"os\/exec"|"plugin"/.test(source);
  return spawns ? { ...print, uses: [...print.uses, spawnMark] } : print;
}

/** Of a module file what it says to a build, which comments and order are no part of. */
function otherPrint(path: string, text: string): string {
  const name = basename(path);
  const meaning = isModuleFileName(name) ? moduleMeaning(name, text) : null;
  return textPrint(meaning?.join("\n") ?? text);
}

const textPrint = (text: string): string =>
  createHash("sha256").update(text).digest("base64").slice(0, 16);

/** A file that has only just been written may be written again within the same tick of its clock. */
async function signatureOf(path: string): Promise<{ text: string; settled: boolean }> {
  const { mtimeMs, ctimeMs, size, ino } = await stat(path);
  const tick = ctimeMs % 1000 === 0 ? 2000 : 20;
  return {
    text: `${mtimeMs}:${ctimeMs}:${size}:${ino}`,
    settled: Math.abs(Date.now() - ctimeMs) > tick,
  };
}

async function dataFiles(dir: string): Promise<readonly string[]> {
  try {
    const found = await readdir(dir, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).slice(0, dataMost);
    return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  } catch {
    // Most packages have none.
    return [];
  }
}

const isIn = (path: string, dir: string): boolean => path === join(dir, basename(path));

const entryOf = <T>(
  map: ReadonlyMap<string, T>,
  key: string,
): readonly (readonly [string, T])[] => {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
};

const isTest = (path: string): boolean => path.endsWith("_test.go");
