import type { Call, CommandDefinition } from "./definition.ts";
import { json, ofProject, root } from "./options.ts";
import { configArguments, text } from "./values.ts";

/** Commands about a project and its configuration. */
export const projectCommands: readonly CommandDefinition[] = [
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
    options: ofProject,
    run: async (call) => {
      const { runCheck } = await import("../commands/check.ts");
      return runCheck(configArguments(call), call.io);
    },
  },
  {
    name: "doctor",
    summary: "look at everything that a run depends on, and say what is wrong",
    usage: "[options] [package]",
    configFlags: true,
    options: [
      ...ofProject,
      json,
      { flags: "--verbose", text: "list all that is watched, and why" },
    ],
    run: async (call) => {
      const { runDoctor } = await import("../commands/doctor.ts");
      const { packageDir, options, io } = call;
      return runDoctor(
        { ...configArguments(call), json: options["json"] === true, packageDir },
        io,
      );
    },
  },
];

async function initialize({ options, packageDir, io }: Call): Promise<number> {
  const dir = text(options["root"]);
  const args = { force: options["force"] === true, ...(dir === null ? {} : { root: dir }) };
  if (options["vscode"] === true) {
    const { runInitVscode } = await import("../commands/init/vscode.ts");
    return runInitVscode(dir === null ? {} : { root: dir }, io);
  }
  const state = options["state"];
  if (state !== undefined) {
    const { runInitState } = await import("../commands/init/state.ts");
    return runInitState({ ...args, dir: text(state), packageDir }, io);
  }
  const { runInit } = await import("../commands/init.ts");
  return runInit(args, io);
}
