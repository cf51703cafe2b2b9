import type { CommandDefinition } from "./definition.ts";
import { color, json, ofProject, trace } from "./options.ts";
import { colorOf, configArguments, list, text } from "./values.ts";

/** Commands that run or build a program. */
export const programCommands: readonly CommandDefinition[] = [
  {
    name: "run",
    summary: "build, run and watch a program: every save is live (the default)",
    usage: "[options] [package] [-- arguments of the program]",
    configFlags: true,
    options: [
      ...ofProject,
      { flags: "--debug", text: "run the program in delve, at 127.0.0.1:2345 (debug.port)" },
      json,
      color,
      trace,
      { flags: "--no-keys", text: "read no keys: what is typed goes to the program" },
      { flags: "--print-config", text: "print the effective configuration and leave" },
    ],
    run: async (call) => {
      const { runGust } = await import("../commands/run/run.ts");
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
      ...ofProject,
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
      const { runServe } = await import("../commands/serve.ts");
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
    options: [...ofProject, trace, { flags: "-o, --output <file>", text: "the file to write" }],
    run: async (call) => {
      const { runBuild } = await import("../commands/build.ts");
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
];
