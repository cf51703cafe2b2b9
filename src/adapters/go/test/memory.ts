import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Memories, TestMemory } from "../../../core/test-model.ts";

/**
 * What is known of the tests, one file a package. Everything in them is about contents, so that it is
 * true whoever wrote it last; what cannot be read is learnt again.
 */
export class MemoryStore {
  readonly #dir: string;
  /** Changes with whatever makes earlier results worthless: the version of Go, flags. */
  readonly #salt: string;
  readonly #known = new Map<string, ReadonlyMap<string, TestMemory>>();

  constructor(dir: string, salt: string) {
    this.#dir = dir;
    this.#salt = salt;
  }

  get all(): Memories {
    return this.#known;
  }

  async load(packages: readonly string[]): Promise<void> {
    if (this.#known.size === 0) await forgetOthers(this.#dir);
    for (const path of packages) {
      if (!this.#known.has(path)) this.#known.set(path, await this.#read(path));
    }
  }

  /** In memory; `save` writes it down. */
  note(path: string, name: string, memory: TestMemory): void {
    this.#known.set(path, new Map([...(this.#known.get(path) ?? []), [name, memory]]));
  }

  async save(packages: Iterable<string>): Promise<void> {
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      for (const path of packages) {
        const tests = Object.fromEntries(this.#known.get(path) ?? []);
        const file = this.#fileOf(path);
        const aside = `${file}.${randomBytes(4).toString("hex")}`;
        await writeFile(aside, JSON.stringify({ version, salt: this.#salt, path, tests }));
        await rename(aside, file).catch(() => rm(aside, { force: true }));
      }
    } catch {
      // Without it the next run knows less, and runs more.
    }
  }

  async #read(path: string): Promise<ReadonlyMap<string, TestMemory>> {
    try {
      const text = await readFile(this.#fileOf(path), "utf8");
      const stored = JSON.parse(text) as Stored;
      const fits = stored.version === version && stored.salt === this.#salt && stored.path === path;
      return fits ? new Map(Object.entries(stored.tests)) : new Map();
    } catch {
      return new Map();
    }
  }

  #fileOf(path: string): string {
    const name = createHash("sha256").update(path).digest("hex").slice(0, 16);
    return join(this.#dir, `${name}.json`);
  }
}

/** What is known of projects that nobody has tested for a long time. */
async function forgetOthers(own: string): Promise<void> {
  const parent = dirname(own);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const dir = join(parent, name);
    const info = dir === own ? null : await stat(dir).catch(() => null);
    if (info === null || Date.now() - info.mtimeMs < unusedMs) continue;
    await rm(dir, { recursive: true, force: true }).catch(() => undefined);
  }
}

const unusedMs = 90 * 24 * 3_600_000;

const version = 1;

interface Stored {
  readonly version: number;
  readonly salt: string;
  readonly path: string;
  readonly tests: Readonly<Record<string, TestMemory>>;
}
