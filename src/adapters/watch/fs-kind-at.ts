import { readFileSync } from "node:fs";
import { type FsKind, fsKind, mountOf, parseMounts } from "./fs-kind.ts";

export interface FsKindAt extends FsKind {
  /** Where the file system is mounted; null where that is not known. */
  readonly mountPoint: string | null;
}

/** The kind of file system that a directory lies on. Known on Linux only. */
export function fsKindAt(dir: string, platform: NodeJS.Platform): FsKindAt {
  if (platform !== "linux") return { ...fsKind(null, null), mountPoint: null };
  const mount = mountOf(dir, parseMounts(readMounts()));
  return { ...fsKind(null, mount), mountPoint: mount?.point ?? null };
}

/** The text of /proc/self/mountinfo; "" without /proc, where the file systems count as local. */
export function readMounts(): string {
  try {
    return readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return "";
  }
}
