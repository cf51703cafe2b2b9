import { accessSync, type BigIntStats, constants, lstatSync, statSync } from "node:fs";

/** Null for what is not there or cannot be reached, which is the same for a watch. */
export function statsOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    // Whatever the reason is, there is nothing that could be watched; the path is reported.
    return null;
  }
}

/** True when a file came, moved or changed since then (milliseconds since 1970). */
export function changedSince(path: string, since: number): boolean {
  const stats = statsOf(path);
  return stats !== null && Number(stats.ctimeMs) >= since - CLOCK_TICK_MS;
}

/**
 * Tells a directory from others that have its path at other times; null for what is no readable
 * directory. The time of birth is in it because inode numbers are used again at once.
 */
export function identityOf(dir: string): string | null {
  try {
    const stats = statSync(dir, { bigint: true });
    accessSync(dir, constants.R_OK | constants.X_OK);
    return stats.isDirectory() ? `${stats.dev}:${stats.ino}:${stats.birthtimeNs}` : null;
  } catch {
    // It is not there or cannot be reached: it is awaited.
    return null;
  }
}

/** The clock of a file system is behind by up to so many milliseconds. */
const CLOCK_TICK_MS = 20;
