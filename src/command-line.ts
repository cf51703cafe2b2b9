import { Command, Option } from "commander";
import { type CommandIo, type ConfigArguments, failureText, namedIo } from "./commands/io.ts";
import { type Flags, noFlags } from "./config/config.ts";
import { logsCommand } from "./command-logs.ts";
import { colorOf, hooksCommand, testCommand } from "./command-tests.ts";

/** One command of gust: what it is called, what it takes, and where its code is loaded from. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** True when flags of the configuration (`--build.delay 0`) may follow. */
  readonly configFlags: boolean;
  /** The one word that it may take besides, where those flags may not follow. */
  readonly word?: string;
  readonly options: readonly OptionDefinition[];
  readonly run: (call: Call) => Promise<number>;
}

interface OptionDefinition {
  readonly flags: string;
  readonly text: string;
  readonly choices?: readonly string[];
  /** May be given more than once. */
  readonly many?: boolean;
}

export interface Call {
  readonly options: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
  readonly flags: Flags | null;
  readonly packageDir: string;
  readonly version: string;
  readonly io: CommandIo;
}

const config: OptionDefinition = {
  flags: "-c, --config <file>",
  text: "configuration file instead of gust.toml or .air.toml",
};
const root: OptionDefinition = {
  flags: "--root <dir>",
  text: "work as if gust had been started in this directory",
};
const environment: OptionDefinition = {
  flags: "--env <name>",
  text: "dev, staging or prod, whatever APP_ENV and NODE_ENV say",
};
const program: OptionDefinition = {
  flags: "--program <name>",
  text: "the service, the main package, or the pid of its gust, where several of a project run",
};
const color: OptionDefinition = {
  flags: "--color <when>",
  text: "colours of gust's own lines",
  choices: ["auto", "always", "never"],
};
const trace: OptionDefinition = {
  flags: "-x",
  text: "show the commands that gust runs: go, compilers, rules, with their arguments",
};
const json: OptionDefinition = { flags: "--json", text: "one JSON object a line, for programs" };

export const commands: readonly CommandDefinition[] = [
  {
    name: "run",
    summary: "build, run and watch a program: every save is live (the default)",
    usage: "[options] [package] [-- arguments of the program]",
    configFlags: true,
    options: [
      config,
      root,
      environment,
      { flags: "--debug", text: "run the program in delve, at 127.0.0.1:2345 (debug.port)" },
      json,
      color,
      trace,
      { flags: "--no-keys", text: "read no keys: what is typed goes to the program" },
      { flags: "--print-config", text: "print the effective configuration and leave" },
    ],
    run: async (call) => {
      const { runGust } = await import("./commands/run/run.ts");
      return runGust(
        {
          ...configArguments(call),
          json: call.options["json"] === true,
          color: colorOf(call.options["color"]),
          keys: call.options["keys"] !== false,
          trace: call.options["x"] === true,
          printConfig: call.options["printConfig"] === true,
          packageDir: call.packageDir,
          version: call.version,
        },
        call.io,
      );
    },
  },
  {
    name: "serve",
    summary: "run a ready program, and replace it without a gap when its file is replaced",
    usage: "[options] <program> [-- arguments of the program]",
    configFlags: true,
    options: [
      config,
      root,
      environment,
      json,
      color,
      {
        flags: "--listen <address>",
        text: "a socket for the program (systemd's LISTEN_FDS): :8080, name=127.0.0.1:8080, unix:/run/app.sock; repeatable",
        many: true,
      },
      {
        flags: "--ready <how>",
        text: "notify: a version is ready when it says READY=1 (sd_notify), and not before",
        choices: ["notify"],
      },
      {
        flags: "--keeper <file>",
        text: "a keeper that was built elsewhere, where Go is not installed (or GUST_KEEPER)",
      },
    ],
    run: async (call) => {
      const { runServe } = await import("./commands/serve.ts");
      const { options, packageDir, version } = call;
      return runServe(
        {
          ...configArguments(call),
          json: options["json"] === true,
          color: colorOf(options["color"]),
          listen: list(options["listen"]),
          notify: options["ready"] === "notify",
          keeper: text(options["keeper"]),
          packageDir,
          version,
        },
        call.io,
      );
    },
  },
  {
    name: "build",
    summary: "build a program once, with gust's files in it, for `gust serve`",
    usage: "[options] -o <file> [package]",
    configFlags: true,
    options: [
      config,
      root,
      environment,
      trace,
      { flags: "-o, --output <file>", text: "the file to write" },
    ],
    run: async (call) => {
      const { runBuild } = await import("./commands/build.ts");
      const { options, packageDir, io } = call;
      return runBuild(
        {
          ...configArguments(call),
          output: text(options["output"]),
          packageDir,
          trace: options["x"] === true,
        },
        io,
      );
    },
  },
  testCommand,
  hooksCommand,
  {
    name: "init",
    summary: "look at the project and write a short gust.toml",
    usage: "[options]",
    configFlags: false,
    options: [
      root,
      {
        flags: "--state [dir]",
        text: "instead, write the Go package that keeps values for the next version (internal/gust)",
      },
      {
        flags: "--vscode",
        text: "instead, write a launch.json that attaches VS Code to `gust --debug`",
      },
      { flags: "--force", text: "overwrite what is there" },
    ],
    run: initialize,
  },
  {
    name: "check",
    summary: "check the configuration and print it with the origin of each value",
    usage: "[options]",
    configFlags: true,
    options: [config, root, environment],
    run: async (call) => {
      const { runCheck } = await import("./commands/check.ts");
      return runCheck(configArguments(call), call.io);
    },
  },
  {
    name: "doctor",
    summary: "look at everything that a run depends on, and say what is wrong",
    usage: "[options] [package]",
    configFlags: true,
    options: [
      config,
      root,
      environment,
      json,
      { flags: "--verbose", text: "list all that is watched, and why" },
    ],
    run: async (call) => {
      const { runDoctor } = await import("./commands/doctor.ts");
      const { packageDir, options, io } = call;
      return runDoctor(
        { ...configArguments(call), json: options["json"] === true, packageDir },
        io,
      );
    },
  },
  {
    name: "wait",
    summary: "return when it is decided what becomes of the newest save: 0 live, 1 failed",
    usage: "[options]",
    configFlags: false,
    options: [
      root,
      program,
      { flags: "--timeout <time>", text: "give up after this time, with 3" },
      { flags: "--serving", text: "ask the program itself which build answers" },
    ],
    run: ask(async (place, { options, io }) => {
      const { runWait } = await import("./commands/wait.ts");
      return runWait(
        { ...place, timeout: text(options["timeout"]), serving: options["serving"] === true },
        io,
      );
    }),
  },
  {
    name: "status",
    summary: "what serves, since when, and what does not",
    usage: "[options]",
    configFlags: false,
    options: [root, program, json],
    run: ask(async (place, { options, io }) => {
      const { runStatus } = await import("./commands/status.ts");
      return runStatus({ ...place, json: options["json"] === true }, io);
    }),
  },
  {
    name: "swap",
    summary: "rebuild and swap now",
    usage: "[options]",
    configFlags: false,
    options: [root, program],
    run: ask(async (place, { io }) => {
      const { runSwap } = await import("./commands/swap.ts");
      return runSwap(place, io);
    }),
  },
  {
    name: "fix",
    summary: "run the go command that the failure names, such as `go mod tidy`",
    usage: "[options]",
    configFlags: false,
    options: [root, program],
    run: ask(async (place, { io }) => {
      const { runFix } = await import("./commands/fix.ts");
      return runFix(place, io);
    }),
  },
  {
    name: "rollback",
    summary: "go back to an earlier good build: the one before, or number n",
    usage: "[options] [n]",
    configFlags: false,
    word: "[n]",
    options: [root, program],
    run: ask(async (place, { words, io }) => {
      const { runRollback } = await import("./commands/rollback.ts");
      return runRollback({ ...place, to: words[0] ?? null }, io);
    }, "one"),
  },
  logsCommand,
  {
    name: "bug",
    summary: "write down what happened in the running gust, for a report",
    usage: "[options]",
    configFlags: false,
    options: [root, program, { flags: "--replay <file>", text: "do again what such a file tells" }],
    run: async (call) => {
      const { runBug, runReplay } = await import("./commands/bug.ts");
      const file = text(call.options["replay"]);
      if (file !== null) return runReplay(file, call.io);
      return ask((place, { io }) => runBug(place, io), "one")(call);
    },
  },
];

async function initialize({ options, packageDir, io }: Call): Promise<number> {
  const dir = text(options["root"]);
  const args = { force: options["force"] === true, ...(dir === null ? {} : { root: dir }) };
  if (options["vscode"] === true) {
    const { runInitVscode } = await import("./commands/init/vscode.ts");
    return runInitVscode(dir === null ? {} : { root: dir }, io);
  }
  const state = options["state"];
  if (state !== undefined) {
    const { runInitState } = await import("./commands/init/state.ts");
    return runInitState({ ...args, dir: text(state), packageDir }, io);
  }
  const { runInit } = await import("./commands/init.ts");
  return runInit(args, io);
}

/**
 * A command that asks the gust that runs this project; `all` asks for each of its services, and the
 * worst answer counts.
 */
function ask(
  then: (place: { readonly socketPath: string }, call: Call) => Promise<number>,
  which: "one" | "all" = "all",
): (call: Call) => Promise<number> {
  return async (call) => {
    const { findRunning } = await import("./commands/find-running.ts");
    const places = await findRunning(call.io, {
      root: text(call.options["root"]),
      program: text(call.options["program"]),
      several: which === "all",
    });
    if ("code" in places) {
      call.io.stderr(failureText("error", places));
      return 2;
    }
    const asJson = call.options["json"] === true;
    const codes = places.map(({ socketPath, service }) => {
      const plain = asJson || places.length === 1 || service === null;
      return then({ socketPath }, plain ? call : { ...call, io: namedIo(call.io, service) });
    });
    return Math.max(...(await Promise.all(codes)));
  };
}

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

function configArguments({ options, flags }: Call): ConfigArguments {
  const file = text(options["config"]);
  const dir = text(options["root"]);
  const name = text(options["env"]);
  const given = flags ?? noFlags;
  const values = new Map(given.values);
  if (options["debug"] === true) values.set("debug.enabled", true);
  return {
    flags: { ...given, values },
    ...(file === null ? {} : { configFile: file }),
    ...(dir === null ? {} : { root: dir }),
    ...(name === null ? {} : { environment: name }),
  };
}

const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
