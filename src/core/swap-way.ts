import type { State, Instance, Target } from "./state.ts";
import { type Step, announce } from "./step.ts";

/** How a version takes over from the one that serves. */
export type Way = "overlap" | "handoff" | "stop-start";

/**
 * Decides how `next` follows `serving`: beside it where both take part and nothing speaks against
 * it; after it, with clients waiting in the held sockets, where two cannot live at once; else with a
 * closed port in between.
 */
export function wayOf(state: State, serving: Instance, next: Target): Way {
  const { mode } = state.settings.swap;
  if (mode === "stop-start" || !serving.attached || !next.version.artifact.shim) {
    return "stop-start";
  }
  return mode === "handoff" || state.fleet.alone !== null ? "handoff" : "overlap";
}

/** Two versions of this program cannot live at once: it is said, and held to from now on. */
export function chooseHandoff(state: State, generation: number, why: string): Step {
  return [
    { ...state, fleet: { ...state.fleet, alone: why } },
    [announce({ type: "handoff-chosen", generation, why })],
  ];
}

/**
 * What is known to be impossible for two versions at once: sockets of UDP cannot be held, and a
 * datagram would reach either of two. Null when nothing is, or when the user knows better.
 */
export function obstacle(state: State, serving: Instance): string | null {
  if (state.settings.swap.mode !== "auto" || state.fleet.alone !== null) return null;
  const udp = serving.addresses.find(
    (one) => one.network === "udp" && portOf(one.address) < ephemeralPort,
  );
  return udp === undefined ? null : `it has udp ${udp.address}, which only one version can have`;
}

/** The first port that Linux gives away by itself (net.ipv4.ip_local_port_range). */
export const ephemeralPort = 32_768;

export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}
