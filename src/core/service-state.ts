import type { View } from "./view.ts";

/** What a service manager was told last. */
export interface ServiceState {
  readonly phase: "starting" | "ready" | "reloading" | "stopping";
  readonly status: string;
}

export const newService: ServiceState = { phase: "starting", status: "" };

/** What of a run a service manager may know. */
export interface ServiceFacts {
  readonly view: View;
  readonly quitting: boolean;
  /** What the version that serves tells of itself; "" when it tells nothing. */
  readonly told: string;
}

/** How things are, in the words of systemd's notification protocol (sd_notify(3)). */
export function serviceState(before: ServiceState, facts: ServiceFacts): ServiceState {
  return { phase: phaseOf(before, facts), status: statusOf(facts) };
}

/** The lines that tell the one after the other; "" when there is nothing new. */
export function serviceMessage(
  before: ServiceState,
  now: ServiceState,
  monotonicMicroseconds: bigint,
): string {
  const lines: string[] = [];
  if (before.phase !== now.phase) {
    if (now.phase === "ready") lines.push("READY=1");
    if (now.phase === "stopping") lines.push("STOPPING=1");
    if (now.phase === "reloading") {
      lines.push("RELOADING=1", `MONOTONIC_USEC=${monotonicMicroseconds}`);
    }
  }
  if (before.status !== now.status) lines.push(`STATUS=${now.status}`);
  return lines.join("\n");
}

/**
 * The first READY=1 needs a version that serves; after it a swap is a reload, which is over when
 * things are quiet again, whatever came of it.
 */
function phaseOf(before: ServiceState, { view, quitting }: ServiceFacts): ServiceState["phase"] {
  if (quitting || before.phase === "stopping") return "stopping";
  const { serving, activity } = view;
  if (before.phase === "starting") return serving === null ? "starting" : "ready";
  const works = activity.type === "building" || activity.type === "starting";
  if (works) return "reloading";
  // What is replaced may take its time: the new version serves already.
  const over = activity.type === "idle" || serving !== null;
  return over ? "ready" : before.phase;
}

function statusOf({ view, quitting, told }: ServiceFacts): string {
  const { serving, activity, failed, failure } = view;
  if (quitting) return "stopping";
  const live = serving === null ? "nothing is live" : `#${serving.generation} live`;
  const word = told === "" ? live : `${live}: ${told}`;
  if (activity.type === "building" || activity.type === "starting") {
    return `${word}; #${activity.generation} is coming`;
  }
  const why = failed === null ? "" : `; #${failed} failed: ${failure?.message ?? ""}`;
  return `${word}${why}`.replaceAll(/[\r\n]+/g, " ");
}
