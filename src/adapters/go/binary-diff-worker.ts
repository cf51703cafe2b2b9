import { readFileSync } from "node:fs";
import { TextDecoder } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { functionsDiff } from "../../core/binary-diff.ts";
import { type FunctionSizes, goFunctions } from "../../core/go-functions.ts";
import type { FunctionsDiff } from "./binary-diff.ts";
import type { Failure } from "../../core/failure.ts";

/* What `diffBinaries` runs in a thread. */

const { from, to } = workerData as { readonly from: string; readonly to: string };
const decoder = new TextDecoder();
const unreadable: Failure = {
  code: "BINARY_UNREADABLE",
  message: "a binary has no table of Go functions",
};
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
parentPort?.postMessage(diff());

function diff(): FunctionsDiff | Failure {
  const before = functionsOf(from);
  if (before === null) return unreadable;
  const after = functionsOf(to);
  return after === null ? unreadable : functionsDiff(before, after);
}

function functionsOf(path: string): FunctionSizes | null {
  return goFunctions(readFileSync(path), (bytes) => decoder.decode(bytes));
}
