import { loadConfig } from "../config/load.ts";
import { printConfig } from "../config/print.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "./io.ts";

/**
 * `gust check`: prints the effective configuration with the origin of each value on stdout, and
 * warnings and errors on stderr. Returns the exit code: 0, or 2 when something is wrong.
 */
export async function runCheck(args: ConfigArguments, io: CommandIo): Promise<number> {
  const loaded = await loadConfig(loadOptions(args, io));
  if (!("config" in loaded)) {
    for (const failure of loaded) io.stderr(failureText("error", failure));
    return 2;
  }
  io.stdout(await printConfig(loaded));
  for (const warning of loaded.warnings) io.stderr(failureText("warning", warning));
  return 0;
}
