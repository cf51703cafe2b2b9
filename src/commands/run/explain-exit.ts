import type { Exit } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { parseCrash, parsePortTaken } from "../../core/go-crash.ts";
import { lockOf } from "../../adapters/process/locks.ts";
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

/**
 * What a version that has ended could not have because the process that serves has it: its port, or
 * a lock. Null when its last words do not tell so.
 */
export async function conflictAfter(
  tail: string,
  holder: number,
  processes: Processes,
): Promise<string | null> {
  const taken = parsePortTaken(tail);
  if (taken !== null) {
    const owner = taken.port === null ? null : await processes.portOwner(taken.port);
    return owner?.pid === holder ? `the version before it has ${taken.address}` : null;
  }
  if (!lockWords.test(tail)) return null;
  const file = lockOf(holder);
  return file === null ? null : `the version before it has the lock of ${file}`;
}

/** How programs complain of a lock that another process has. */
const lockWords =
  /\block(?:ed|ing)?\b|resource temporarily unavailable|would block|already (?:in use|running|open)|another (?:process|instance)|\bbusy\b|: timeout$/im;

async function portTaken(
  taken: { readonly port: number | null; readonly address: string },
  tail: string,
  processes: Processes,
): Promise<Failure> {
  const owner = taken.port === null ? null : await processes.portOwner(taken.port);
  return {
    code: "START_PORT_TAKEN",
    message: `${taken.address} is in use by ${nameOf(owner)}`,
    seen: tail,
    hint: adviceOn(owner),
  };
}

type Owner = Awaited<ReturnType<Processes["portOwner"]>>;

function nameOf(owner: Owner): string {
  if (owner === null) return "another program";
  return owner.pid === process.pid ? "gust itself" : `${owner.name} (pid ${owner.pid})`;
}

function adviceOn(owner: Owner): string {
  if (owner === null) return "stop the program that uses the address, or choose another one";
  if (owner.pid === process.pid) {
    return "give the program another port, or gust: proxy.proxy_port, ui.port or debug.port";
  }
  return `end it with \`kill ${owner.pid}\`, or choose another address`;
}
