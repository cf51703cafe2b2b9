import type { FetchProgress, Place } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Address } from "./version.ts";

/** What a user may see of the state; the terminal, `--json` and the control socket share it. */
export interface View {
  /** Newest generation asked for; 0 before the first. */
  readonly newest: number;
  readonly serving: Serving | null;
  /** True while the newest save is not what serves. */
  readonly stale: boolean;
  /** Why the newest is not live: the failure, or null while work goes on. */
  readonly failure: Failure | null;
  readonly failed: number | null;
  /** Arguments of the go command that would put it right, where gust may run it. */
  readonly fix: readonly string[] | null;
  readonly activity: Activity;
  /** The version that is built and waits for the user; null when none does. */
  readonly waiting: WaitingView | null;
  /** The version that waits for a debugger to let the running one go on; null when none does. */
  readonly held: HeldView | null;
  readonly paused: boolean;
  /** Generations that a rollback can go to, newest first. */
  readonly good: readonly number[];
  /** How the next version takes over from the one that serves; null while none does. */
  readonly swap: SwapView | null;
  /** Tests that run by themselves; absent where none do. */
  readonly tests?: TestsView;
}

export interface TestsView {
  readonly mode: "watch" | "gate";
  readonly activity: "idle" | "running" | "recording";
  /** Monotonic milliseconds at which the run began; null while none is under way. */
  readonly since: number | null;
  /** How many tests the run has; null while that is not known. */
  readonly count: number | null;
  /** Tests that failed when they ran last, at most twenty; subtests are not among them. */
  readonly failed: readonly string[];
}

export interface WaitingView {
  readonly generation: number;
  /** Monotonic milliseconds at which it began to wait. */
  readonly since: number;
}

export interface HeldView {
  readonly generation: number;
  /** Where the running one is stopped. */
  readonly place: Place | null;
}

export interface SwapView {
  readonly way: "overlap" | "handoff" | "stop-start";
  /** Why not by an overlap; null where it is one. */
  readonly why: string | null;
}

export interface Serving {
  readonly generation: number;
  readonly build: number;
  readonly pid: number;
  readonly addresses: readonly Address[];
  /** Monotonic milliseconds at which it became ready. */
  readonly since: number;
}

export type Activity =
  | { readonly type: "idle" }
  | { readonly type: "collecting"; readonly since: number }
  | { readonly type: "rule"; readonly rule: string; readonly since: number }
  | { readonly type: "testing"; readonly generation: number; readonly since: number }
  /** Modules are fetched (`progress` once it is known what is missing), or a go command runs. */
  | {
      readonly type: "modules";
      readonly command: readonly string[] | null;
      readonly progress: FetchProgress | null;
      readonly since: number;
    }
  | { readonly type: "building"; readonly generation: number; readonly since: number }
  /** It is built, and held back until these are ready. */
  | {
      readonly type: "waiting";
      readonly generation: number;
      readonly for: readonly string[];
      readonly since: number;
    }
  | { readonly type: "starting"; readonly generation: number; readonly since: number }
  | { readonly type: "stopping"; readonly generation: number; readonly since: number };
