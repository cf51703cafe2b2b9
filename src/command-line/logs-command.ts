import { failureText } from "../commands/io.ts";
import type { Call, CommandDefinition } from "./definition.ts";
import { json, root } from "./options.ts";
import { text } from "./values.ts";

/** `gust logs`. */
export const logsCommand: CommandDefinition = {
  name: "logs",
  summary: "what the program has written, by version: now, and after gust has ended",
  usage: "[options]",
  configFlags: false,
  options: [
    root,
    {
      flags: "--program <package>",
      text: "the service or main package, where several have output",
    },
    { flags: "-f, --follow", text: "go on with what is written, over swaps and starts of gust" },
    {
      flags: "-b, --build <n>",
      text: "only this version; 0 is the newest, -1 the one before",
    },
    { flags: "-l, --level <level>", text: "only lines of this level (warn, error, …) and above" },
    { flags: "-g, --grep <pattern>", text: "only lines that match this regular expression" },
    {
      flags: "--stream <name>",
      text: "only what was written there",
      choices: ["stdout", "stderr"],
    },
    { flags: "--since <time>", text: "only what is newer: 10m, 15:04, 2026-01-31T15:04" },
    { flags: "-n, --lines <n>", text: "only the last lines" },
    { flags: "--all", text: "also what earlier runs of gust have left" },
    { flags: "-t, --time", text: "put the time before each line" },
    json,
  ],
  run: showLogs,
};

async function showLogs({ options, io }: Call): Promise<number> {
  const { findLogs } = await import("../commands/find-logs.ts");
  const logs = await findLogs(io, {
    root: text(options["root"]),
    program: text(options["program"]),
  });
  if ("code" in logs) {
    io.stderr(failureText("error", logs));
    return 2;
  }
  const { runLogs } = await import("../commands/logs.ts");
  const ending = new AbortController();
  // A reader that has seen enough, such as head, goes away.
  process.stdout.on("error", () => process.exit(0));
  return runLogs(
    {
      logs,
      build: text(options["build"]),
      level: text(options["level"]),
      grep: text(options["grep"]),
      stream: text(options["stream"]),
      since: text(options["since"]),
      lines: text(options["lines"]),
      all: options["all"] === true,
      follow: options["follow"] === true,
      json: options["json"] === true,
      time: options["time"] === true,
      terminal: process.stdout.isTTY,
      signal: ending.signal,
    },
    io,
  );
}
