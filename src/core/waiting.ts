import type { Origin } from "./event.ts";
import { servingVersion } from "./instance.ts";
import type { State, Target, Waiting } from "./state.ts";
import { type Step, announce } from "./step.ts";

/**
 * A version can be started: it is the next to run, or, where swaps are asked for, it waits. The newest
 * takes the place of one that waits already. Whoever has asked for the build has asked for the swap.
 */
export function offer(state: State, target: Target, taken: Taken, at: number): Step {
  const { fleet, settings } = state;
  const automatic = settings.swap.automatic !== false;
  if (automatic || taken.swap || startsUnasked(state)) {
    return [{ ...state, fleet: { ...fleet, next: target, waiting: null, restart: null } }, []];
  }
  const restart = taken.restart || fleet.waiting?.restart === true;
  const waiting: Waiting = { target, restart, since: at };
  const said = announce({
    type: "awaiting-swap",
    generation: target.version.generation,
    build: target.version.artifact.build,
    cause: target.cause,
    lead: target.lead,
    phases: target.phases,
    totalMs: at - target.since,
    serving: servingVersion(fleet)?.generation ?? null,
  });
  return [{ ...state, fleet: { ...fleet, waiting } }, [said]];
}

/** What led to the version. */
interface Taken {
  readonly swap: boolean;
  readonly restart: boolean;
}

/** As long as no version has come up there is nothing that a start could disturb. */
export function startsUnasked({ fleet }: State): boolean {
  return fleet.good.length === 0 && servingVersion(fleet) === null;
}

/**
 * A swap was asked for: what waits is started as it is. Null where it is not what the user means: a
 * newer save is on its way, or does not build.
 */
export function takeWaiting(state: State, origin: Origin, at: number): State | null {
  const { fleet, intake, work, red } = state;
  const { waiting } = fleet;
  const newer = work.phase !== "idle" || intake.pending !== null || state.configuring !== null;
  if (waiting === null || newer) return null;
  if (red !== null && red.generation > waiting.target.version.generation) return null;
  const target: Target = {
    ...waiting.target,
    cause: { type: "request", origin },
    since: at,
    lead: [],
    phases: [],
  };
  return { ...state, fleet: { ...fleet, next: target, waiting: null, restart: null } };
}
