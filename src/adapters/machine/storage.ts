import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { ioFailure } from "../../core/io-failure.ts";

export interface Storage {
  /** Null when a file could be written. */
  readonly failure: Failure | null;
  /** What this user may still write; null where that is not known. */
  readonly freeBytes: number | null;
}

/** Tries whether files can be written in a directory, which is made when it is missing. */
export async function tryStorage(dir: string): Promise<Storage> {
  const probe = join(dir, `probe-${process.pid}`);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(probe, "gust doctor was here\n");
    return { failure: null, freeBytes: await freeBytes(dir) };
  } catch (error) {
    return { failure: ioFailure(error, "write to", dir), freeBytes: await freeBytes(dir) };
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

async function freeBytes(dir: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    // The directory does not exist, which the failure of writing to it tells already.
    return null;
  }
}
