import type { Failure } from "../../core/failure.ts";
import { errorCode } from "./source.ts";

/** The failure for a directory that cannot be watched or read. */
export function unreadable(dir: string, error: unknown): Failure {
  return {
    code: "WATCH_UNREADABLE",
    message: `cannot watch ${dir} (${errorCode(error) || "unknown error"})`,
    seen: error instanceof Error ? error.message : String(error),
    hint: "make the directory readable, or leave it out with exclude_dir",
  };
}
