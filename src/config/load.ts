import type { Failure } from "../core/failure.ts";
import type { Loaded, LoadOptions } from "./config.ts";

/**
 * Finds, reads, checks and merges the configuration. Failures are `CONFIG_INVALID`,
 * `CONFIG_NOT_FOUND`, `ROOT_MISSING` and `ROOT_DANGEROUS`. Tell them apart with `"config" in loaded`.
 */
export async function loadConfig(options: LoadOptions): Promise<Loaded | readonly Failure[]> {
  return [{ code: "CONFIG_NOT_FOUND", message: `not written yet: ${options.cwd}` }];
}
