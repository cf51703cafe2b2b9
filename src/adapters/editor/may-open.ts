import { realpath, stat } from "node:fs/promises";
import { isAbsolute, normalize, relative, sep } from "node:path";
import type { Failure } from "../../core/failure.ts";

/**
 * Whether somebody in a browser may have a file opened: only regular files that are there, and that
 * lie in one of these directories (the root, those of modules, GOROOT, the module cache), wherever
 * links on the way lead. Null when so. Failures: REQUEST_INVALID.
 */
export async function mayOpen(path: string, dirs: readonly string[]): Promise<Failure | null> {
  if (!isAbsolute(path) || path.includes("\0")) return refused(path, "no absolute path");
  const real = await Promise.all(dirs.map(realOf));
  const known = [...dirs, ...real.filter((dir) => dir !== null)];
  // Before the disk is asked: a path of Windows may name another machine, which would be told who asks.
  if (!isInOne(normalize(path), known)) return refused(path, OUTSIDE);
  const target = await realOf(path);
  if (target === null) return refused(path, "no such file");
  if (!isInOne(target, real)) return refused(path, `a link leads to ${target}, ${OUTSIDE}`);
  const isFile = await stat(target).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? null : refused(path, "no regular file");
}

const OUTSIDE = "outside of the project, its modules and Go's own sources";

function isInOne(path: string, dirs: readonly (string | null)[]): boolean {
  return dirs.some((dir) => {
    if (dir === null || !isAbsolute(dir)) return false;
    const way = relative(dir, path);
    return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

/** Without links; null where nothing is there. */
function realOf(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}

function refused(path: string, seen: string): Failure {
  return { code: "REQUEST_INVALID", message: `${path} is not opened`, seen };
}
