import { failureText, namedIo } from "../commands/io.ts";
import type { Call, CommandDefinition } from "./definition.ts";
import { root, program, json } from "./options.ts";
import { text } from "./values.ts";

/** Commands that ask a gust that runs. */
export const runningCommands: readonly CommandDefinition[] = [
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
      const { runWait } = await import("../commands/wait.ts");
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
      const { runStatus } = await import("../commands/status.ts");
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
      const { runSwap } = await import("../commands/swap.ts");
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
      const { runFix } = await import("../commands/fix.ts");
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
      const { runRollback } = await import("../commands/rollback.ts");
      return runRollback({ ...place, to: words[0] ?? null }, io);
    }, "one"),
  },
  {
    name: "ui",
    summary: "open the dashboard in the browser",
    usage: "[options]",
    configFlags: false,
    options: [root, program, { flags: "--print", text: "only say where it is" }],
    run: async (call) => {
      const { runUi } = await import("../commands/ui.ts");
      // There is one for all services of a gust.
      const open = ask(
        (place, { io }) => runUi({ ...place, print: call.options["print"] === true }, io),
        "first",
      );
      return open(call);
    },
  },
  {
    name: "bug",
    summary: "write down what happened in the running gust, for a report",
    usage: "[options]",
    configFlags: false,
    options: [root, program, { flags: "--replay <file>", text: "do again what such a file tells" }],
    run: async (call) => {
      const { runBug, runReplay } = await import("../commands/bug.ts");
      const file = text(call.options["replay"]);
      if (file !== null) return runReplay(file, call.io);
      return ask((place, { io }) => runBug(place, io), "one")(call);
    },
  },
];

/**
 * A command that asks the gust that runs this project; `all` asks for each of its services, and the
 * worst answer counts; `first` asks one of them for all.
 */
function ask(
  then: (place: { readonly socketPath: string }, call: Call) => Promise<number>,
  which: "one" | "all" | "first" = "all",
): (call: Call) => Promise<number> {
  return async (call) => {
    const { findRunning } = await import("../commands/find-running.ts");
    const places = await findRunning(call.io, {
      root: text(call.options["root"]),
      program: text(call.options["program"]),
      several: which !== "one",
    });
    if ("code" in places) {
      call.io.stderr(failureText("error", places));
      return 2;
    }
    const asJson = call.options["json"] === true;
    const asked = which === "first" ? places.slice(0, 1) : places;
    const codes = asked.map(({ socketPath, service }) => {
      const plain = asJson || asked.length === 1 || service === null;
      return then({ socketPath }, plain ? call : { ...call, io: namedIo(call.io, service) });
    });
    return Math.max(...(await Promise.all(codes)));
  };
}
