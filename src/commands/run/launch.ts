import type { Config } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";
import type { Version } from "../../core/version.ts";
import type { Command } from "../../adapters/program/runner.ts";
import { shellCommand } from "../../adapters/go/shell.ts";
import type { GoBuilder } from "../../adapters/go/builder.ts";

/** What to execute for a version of the program. */
export async function launchCommand(
  version: Version,
  from: {
    readonly config: Config;
    readonly builder: GoBuilder;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<Command | Failure> {
  const { config, builder, env } = from;
  const { start, args, dir } = config;
  switch (start.type) {
    case "built":
      return { argv: [version.artifact.path ?? "", ...args], dir, env };
    case "file": {
      // An older binary goes back to where the build command had put it.
      const failure = await builder.restore(version.artifact);
      return failure ?? { argv: [start.path, ...args], dir, env };
    }
    case "tool":
      return { argv: [start.path, ...args], dir, env };
    case "shell": {
      const line = [start.command, ...args.map(quote)].join(" ");
      return { argv: shellCommand(line, process.platform), dir, env };
    }
  }
}

/** One argument of a shell line: what it says reaches the program as it is. */
function quote(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  if (process.platform === "win32") return `'${argument.replaceAll("'", "''")}'`;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
