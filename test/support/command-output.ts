import type { CommandIo } from "../../src/commands/io.ts";

/** Runs a command in a directory, and collects what it writes. */
export async function outputOf(
  cwd: string,
  run: (io: CommandIo) => Promise<number>,
  env: CommandIo["env"] = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await run({
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    cwd,
    env,
  });
  return { code, out, err };
}
