import { fstatSync, readlinkSync } from "node:fs";

/**
 * The files that this process's stdout and stderr lead to; absolute. What gust says there must not be
 * a change to say something of. Empty for terminals and pipes, and where the system does not tell.
 */
export function ownOutputs(): ReadonlySet<string> {
  return new Set([1, 2].flatMap((descriptor) => fileOf(descriptor) ?? []));
}

function fileOf(descriptor: number): string | null {
  try {
    return fstatSync(descriptor).isFile() ? readlinkSync(`/proc/self/fd/${descriptor}`) : null;
  } catch {
    return null;
  }
}
