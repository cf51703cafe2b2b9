import { callControl } from "../adapters/control/call.ts";
import { askBuild } from "../adapters/program/ask-build.ts";
import { readDuration } from "../config/duration.ts";
import { type AskArguments, failed } from "./ask.ts";
import { type CommandIo, failureText } from "./io.ts";

export interface WaitArguments extends AskArguments {
  /** As typed: `60s`; null waits as long as it takes. */
  readonly timeout: string | null;
  /** The program itself is asked which build answers. */
  readonly serving: boolean;
}

/** Asks at every address of the program; one that answers as it should is proof. */
async function proveServing(
  generation: number,
  { socketPath }: AskArguments,
  io: CommandIo,
): Promise<number> {
  const status = await callControl(socketPath, { type: "status" }, PATIENCE_MS);
  if ("code" in status) return failed(status, io);
  const addresses = status.type === "status" ? (status.state.serving?.addresses ?? []) : [];
  const builds = await Promise.all(addresses.map((one) => askBuild(one)));
  const told = builds.filter((build) => build !== null);
  if (told.length > 0 && told.every((build) => build === `${generation}`)) {
    io.stdout(`#${generation} answers\n`);
    return 0;
  }
  const [other] = told.filter((build) => build !== `${generation}`);
  const message =
    other === undefined
      ? `#${generation} is live, but the program does not tell which build answers`
      : `#${generation} is live, but build ${other} answers`;
  const hint = "only programs with net/http and gust's files tell it: `gust status` shows the swap";
  return failed({ code: "SERVING_UNPROVED", message, hint }, io);
}

const PATIENCE_MS = 10_000;

/**
 * `gust wait`: returns when it is decided what becomes of the newest save. Exit codes: 0 it is
 * live, 1 it has failed, 2 wrong use or no gust runs here, 3 the time is over, 4 it is built and waits
 * for a swap that somebody asks for.
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
    if (args.serving) return proveServing(answer.generation, args, io);
    io.stdout(`#${answer.generation} is live\n`);
    return 0;
  }
  if (answer.type === "verdict" && answer.verdict === "waiting") {
    io.stdout(`#${answer.generation} is built and waits: \`gust swap\` makes it live\n`);
    return 4;
  }
  if (answer.type === "verdict" && answer.verdict === "failed") {
    io.stdout(`#${answer.generation} is not live: ${answer.message}\n`);
  }
  return 1;
}
