import { killAll } from "./fleet.ts";
import { servingVersion } from "./instance.ts";
import type { State } from "./state.ts";
import { type Step, announce } from "./step.ts";

/** The first request stops everything in order; a second one by force. */
export function requestQuit(state: State, exitCode: number): Step {
  if (state.quitting !== null) return killAll(state);
  const generation = servingVersion(state.fleet)?.generation ?? 0;
  const said = announce({ type: "stopping", generation });
  return [{ ...state, quitting: { exitCode } }, [said]];
}

/** Leaves as soon as nothing runs any more. */
export function advanceQuit(state: State): Step {
  const { quitting, work, fleet, preparing } = state;
  if (quitting === null || fleet.instances.length > 0) return [state, []];
  if (work.phase === "build" || work.phase === "rule") return [state, []];
  if (preparing.phase === "running" || preparing.phase === "cancelling") return [state, []];
  const tests = state.tests.phase.type;
  if (tests === "running" || tests === "recording") return [state, []];
  return [state, [{ type: "exit", code: quitting.exitCode }]];
}
