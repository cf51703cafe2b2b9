/** A command that gust runs. */
export interface TracedCommand {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly dir: string;
  /** Variables for the go command and git that gust itself was not started with. */
  readonly env: Readonly<Record<string, string>>;
}

/** A command as a line that a shell takes; `here` is the directory of the shell. */
export function commandLine(
  { argv, dir, env }: TracedCommand,
  here: string,
  platform: NodeJS.Platform,
): string {
  const quote = platform === "win32" ? quoteForPowerShell : quoteForShell;
  const named = Object.entries(env).map(([name, value]) =>
    platform === "win32" ? `$env:${name}=${quote(value)};` : `${name}=${quote(value)}`,
  );
  const [program = "", ...args] = argv.map(quote);
  // What is quoted is a text to PowerShell, and not a command.
  const called = platform === "win32" && program.startsWith("'") ? `& ${program}` : program;
  const call = [...named, called, ...args].join(" ");
  if (dir === here) return call;
  return `cd ${quote(dir)}${platform === "win32" ? ";" : " &&"} ${call}`;
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function quoteForPowerShell(word: string): string {
  return /^[\w+=:./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`;
}
