import { basename } from "node:path";
import type { Config } from "../../config/config.ts";
import { callControl } from "../../adapters/control/call.ts";
import { controlPath } from "../../adapters/control/socket-place.ts";
import type { StatusReply } from "../../adapters/control/protocol.ts";
import { isListenedOn } from "../../adapters/machine/port.ts";
import { findOrphans, startTimeOf } from "../../adapters/process/orphans.ts";
import { type KnownRun, listRuns } from "../../adapters/store/list-runs.ts";
import { isAlive } from "../../adapters/store/run-record.ts";
import type { UserDirs } from "../../adapters/store/user-dirs.ts";
import type { Failure } from "../../core/failure.ts";
import type { Address } from "../../core/version.ts";
import type { Processes } from "../../engine/processes.ts";
import type { PortFact, RunFact } from "./facts.ts";
import { isWithin } from "../paths.ts";

/** Every gust that runs a program of this project, or was killed and left something behind. */
export async function lookAtRuns(dirs: UserDirs, root: string): Promise<readonly RunFact[]> {
  const runs = (await listRuns(dirs.cacheDir)).filter(
    (run) => isWithin(run.root, root) || isWithin(root, run.root),
  );
  return Promise.all(runs.map((run) => lookAtRun(run, dirs)));
}

/** The ports that the configuration names, and those that the programs under gust listen on. */
export async function lookAtPorts(
  config: Config,
  runs: readonly RunFact[],
  processes: Processes,
): Promise<readonly PortFact[]> {
  const wanted = new Map<number, string>();
  for (const [port, why] of [...configured(config), ...inUse(runs)]) {
    if (port > 0 && !wanted.has(port)) wanted.set(port, why);
  }
  return Promise.all(
    [...wanted].map(async ([port, why]): Promise<PortFact> => {
      const owner = await processes.portOwner(port);
      const busy = owner !== null || (await isListenedOn(port));
      return {
        port,
        why,
        busy,
        owner,
        of: busy ? belongsTo(owner?.pid ?? null, port, runs) : "nobody",
      };
    }),
  );
}

async function lookAtRun(run: KnownRun, dirs: UserDirs): Promise<RunFact> {
  const { pid, root } = run;
  const alive = isAlive(run, startTimeOf);
  const known = run.processes.flatMap(({ pid, startTime }) =>
    startTime === null ? [] : [{ pid, startTime }],
  );
  const processes = findOrphans({ runId: run.runId, processes: known }).map((one) => one.pid);
  const socket = controlPath(dirs.runtimeDir, basename(run.dir));
  return { pid, root, alive, status: alive ? await askStatus(socket) : null, processes };
}

async function askStatus(socket: string): Promise<StatusReply | Failure> {
  const answer = await callControl(socket, { type: "status" }, PATIENCE_MS);
  if ("code" in answer || answer.type === "status") return answer;
  return { code: "IO_FAILED", message: `no answer in ${PATIENCE_MS / 1000} s` };
}

/** A gust that is alive answers at once. */
const PATIENCE_MS = 5_000;

function configured({
  ready,
  health,
  proxy,
  services,
  processes,
}: Config): readonly (readonly [number, string])[] {
  return [
    ...ready.ports.map((port) => [port, "ready.ports"] as const),
    ...[...services, ...processes].map(({ port, name }) => [port, `service ${name}`] as const),
    ...(health.path === null ? [] : [[health.port, "health.port"] as const]),
    ...(proxy.enabled
      ? [[proxy.appPort, "proxy.app_port"] as const, [proxy.proxyPort, "proxy.proxy_port"] as const]
      : []),
  ];
}

function inUse(runs: readonly RunFact[]): readonly (readonly [number, string])[] {
  return runs.flatMap((run) =>
    addressesOf(run).map((one) => [portOf(one), "the program"] as const),
  );
}

function belongsTo(pid: number | null, port: number, runs: readonly RunFact[]): PortFact["of"] {
  const run = runs.find((one) =>
    pid === null
      ? addressesOf(one).some((address) => portOf(address) === port)
      : one.pid === pid || one.processes.includes(pid),
  );
  if (run === undefined) return "stranger";
  return run.alive ? "run" : "orphan";
}

function addressesOf({ status }: RunFact): readonly Address[] {
  const serving = status === null || "code" in status ? null : status.state.serving;
  return (serving?.addresses ?? []).filter((address) => address.network === "tcp");
}

/** 0 for an address without a port. */
function portOf({ address }: Address): number {
  return Number(/:(\d+)$/.exec(address)?.[1] ?? 0);
}
