import { callControl } from "../adapters/control/call.ts";
import { type AskArguments, failed } from "./ask.ts";
import type { CommandIo } from "./io.ts";

/**
 * `gust swap`: asks for a rebuild and a restart; `gust wait` tells what became of it. Exit codes:
 * 0 it was asked for, 1 gust refused, 2 wrong use or no gust runs here.
 */
export async function runSwap(args: AskArguments, io: CommandIo): Promise<number> {
  const answer = await callControl(args.socketPath, { type: "swap" });
  return "code" in answer ? failed(answer, io) : 0;
}
