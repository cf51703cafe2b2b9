import { Worker } from "node:worker_threads";
import type { BuildDiff } from "../../core/dashboard.ts";
import type { Failure } from "../../core/failure.ts";

export type FunctionsDiff = Pick<BuildDiff, "packages" | "symbols">;

/**
 * What differs between two binaries, found out in a thread of its own: they are large, and nothing else
 * should wait. Failures: BINARY_UNREADABLE (also where it is not of Go, or of one before 1.18).
 */
export function diffBinaries(from: string, to: string): Promise<FunctionsDiff | Failure> {
  const worker = new Worker(new URL("./binary-diff-worker.js", import.meta.url), {
    workerData: { from, to },
  });
  return new Promise((resolve) => {
    worker.once("message", (result: FunctionsDiff | Failure) => resolve(result));
    worker.once("error", (error) => resolve(unreadable(error.message)));
    worker.once("exit", () => resolve(unreadable("its reader has ended")));
  });
}

const unreadable = (seen: string): Failure => ({
  code: "BINARY_UNREADABLE",
  message: "the binaries cannot be compared",
  seen,
});
