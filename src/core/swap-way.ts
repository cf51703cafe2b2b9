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
  if (state.settings.swap.activated === true) {
    // Clients wait in the sockets that gust keeps open: one after the other is a pause, not a gap.
    const both = mode !== "stop-start" && mode !== "handoff" && state.fleet.alone === null;
    return both ? "overlap" : "stop-start";
  }
  if (mode === "stop-start" || !serving.attached || !next.version.artifact.shim) {
    return "stop-start";
  }
  return mode === "handoff" || state.fleet.alone !== null ? "handoff" : "overlap";
}

/** Another version can come up beside this one. */
export function mayStay(state: State, serving: Instance): boolean {
  return serving.attached || state.settings.swap.activated === true;
}

/** Two versions of this program cannot live at once: it is said, and held to from now on. */
export function chooseHandoff(state: State, generation: number, why: string): Step {
  return [
    { ...state, fleet: { ...state.fleet, alone: why } },
    [announce({ type: "handoff-chosen", generation, why })],
  ];
}

/**
 * What two versions cannot have at once: sockets that are not held, as those of UDP, of a child of
 * the program, or of one that listens before its main package is initialised. Null when there is
 * none. A program may share its UDP port by itself: who says so with `overlap` knows better.
 */
export function obstacle(state: State, serving: Instance): string | null {
  const { mode } = state.settings.swap;
  if (!serving.attached || state.fleet.alone !== null || mode === "stop-start") return null;
  const found = serving.unheld.find(({ network, address }) => {
    if (network === "unix") return true;
    return portOf(address) < ephemeralPort && (network === "tcp" || mode === "auto");
  });
  if (found === undefined) return null;
  const { network, address } = found;
  return `only one of them can have ${network} ${address}, which gust cannot hold`;
}

/** The first port that Linux gives away by itself (net.ipv4.ip_local_port_range). */
export const ephemeralPort = 32_768;

export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}
