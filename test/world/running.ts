import { statOf } from "../../src/adapters/process/proc-files.ts";

/**
 * Whether a process does anything any more. One that ends closes its descriptors, which is how
 * others know of it, a moment before it can no longer be seen.
 */
export function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && !stat.exiting;
}
