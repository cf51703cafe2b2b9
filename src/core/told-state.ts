import type { FetchProgress } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Serving, SwapView, TestsView, View } from "./view.ts";

/** The state as programs are told it, by `--json` and by the control socket. */
export interface ToldState {
  readonly newest: number;
  /** True when the newest generation is what serves. */
  readonly live: boolean;
  readonly serving: Omit<Serving, "since"> | null;
  readonly failed: number | null;
  readonly failure: Failure | null;
  /** The generation that is built and waits until a swap is asked for. */
  readonly waiting: number | null;
  /** The generation that waits while a debugger has stopped the running one. */
  readonly held: number | null;
  /** Arguments of the go command that would put it right, where gust may run it; else null. */
  readonly fix: readonly string[] | null;
  readonly activity: string;
  /** Names of the services that it waits for, while that is its activity. */
  readonly waitsFor?: readonly string[];
  /** How far the fetching of modules is; null while nothing is fetched. */
  readonly fetching: FetchProgress | null;
  readonly paused: boolean;
  readonly good: readonly number[];
  readonly swap: SwapView | null;
  /** Tests that run by themselves; absent where none do. */
  readonly tests?: Omit<TestsView, "since">;
}

/** Leaves out what only gust's own clock gives a meaning to. */
export function toldState(view: View): ToldState {
  const { newest, stale, serving, failed, failure, fix, activity, paused, good, swap } = view;
  const tests = view.tests === undefined ? {} : { tests: testsTold(view.tests) };
  const waiting = view.waiting?.generation ?? null;
  const held = view.held?.generation ?? null;
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
  const fetching = activity.type === "modules" ? activity.progress : null;
  const work = { fix, waiting, held, activity: doing, ...waits, fetching };
  return { newest, live, serving: told, failed, failure, ...work, paused, good, swap, ...tests };
}

const testsTold = ({ mode, activity, count, failed }: TestsView): Omit<TestsView, "since"> => ({
  mode,
  activity,
  count,
  failed,
});
