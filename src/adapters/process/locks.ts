import { readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";

/** A file on which one process has a lock (flock or fcntl) that another one may want. */
export interface LockedFile {
  readonly path: string;
  /** The other process is blocked in the request for the lock. */
  readonly blocked: boolean;
}

/**
 * The file that `holder` has locked and `waiter` wants: it is blocked, or has the file open without
 * a lock of its own, as programs do that try again and again. Null: none, or not to be known here.
 */
export function lockBetween(waiter: number, holder: number): LockedFile | null {
  const locks = readLocks();
  const held = locks.filter((lock) => lock.pid === holder && !lock.blocked);
  if (held.length === 0) return null;
  const blocked = locks.find(
    (lock) => lock.pid === waiter && lock.blocked && held.some((other) => other.file === lock.file),
  );
  const files = openFiles(waiter);
  if (blocked !== undefined) {
    return { path: files.get(blocked.file) ?? pathOf(holder, blocked.file), blocked: true };
  }
  for (const { file } of held) {
    const path = files.get(file);
    const own = locks.some((lock) => lock.pid === waiter && lock.file === file);
    if (path !== undefined && !own) return { path, blocked: false };
  }
  return null;
}

/** A file on which this process has a lock; null when it has none. */
export function lockOf(holder: number): string | null {
  const [lock] = readLocks().filter(({ pid, blocked }) => pid === holder && !blocked);
  return lock === undefined ? null : pathOf(holder, lock.file);
}

interface Lock {
  readonly pid: number;
  /** Device and inode, as `/proc/locks` writes them: `08:01:131`. */
  readonly file: string;
  readonly blocked: boolean;
}

/** Lines such as `1: FLOCK  ADVISORY  WRITE 1234 08:01:131 0 EOF`, with `->` where one waits. */
export function parseLocks(text: string): Lock[] {
  return text.split("\n").flatMap((line) => {
    const found =
      /^\d+:( ->)? (?:FLOCK|POSIX|OFDLCK)\s+\S+\s+(?:READ|WRITE)\s+(-?\d+) ([\da-f]+:[\da-f]+:\d+) /u.exec(
        line,
      );
    if (found === null) return [];
    return [{ pid: Number(found[2]), file: found[3] ?? "", blocked: found[1] !== undefined }];
  });
}

function readLocks(): Lock[] {
  try {
    return parseLocks(readFileSync("/proc/locks", "latin1"));
  } catch {
    // Another system: nothing is known.
    return [];
  }
}

/** Open files of a process by their device and inode. */
function openFiles(pid: number): Map<string, string> {
  const files = new Map<string, string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const link = `/proc/${pid}/fd/${fd}`;
      const path = readlinkSync(link);
      if (!path.startsWith("/") || path.startsWith("/dev/")) continue;
      const { dev, ino } = statSync(link, { bigint: true });
      files.set(fileKey(dev, ino), path);
    }
  } catch {
    // It has ended, or closed the file meanwhile.
  }
  return files;
}

function fileKey(dev: bigint, ino: bigint): string {
  // As the kernel packs a device number (makedev(3)).
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return `${hex(major)}:${hex(minor)}:${ino}`;
}

const hex = (value: bigint): string => value.toString(16).padStart(2, "0");

const pathOf = (pid: number, file: string): string => openFiles(pid).get(file) ?? "a file";
