import { callControl } from "../adapters/control/call.ts";
import { type AskArguments, failed } from "./ask.ts";
import { type CommandIo, failureText } from "./io.ts";

export interface RollbackArguments extends AskArguments {
  /** Number of a generation as typed (`11` or `#11`); null for the version before. */
  readonly to: string | null;
}

/**
 * `gust rollback [n]`: asks for an earlier version. Exit codes: 0 it was asked for, 1 gust
 * refused, 2 wrong use or no gust runs here.
 */
export async function runRollback(args: RollbackArguments, io: CommandIo): Promise<number> {
  const to = args.to === null ? null : generationOf(args.to);
  if (args.to !== null && to === null) {
    const message = `${args.to} is not the number of a version`;
    const hint = "`gust status` lists them";
    io.stderr(failureText("error", { code: "FLAG_INVALID", message, hint }));
    return 2;
  }
  const answer = await callControl(args.socketPath, { type: "rollback", to });
  return "code" in answer ? failed(answer, io) : 0;
}

function generationOf(text: string): number | null {
  const digits = /^#?([1-9]\d{0,8})$/.exec(text.trim())?.[1];
  return digits === undefined ? null : Number(digits);
}
