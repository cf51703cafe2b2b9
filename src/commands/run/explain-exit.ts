import type { Exit } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { parseCrash, parsePortTaken } from "../../core/go-crash.ts";
import type { Processes } from "../../engine/processes.ts";

/** What the last output of a program that ended badly means; null when it does not tell. */
export async function explainExit(
  tail: string,
  exit: Pick<Exit, "code" | "signal">,
  context: { readonly processes: Processes; readonly ownDirs: readonly string[] },
): Promise<Failure | null> {
  const taken = parsePortTaken(tail);
  if (taken !== null) return portTaken(taken, tail, context.processes);
  const crash = parseCrash(tail, context.ownDirs);
  if (crash === null) return null;
  const end = exit.signal ?? `exit code ${exit.code ?? "unknown"}`;
  return {
    code: "CRASHED",
    message: `the program crashed: ${crash.message} (${end})`,
    seen: tail,
    crash,
  };
}

async function portTaken(
  taken: { readonly port: number | null; readonly address: string },
  tail: string,
  processes: Processes,
): Promise<Failure> {
  const owner = taken.port === null ? null : await processes.portOwner(taken.port);
  const who = owner === null ? "another program" : `${owner.name} (pid ${owner.pid})`;
  return {
    code: "START_PORT_TAKEN",
    message: `${taken.address} is in use by ${who}`,
    seen: tail,
    hint:
      owner === null
        ? "stop the program that uses the address, or choose another one"
        : `end it with \`kill ${owner.pid}\`, or choose another address`,
  };
}
