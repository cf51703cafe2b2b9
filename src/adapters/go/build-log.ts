import { mkdir, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { errorCode, ioFailure } from "../../core/io-failure.ts";

/**
 * Makes a file hold the output of the last build, if that failed; "" empties an existing file.
 * The failure that it may return is no reason to stop.
 */
export async function writeBuildLog(file: string | null, output: string): Promise<Failure | null> {
  if (file === null) return null;
  try {
    if (output === "") await truncate(file);
    else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, output);
    }
    return null;
  } catch (error) {
    // Nothing has failed so far, and there is nothing to empty.
    if (output === "" && errorCode(error) === "ENOENT") return null;
    return ioFailure(error, "write the build log", file);
  }
}
