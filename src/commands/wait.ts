import { callControl } from "../adapters/control/call.ts";
import { readDuration } from "../config/duration.ts";
import { type AskArguments, failed } from "./ask.ts";
import { type CommandIo, failureText } from "./io.ts";

export interface WaitArguments extends AskArguments {
  /** As typed: `60s`; null waits as long as it takes. */
  readonly timeout: string | null;
}

/**
 * `gust wait`: returns when it is decided what becomes of the newest save. Exit codes: 0 it is
 * live, 1 it has failed, 2 wrong use or no gust runs here, 3 the time is over.
 */
export async function runWait(args: WaitArguments, io: CommandIo): Promise<number> {
  const timeoutMs = args.timeout === null ? null : readDuration(args.timeout);
  if (args.timeout !== null && timeoutMs === null) {
    const message = `--timeout ${args.timeout} is not a duration`;
    io.stderr(failureText("error", { code: "FLAG_INVALID", message, hint: "write it as `60s`" }));
    return 2;
  }
  const answer = await callControl(args.socketPath, { type: "wait" }, timeoutMs);
  if ("code" in answer) return failed(answer, io);
  if (answer.type === "timed-out") {
    io.stderr(`not decided within ${args.timeout ?? ""}\n`);
    return 3;
  }
  if (answer.type === "verdict" && answer.verdict === "live") {
    io.stdout(`#${answer.generation} is live\n`);
    return 0;
  }
  if (answer.type === "verdict") {
    io.stdout(`#${answer.generation} is not live: ${answer.message}\n`);
  }
  return 1;
}
