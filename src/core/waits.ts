import type { Verdict } from "./effect.ts";
import { rescan } from "./intake.ts";
import { servingVersion } from "./instance.ts";
import { isOutgoing } from "./stopping.ts";
import type { State } from "./state.ts";
import { awaitsTests } from "./test-stage.ts";
import { type Step, chain } from "./step.ts";

/** Somebody wants to know when the newest save is live: first the disk is asked for it. */
export function requestWait(state: State, request: number, at: number): Step {
  return chain(rescan(state, at, { lost: null }), (s) => [
    { ...s, waits: [...s.waits, { request, batch: s.intake.batch }] },
    [],
  ]);
}

export function dropWait(state: State, request: number): Step {
  return [{ ...state, waits: state.waits.filter((one) => one.request !== request) }, []];
}

/** Answers those whose save is decided. */
export function answerWaits(state: State): Step {
  if (state.waits.length === 0 || !isSettled(state)) return [state, []];
  const verdict = verdictOf(state);
  return [
    { ...state, waits: [] },
    state.waits.map(({ request }) => ({ type: "answer-wait", request, verdict })),
  ];
}

/** True when nothing is under way that could change which version serves. */
export function isSettled(state: State): boolean {
  if (state.quitting !== null) return true;
  const { work, intake, fleet } = state;
  // Before the first attempt nothing is decided, however quiet it is.
  if (state.generation === 0) return false;
  if (work.phase !== "idle" || state.configuring !== null || awaitsTests(state)) return false;
  if (intake.open.length > 0) return false;
  if (intake.pending !== null && !state.paused) return false;
  if (fleet.next !== null || fleet.restart !== null) return false;
  return fleet.instances.every((one) => one.status.type === "ready" || isOutgoing(one));
}

function verdictOf(state: State): Verdict {
  const { generation, fleet } = state;
  const serving = servingVersion(fleet)?.generation ?? fleet.finished;
  const held = state.intake.pending !== null;
  if (serving === generation && state.red === null && state.quitting === null && !held) {
    return { type: "live", generation };
  }
  const built = fleet.waiting?.target.version.generation === generation;
  if (built && state.red === null && state.quitting === null && !held) {
    return { type: "waiting", generation };
  }
  return { type: "failed", generation, message: reason(state, held) };
}

function reason(state: State, held: boolean): string {
  if (state.quitting !== null) return "gust is leaving";
  if (held) return "gust is paused, and holds back what was saved since";
  return state.red?.failure.message ?? `#${state.generation} is not what serves`;
}
