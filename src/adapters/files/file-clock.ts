import { closeSync, fstatSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What time it is for files (milliseconds since 1970). The kernel stamps them by a clock that is
 * behind the real one, by a tick or, on a loaded virtual machine, by a good deal more; a file made
 * now tells it exactly. Whatever is changed later has this time or a later one.
 */
export function fileClock(): number {
  const path = join(tmpdir(), `gust-clock-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      return Math.min(Date.now(), fstatSync(file).ctimeMs);
    } finally {
      closeSync(file);
      rmSync(path, { force: true });
    }
  } catch {
    // Without a place for temporary files the real clock has to do.
    return Date.now();
  }
}
