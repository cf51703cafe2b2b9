import { Command, Option } from "commander";
import type { CommandDefinition } from "./definition.ts";
import { logsCommand } from "./logs-command.ts";
import { programCommands } from "./program-commands.ts";
import { projectCommands } from "./project-commands.ts";
import { runningCommands } from "./running-commands.ts";
import { hooksCommand, testCommand } from "./test-commands.ts";
import { list } from "./values.ts";

export const commands: readonly CommandDefinition[] = [
  ...programCommands,
  ...projectCommands,
  testCommand,
  hooksCommand,
  ...runningCommands,
  logsCommand,
];

export function defineCommand(definition: CommandDefinition): Command {
  const command = new Command(`gust ${definition.name}`)
    .description(definition.summary)
    .usage(definition.usage)
    // The words of `gust run` are the program's; elsewhere one too many is a mistake.
    .allowExcessArguments(definition.configFlags)
    .showSuggestionAfterError(true)
    .helpOption("-h, --help", "show this help");
  for (const { flags, text: words, choices, many } of definition.options) {
    const option = new Option(flags, words);
    if (choices !== undefined) option.choices([...choices]);
    if (many === true) option.argParser((value, before) => [...list(before), value]);
    command.addOption(option);
  }
  if (definition.word !== undefined) command.argument(definition.word);
  if (definition.configFlags) command.addHelpText("after", configHelp);
  return command;
}

export function describeProgram(program: Command): Command {
  program
    .description("Save is live: change Go code without a restart that anyone can notice.")
    .usage("[command] [options]")
    .helpOption("-h, --help", "show this help, or with a command that command's")
    .option("-v, --version", "show the version")
    .addHelpText("after", "\nWithout a command, `gust` is `gust run`.");
  for (const definition of commands) {
    program.command(definition.name).description(definition.summary).usage(definition.usage);
  }
  return program;
}

const configHelp = `
Every key of the configuration is a flag as well: --build.delay 0, --run.stop_timeout=2s.
docs/configuration.md lists them all; \`gust check\` shows those in force.`;
