import type { Preload, Preparation, Route } from "./event.ts";
import { addPending, rescan } from "./intake.ts";
import { emptyPending } from "./pending.ts";
import type { Preparing, State } from "./state.ts";
import { type Step, announce, chain } from "./step.ts";
import { awaitsTests } from "./test-stage.ts";

/** How long nothing has to be done before the go command is told of direct builds. */
const quietMs = 2000;

/** What is due after a build that was good. */
export function preparingAfter(preparing: Preparing, route: Route): Preparing {
  if (route.type === "foreign") return preparing;
  return { ...preparing, due: route.type === "direct" ? ["linker", "check"] : ["plan", "linker"] };
}

/**
 * Asks how the go command builds, has a linker load what no save changes, or asks whether the go command
 * compiles to the same what was built without it: only while nothing else is going on, and never beside
 * a save.
 */
export function advancePreparing(state: State): Step {
  const { due, phase } = state.preparing;
  const [what] = due;
  const idle = isIdle(state);
  if (phase === "running" && !idle) {
    return [withPhase(state, "cancelling"), [{ type: "cancel-preparation" }]];
  }
  if (phase === "waiting" && !idle) {
    return [withPhase(state, "idle"), [{ type: "cancel-timer", timer: "prepare" }]];
  }
  if (phase !== "idle" || what === undefined || !idle) return [state, []];
  if (what !== "check") return [withPhase(state, "running"), [{ type: "prepare-build", what }]];
  return [withPhase(state, "waiting"), [{ type: "start-timer", timer: "prepare", ms: quietMs }]];
}

/** It has been quiet for long enough. */
export function preparingDue(state: State): Step {
  const { due, phase } = state.preparing;
  const [what] = due;
  if (phase !== "waiting" || what === undefined) return [state, []];
  return [withPhase(state, "running"), [{ type: "prepare-build", what }]];
}

export function buildPrepared(state: State, outcome: Preparation, at: number): Step {
  const idle = withPhase(state, "idle");
  const cancelled = state.preparing.phase === "cancelling";
  if (outcome.type === "cancelled" || (cancelled && outcome.type === "impossible")) {
    return [idle, []];
  }
  if (outcome.type === "preloaded" || outcome.type === "not-preloaded") {
    return linkerPrepared(idle, outcome);
  }
  const [, ...due] = outcome.type === "ready" ? state.preparing.due : [];
  const settled: State = { ...idle, preparing: { ...idle.preparing, due } };
  const said = announce({ type: "prepared", outcome });
  // Whatever it is, the watcher may have missed it.
  if (outcome.type === "outdated") {
    return chain([settled, [said]], (s) => rescan(s, at, { lost: null }));
  }
  if (outcome.type !== "doubtful") return [settled, [said]];
  const pending = { ...emptyPending(at), need: "build", request: "control" } as const;
  const [next, effects] = addPending(settled, pending, at);
  return [next, [said, ...effects]];
}

/** A linker waits after every save: only what is new of that is said. */
function linkerPrepared(state: State, outcome: Preload): Step {
  const { due, linker } = state.preparing;
  const same =
    outcome.type === "not-preloaded" && linker?.type === "not-preloaded"
      ? outcome.reason === linker.reason
      : outcome.type === linker?.type;
  const preparing = { ...state.preparing, due: due.slice(1), linker: outcome };
  return [{ ...state, preparing }, same ? [] : [announce({ type: "linker", outcome })]];
}

/**
 * Nothing is built or exchanged, and the sources are as the last build has seen them. For a plan the
 * content of Go files may be newer: the next build is told of them, and compiles them again.
 */
function isIdle(state: State): boolean {
  const { work, intake, fleet, graph, red, changes, preparing } = state;
  const settled = fleet.instances.every(({ status }) => settledStatus.has(status.type));
  if (work.phase !== "idle" || intake.pending !== null || intake.open.length > 0) return false;
  if (fleet.next !== null || awaitsTests(state) || !settled || graph.loading || graph.wanted)
    return false;
  if (state.quitting !== null || state.configuring !== null || red?.sources === true) return false;
  return changes.other === null && (preparing.due[0] !== "check" || changes.modified.length === 0);
}

const settledStatus: ReadonlySet<string> = new Set(["ready", "draining", "stopping", "ended"]);

const withPhase = (state: State, phase: Preparing["phase"]): State => ({
  ...state,
  preparing: { ...state.preparing, phase },
});
