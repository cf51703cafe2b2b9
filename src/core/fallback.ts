import type { Origin } from "./event.ts";
import type { Failure } from "./failure.ts";
import { servingVersion } from "./instance.ts";
import type { Instance, State, Target } from "./state.ts";
import { isGoing } from "./stopping.ts";
import { type Step, announce } from "./step.ts";
import type { Version } from "./version.ts";

/**
 * A version did not come up, or crashed while on probation: say so, and bring back the last good
 * one. What is newer and already waiting to run goes first.
 */
export function fallBack(state: State, instance: Instance, failure: Failure, at: number): Step {
  const { version, purpose, cause, lead, phases } = instance.target;
  const good = state.fleet.good.filter((one) => one.artifact.build !== version.artifact.build);
  const kept = failure.code === "START_PORT_TAKEN" ? state.fleet.good : good;
  const serving = servingVersion(state.fleet);
  const wasReady = instance.status.type === "ready";
  // A version that serves, or is on its way, needs no help.
  const alone = state.fleet.instances.every((one) => one.id === instance.id || isGoing(one));
  // What was about to be taken over from accepts no more, and has to be started again.
  const silenced = instance.status.type === "taking" ? serving : null;
  const heir =
    state.fleet.next === null
      ? (silenced ?? (alone ? heirOf(good, instance, failure) : null))
      : null;
  const next: Target | null =
    heir === null
      ? state.fleet.next
      : {
          version: heir,
          purpose: {
            type: "rollback",
            from: purpose.type === "rollback" ? purpose.from : version.generation,
            why: failure.code === "CRASHED_IN_PROBATION" ? "crashed" : "start-failed",
          },
          cause,
          since: instance.target.since,
          lead: [],
          phases: [],
        };
  const said = announce({
    type: "failed",
    generation: version.generation,
    cause,
    failure,
    serving: serving?.generation ?? heir?.generation ?? null,
    lead,
    phases: wasReady ? phases : [...phases, { name: "start", durationMs: at - instance.startedAt }],
    totalMs: at - instance.target.since,
  });
  const red = state.red ?? { generation: version.generation, failure, sources: false };
  return [{ ...state, red, fleet: { ...state.fleet, good: kept, next } }, [said]];
}

/**
 * Where another program has the port, the last version may have listened on another one. It is tried
 * once: no version before that one helps if it has not.
 */
function heirOf(good: readonly Version[], instance: Instance, failure: Failure): Version | null {
  const tried = instance.target.purpose.type !== "save";
  return failure.code === "START_PORT_TAKEN" && tried ? null : (good[0] ?? null);
}

/** Goes back by hand: to a build, or to the newest good one that does not serve. */
export function rollBack(state: State, to: number | null, origin: Origin, at: number): Step {
  const from = servingVersion(state.fleet)?.generation ?? state.generation;
  const choice = rollbackChoice(state, to);
  if ("code" in choice) return [state, [announce({ type: "refused", failure: choice })]];
  const next: Target = {
    version: choice,
    purpose: { type: "rollback", from, why: "requested" },
    cause: { type: "request", origin },
    since: at,
    lead: [],
    phases: [],
  };
  // What waits for its tests is not wanted any more.
  const tests = { ...state.tests, held: null };
  return [{ ...state, tests, fleet: { ...state.fleet, next, restart: null } }, []];
}

/** The version that a rollback by hand would start, or why there is none. */
export function rollbackChoice(state: State, to: number | null): Version | Failure {
  const { good } = state.fleet;
  const serving = servingVersion(state.fleet);
  const choice =
    to === null
      ? good.find((one) => isOlder(one, serving))
      : good.find((one) => one.generation === to || one.artifact.build === to);
  return choice ?? none(state, to);
}

function isOlder(version: Version, serving: Version | null): boolean {
  return serving === null || version.artifact.build < serving.artifact.build;
}

function none(state: State, to: number | null): Failure {
  const known = state.fleet.good.map((one) => `#${one.generation}`).join(", ");
  return {
    code: "NO_SUCH_BUILD",
    message: to === null ? "there is no earlier good build" : `build #${to} is not kept`,
    seen: known === "" ? "no build has been live yet" : `kept: ${known}`,
    hint: "build.keep says how many good builds are kept",
  };
}
