import type { Effect } from "./effect.ts";
import { lacking } from "./instance.ts";
import type { ReadySettings } from "./settings.ts";
import type { Instance, Seen } from "./state.ts";
import { ephemeralPort, portOf } from "./swap-way.ts";
import type { Address } from "./version.ts";

/**
 * How long a program that listens on some, but not all, of its predecessor's addresses is given
 * for the rest, before it counts as ready without them.
 */
const settleMs = 2000;

export type Readiness =
  | { readonly type: "ready"; readonly missing: readonly Address[] }
  | { readonly type: "waiting"; readonly for: string };

/** Whether a starting process may be called ready, or what it is waited for. */
export function readiness(
  instance: Instance,
  settings: ReadySettings,
  activated: boolean,
): Readiness {
  if (instance.status.type !== "starting") return { type: "waiting", for: "nothing" };
  const { seen } = instance.status;
  const { addresses, expect } = instance;
  const missing = lacking(expect, addresses);
  if (instance.pid === 0) return { type: "waiting", for: "the process to start" };
  if (settings.health && !seen.healthy) return { type: "waiting", for: "its health check" };
  if (settings.notify === true && !seen.notified) {
    return { type: "waiting", for: "its READY=1" };
  }
  if (settings.logPattern !== null && !seen.logMatched) {
    return { type: "waiting", for: `a line of output that matches ${settings.logPattern}` };
  }
  const closed = settings.ports.filter((port) => !listensOn(addresses, port));
  if (closed.length > 0) return { type: "waiting", for: `port ${closed.join(", ")}` };
  if (seen.notified || settings.notify === true) return { type: "ready", missing };
  if (activated) return readyByItself(seen, settings);
  if (isTold(settings)) return { type: "ready", missing };
  if (expect.length > 0) {
    if (missing.length === 0) return { type: "ready", missing };
    if (addresses.length > 0 && seen.settled) return { type: "ready", missing };
    return { type: "waiting", for: missing.map((one) => one.address).join(", ") };
  }
  if (addresses.length > 0 || seen.uptime) return { type: "ready", missing };
  return { type: "waiting", for: "a listening socket" };
}

/** The sockets that it inherits listen from the first moment on: ports and addresses tell nothing. */
function readyByItself(seen: Seen, settings: ReadySettings): Readiness {
  const told = settings.health || settings.logPattern !== null;
  if (told || seen.uptime) return { type: "ready", missing: [] };
  return { type: "waiting", for: "its READY=1, or ready.min_uptime" };
}

/** Whether the user has said what a program does that is ready. */
export function isTold(settings: ReadySettings): boolean {
  const { health, logPattern, ports, notify } = settings;
  return health || logPattern !== null || ports.length > 0 || notify === true;
}

/** The timers that run while a process starts. */
export function readyTimers(settings: ReadySettings, id: number): Effect[] {
  return [
    { type: "start-timer", timer: `ready:${id}`, ms: settings.deadlineMs },
    ...uptimeTimers(settings, id),
  ];
}

/** Those of them that count how long it runs. */
export function uptimeTimers(settings: ReadySettings, id: number): Effect[] {
  return [
    { type: "start-timer", timer: `uptime:${id}`, ms: settings.minUptimeMs },
    { type: "start-timer", timer: `settle:${id}`, ms: settings.minUptimeMs + settleMs },
  ];
}

/**
 * What the successor of a version must listen on: not UDP, where a bound socket is often a client's,
 * and not ports that the system may have chosen.
 */
export function expectation(addresses: readonly Address[]): readonly Address[] {
  return addresses.filter(({ network, address }) => {
    if (network !== "tcp") return network === "unix";
    return portOf(address) < ephemeralPort;
  });
}

function listensOn(addresses: readonly Address[], port: number): boolean {
  return addresses.some((one) => one.network === "tcp" && one.address.endsWith(`:${port}`));
}
