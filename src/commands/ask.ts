import type { Failure } from "../core/failure.ts";
import { type CommandIo, failureText } from "./io.ts";

/** Where a command asks, and how it speaks. */
export interface AskArguments {
  /** The control socket of the program's gust. */
  readonly socketPath: string;
}

/** Says a failure, and returns the exit code for it: 2 when no gust runs here, else 1. */
export function failed(failure: Failure, io: CommandIo): number {
  io.stderr(failureText("error", failure));
  return failure.code === "NOT_RUNNING" ? 2 : 1;
}
