import { callControl } from "../adapters/control/call.ts";
import { type AskArguments, failed } from "./ask.ts";
import type { CommandIo } from "./io.ts";

/**
 * `gust fix`: lets the running gust run the go command that its failure names (`go mod tidy`);
 * `gust wait` tells what became of it. Exit codes: 0 it was asked for, 1 there is none to run, 2 wrong
 * use or no gust runs here.
 */
export async function runFix(args: AskArguments, io: CommandIo): Promise<number> {
  const answer = await callControl(args.socketPath, { type: "fix" });
  return "code" in answer ? failed(answer, io) : 0;
}
