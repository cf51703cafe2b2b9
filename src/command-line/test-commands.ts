import type { CommandDefinition } from "./definition.ts";
import { color, json, ofProject, root } from "./options.ts";
import { colorOf, configArguments, text } from "./values.ts";

/** `gust test`: the tests once, for a person, git hooks and CI. */
export const testCommand: CommandDefinition = {
  name: "test",
  summary: "run the tests once: all, or those that a change may have broken",
  usage: "[options] [packages]",
  configFlags: true,
  options: [
    ...ofProject,
    json,
    color,
    {
      flags: "--changed [revision]",
      text: "only tests that differences from this revision may have broken; from HEAD by itself",
    },
    { flags: "--junit <file>", text: "write a report as JUnit's XML" },
    { flags: "--list", text: "list the tests that would run, and run none" },
  ],
  run: async (call) => {
    const { runTest } = await import("../commands/test.ts");
    const { options, packageDir, version } = call;
    const changed = options["changed"];
    return runTest(
      {
        ...configArguments(call),
        changed: changed === undefined ? null : (text(changed) ?? "HEAD"),
        json: options["json"] === true,
        junit: text(options["junit"]),
        list: options["list"] === true,
        color: colorOf(options["color"]),
        packageDir,
        version,
      },
      call.io,
    );
  },
};

/** `gust hooks`: git runs the same. */
export const hooksCommand: CommandDefinition = {
  name: "hooks",
  summary: "run affected tests from git: `install` or `remove` hooks for checkout and push",
  usage: "[options] install|remove",
  configFlags: false,
  word: "<action>",
  options: [root],
  run: async ({ words, options, io }) => {
    const { runHooks } = await import("../commands/hooks.ts");
    return runHooks({ action: words[0] ?? "", root: text(options["root"]) }, io);
  },
};
