import type { Failure } from "../../core/failure.ts";

/** The command that runs a shell line of a configuration, as air runs it. */
export function shellCommand(line: string, platform: NodeJS.Platform): readonly string[] {
  if (platform === "win32") {
    return ["powershell", "-NoProfile", "-NonInteractive", "-Command", line];
  }
  return ["/bin/sh", "-c", line];
}

/** Recognises that a shell did not find the command. The failure is BUILD_COMMAND_NOT_FOUND. */
export function commandNotFound(
  output: string,
  end: { readonly code: number | null },
): Failure | null {
  const unix = /^(?:\S*sh: )?(?:\d+: |line \d+: )?(\S+?): (?:command )?not found$/m.exec(output);
  const windows = /^'?([^\s']+)'? ?: The term .* is not recognized/m.exec(output);
  const name = (end.code === 127 ? unix?.[1] : undefined) ?? windows?.[1];
  if (name === undefined) return null;
  return {
    code: "BUILD_COMMAND_NOT_FOUND",
    message: `the command ${name} is not installed, or not in the PATH`,
    seen: output.trim(),
    hint: `install ${name}, or correct the command in the configuration`,
  };
}
