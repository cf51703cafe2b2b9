import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import type { CommandIo } from "./commands/io.ts";
import { failureText } from "./commands/io.ts";
import { splitAirFlags } from "./config/flags.ts";
import { commands, defineCommand, describeProgram } from "./command-line/commands.ts";

/**
 * The whole command line; sets the exit code. `gust` alone, and whatever is not the name of a
 * command, is `gust run`.
 */
export async function main(argv: readonly string[], packageDir: string): Promise<void> {
  process.exitCode = await run(argv, packageDir, processIo());
}

/** The same with an exit code, for tests. */
export async function run(
  argv: readonly string[],
  packageDir: string,
  io: CommandIo,
): Promise<number> {
  const [first = ""] = argv;
  const command = commands.find((one) => one.name === first);
  if (command === undefined && (first === "help" || isHelp(argv))) {
    return printHelp(argv, io);
  }
  if (command === undefined && isVersion(argv)) {
    io.stdout(`gust ${versionOf(packageDir)}\n`);
    return 0;
  }
  const chosen = command ?? commands.find((one) => one.name === "run");
  if (chosen === undefined) return 2;
  const words = command === undefined ? argv : argv.slice(1);
  const split = chosen.configFlags
    ? splitAirFlags(words)
    : { flags: null, rest: words, failures: [] };
  if (split.failures.length > 0) {
    for (const failure of split.failures) io.stderr(failureText("error", failure));
    return 2;
  }
  const parser = quiet(defineCommand(chosen), io);
  try {
    parser.parse([...split.rest], { from: "user" });
  } catch (error) {
    return codeOf(error);
  }
  return chosen.run({
    options: parser.opts(),
    words: parser.args,
    flags: split.flags,
    packageDir,
    version: versionOf(packageDir),
    io,
  });
}

function isHelp([first]: readonly string[]): boolean {
  return first === "--help" || first === "-h" || first === "-help";
}

function isVersion(argv: readonly string[]): boolean {
  return argv.length === 1 && ["--version", "-v", "-V", "-version"].includes(argv[0] ?? "");
}

function printHelp(argv: readonly string[], io: CommandIo): number {
  const named = commands.find((one) => one.name === argv[1]);
  const program = named === undefined ? describeProgram(new Command("gust")) : defineCommand(named);
  io.stdout(program.helpInformation());
  return 0;
}

/** Errors of the command line end with 2, as air's do; help ends with 0. */
function codeOf(error: unknown): number {
  if (!(error instanceof CommanderError)) throw error;
  return error.exitCode === 0 ? 0 : 2;
}

function quiet(command: Command, io: CommandIo): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout(text), writeErr: (text) => io.stderr(text) });
}

function versionOf(packageDir: string): string {
  const found = /"version":\s*"([^"]+)"/.exec(readFileSync(`${packageDir}/package.json`, "utf8"));
  return found?.[1] ?? "unknown";
}

function processIo(): CommandIo {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    cwd: process.cwd(),
    env: process.env,
  };
}
