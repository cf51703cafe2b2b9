import { callControl } from "../adapters/control/call.ts";
import { openUrl, urlCommand } from "../adapters/machine/open-url.ts";
import { type AskArguments, failed } from "./ask.ts";
import type { CommandIo } from "./io.ts";

export interface UiArguments extends AskArguments {
  /** True: no browser is started. */
  readonly print: boolean;
}

/**
 * `gust ui`: opens the dashboard of the running gust, says where it is, and shows it in the browser
 * where there is a screen. Exit codes: 0 it is open, 1 gust has none, 2 wrong use or no gust runs here.
 */
export async function runUi(args: UiArguments, io: CommandIo): Promise<number> {
  const answer = await callControl(args.socketPath, { type: "ui" }, PATIENCE_MS);
  if ("code" in answer) return failed(answer, io);
  if (answer.type !== "ui") {
    return failed({ code: "IO_FAILED", message: "gust runs, but does not answer" }, io);
  }
  io.stdout(`${answer.url}\n`);
  const command = args.print ? null : urlCommand(answer.once, process.platform, io.env);
  if (command !== null && !(await openUrl(command))) {
    io.stderr(`${command[0]} could not be started: open the address above\n`);
  }
  return 0;
}

/** A gust that is alive answers at once. */
const PATIENCE_MS = 10_000;
