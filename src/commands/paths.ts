import { sep } from "node:path";

/** True for a directory itself, and for all that lies in it. Absolute paths. */
export function isWithin(path: string, dir: string): boolean {
  return path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}

/** A main package as one knows it: `./cmd/api/` and `cmd/api` are the same. */
export function plainPackage(name: string): string {
  return name.replace(/^\.\//, "").replace(/\/$/, "");
}
