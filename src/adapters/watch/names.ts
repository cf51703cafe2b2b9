import { basename, dirname, join, sep } from "node:path";

/**
 * The names of the files in every watched directory. When a directory is moved away no event
 * tells of the files in it: they are known from here.
 */
export class Names {
  readonly #dirs = new Map<string, Set<string>>();

  addDir(dir: string): void {
    if (!this.#dirs.has(dir)) this.#dirs.set(dir, new Set());
  }

  /** Only files in known directories are remembered. */
  addFile(path: string): void {
    this.#dirs.get(dirname(path))?.add(basename(path));
  }

  removeFile(path: string): void {
    this.#dirs.get(dirname(path))?.delete(basename(path));
  }

  hasDir(dir: string): boolean {
    return this.#dirs.has(dir);
  }

  /** Forgets a directory with everything below it; the result is the files that it held. */
  removeDir(dir: string): string[] {
    const files: string[] = [];
    for (const [path, names] of this.#dirs) {
      if (!isWithin(path, dir)) continue;
      for (const name of names) files.push(join(path, name));
      this.#dirs.delete(path);
    }
    return files;
  }

  clear(): void {
    this.#dirs.clear();
  }
}

/** True for the directory itself and everything below it. */
export function isWithin(path: string, dir: string): boolean {
  return path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}
