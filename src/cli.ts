import { runGust } from "./commands/run/run.ts";
import { splitAirFlags } from "./config/flags.ts";

/** The whole command line; sets the exit code. */
export async function main(argv: readonly string[], packageDir: string): Promise<void> {
  const split = splitAirFlags(argv);
  const args = {
    flags: split.flags,
    json: false,
    color: null,
    keys: true,
    printConfig: false,
    packageDir,
  };
  const io = {
    stdout: (text: string) => void process.stdout.write(text),
    stderr: (text: string) => void process.stderr.write(text),
    cwd: process.cwd(),
    env: process.env,
  };
  process.exitCode = await runGust(args, io);
}
