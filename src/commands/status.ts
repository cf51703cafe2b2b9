import { callControl } from "../adapters/control/call.ts";
import type { StatusReply } from "../adapters/control/protocol.ts";
import type { Address } from "../core/version.ts";
import { type AskArguments, failed } from "./ask.ts";
import type { CommandIo } from "./io.ts";

export interface StatusArguments extends AskArguments {
  readonly json: boolean;
}

/**
 * `gust status`: what the running gust is about. Exit codes: 0 the newest save is live, 1 it is
 * not, 2 wrong use or no gust runs here.
 */
export async function runStatus(args: StatusArguments, io: CommandIo): Promise<number> {
  const answer = await callControl(args.socketPath, { type: "status" }, PATIENCE_MS);
  if ("code" in answer) {
    // Programs that ask for JSON get an object in any case.
    if (args.json) io.stdout(`${JSON.stringify({ v: 1, type: "error", failure: answer })}\n`);
    return failed(answer, io);
  }
  if (answer.type !== "status") {
    return failed({ code: "IO_FAILED", message: "gust runs, but does not answer" }, io);
  }
  io.stdout(args.json ? `${JSON.stringify(answer)}\n` : statusText(answer));
  return answer.state.live ? 0 : 1;
}

/** A gust that is alive answers at once. */
const PATIENCE_MS = 10_000;

function statusText({ pid, cwd, main, environment, state }: StatusReply): string {
  const { serving, activity, paused, good, swap } = state;
  const now = state.waitsFor === undefined ? activity : `waits for ${state.waitsFor.join(", ")}`;
  const older = good.filter((generation) => generation !== serving?.generation);
  const rows: readonly (readonly [string, string])[] = [
    ["gust", `pid ${pid}, started in ${cwd}`],
    ["program", main],
    // A gust of an earlier version tells none.
    ["for", environment === "dev" ? "" : (environment ?? "")],
    ["live", serving === null ? "nothing runs" : servingText(serving)],
    ["newest", newestText(state)],
    ["now", paused ? `${now}, paused` : now],
    ["swap", swap === null ? "" : swapText(swap)],
    ["back to", older.map((generation) => `#${generation}`).join(" ")],
  ];
  return rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.padEnd(8)} ${value}\n`)
    .join("");
}

function servingText(serving: NonNullable<StatusReply["state"]["serving"]>): string {
  const { generation, build, pid, addresses } = serving;
  const again = build === generation ? "" : `, build #${build}`;
  return [`#${generation}${again}, pid ${pid}`, ...addresses.map(addressText)].join(", ");
}

function swapText({ way, why }: NonNullable<StatusReply["state"]["swap"]>): string {
  return why === null ? way : `${way}: ${why}`;
}

function addressText({ network, address }: Address): string {
  return `${network} ${address}`;
}

function newestText({
  newest,
  live,
  failed: red,
  failure,
  ...state
}: StatusReply["state"]): string {
  if (newest === 0) return "nothing built yet";
  if (live) return `#${newest}, live`;
  const built = builtText(state);
  if (failure === null) return built === "" ? `#${newest}, not live yet` : built;
  const failed = `#${red ?? newest}, not live: ${failure.message}`;
  return built === "" ? failed : `${failed}; ${built}`;
}

function builtText({
  waiting,
  held,
  serving,
}: Pick<StatusReply["state"], "waiting" | "held" | "serving">): string {
  if (waiting !== null) return `#${waiting}, built and waiting for \`gust swap\``;
  if (held === null) return "";
  const stopped = serving === null ? "the program" : `#${serving.generation}`;
  return `#${held}, built and waiting until ${stopped}, stopped in the debugger, goes on`;
}
