import type { Failure } from "./failure.ts";

/** Whether a text (output of a command, message of a system error) tells of a full disk. */
export function tellsFullDisk(text: string): boolean {
  return /no space left on device|not enough space on the disk|quota exceeded|\bENOSPC\b|\bEDQUOT\b/i.test(
    text,
  );
}

/**
 * Puts a system error into a failure: DISK_FULL where there is no space, else IO_FAILED.
 * `doing` and `path` make the sentence `cannot copy to /x/y`.
 */
export function ioFailure(error: unknown, doing: string, path: string): Failure {
  const seen = error instanceof Error ? error.message : String(error);
  if (!tellsFullDisk(`${errorCode(error)} ${seen}`)) {
    return { code: "IO_FAILED", message: `cannot ${doing} ${path}`, seen };
  }
  return {
    code: "DISK_FULL",
    message: `the disk is full: cannot ${doing} ${path}`,
    seen,
    hint: "free some space, for example with `go clean -cache`",
  };
}

/** `ENOENT` and its like; "" where the error has no code. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
