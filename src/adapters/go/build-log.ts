import { access, mkdir, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { errorCode, ioFailure } from "../../core/io-failure.ts";

/**
 * Makes a file hold the output of the last build, if that failed; "" empties an existing file.
 * The failure that it may return is no reason to stop. A project that was moved away (`home` is
 * not there) gets no log: making its directories again would be in the way when it comes back.
 */
export async function writeBuildLog(
  file: string | null,
  output: string,
  home: string,
): Promise<Failure | null> {
  if (file === null) return null;
  try {
    if (output === "") await truncate(file);
    else {
      await access(home);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, output);
    }
    return null;
  } catch (error) {
    // Nothing has failed so far, and there is nothing to empty; or there is no place for it.
    if (errorCode(error) === "ENOENT") return null;
    return ioFailure(error, "write the build log", file);
  }
}
