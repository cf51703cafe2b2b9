import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";

/**
 * Looks at files in the way that is cheapest for the file system: on a fast one a blocking call
 * takes a fraction of the CPU time of a promise, on a slow one it would hold up everything.
 */
export class Probe {
  #isFast = false;

  get isFast(): boolean {
    return this.#isFast;
  }

  /** Finds out which kind of file system these paths lie on. */
  calibrate(paths: readonly string[]): void {
    const sample = paths.slice(0, SAMPLE);
    if (sample.length === 0) return;
    const began = performance.now();
    for (const path of sample) tryStat(path);
    this.#isFast = (performance.now() - began) / sample.length <= FAST_MS;
  }

  stats(path: string): Stats | Promise<Stats> {
    return this.#isFast ? statSync(path) : stat(path);
  }

  entries(dir: string): Dirent[] | Promise<Dirent[]> {
    const options = { withFileTypes: true } as const;
    return this.#isFast ? readdirSync(dir, options) : readdir(dir, options);
  }
}

const SAMPLE = 16;
/** One look at a file on a local disk takes about 0.005 ms, on a network drive 0.5 ms or more. */
const FAST_MS = 0.05;

function tryStat(path: string): void {
  try {
    statSync(path);
  } catch {
    // Only the time counts here; whoever looks in earnest finds the same error.
  }
}
