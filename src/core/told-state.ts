import type { Failure } from "./failure.ts";
import type { Serving, SwapView, View } from "./view.ts";

/** The state as programs are told it, by `--json` and by the control socket. */
export interface ToldState {
  readonly newest: number;
  /** True when the newest generation is what serves. */
  readonly live: boolean;
  readonly serving: Omit<Serving, "since"> | null;
  readonly failed: number | null;
  readonly failure: Failure | null;
  readonly activity: string;
  /** Names of the services that it waits for, while that is its activity. */
  readonly waitsFor?: readonly string[];
  readonly paused: boolean;
  readonly good: readonly number[];
  readonly swap: SwapView | null;
}

/** Leaves out what only gust's own clock gives a meaning to. */
export function toldState(view: View): ToldState {
  const { newest, stale, serving, failed, failure, activity, paused, good, swap } = view;
  const told =
    serving === null
      ? null
      : {
          generation: serving.generation,
          build: serving.build,
          pid: serving.pid,
          addresses: serving.addresses,
        };
  const live = newest > 0 && !stale;
  const doing = activity.type;
  const waits = activity.type === "waiting" ? { waitsFor: activity.for } : {};
  const state = { newest, live, serving: told, failed, failure, activity: doing, ...waits };
  return { ...state, paused, good, swap };
}
