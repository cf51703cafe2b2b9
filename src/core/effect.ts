import type { PreparationStep, TimerId } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Notice } from "./notice.ts";
import type { SourceChanges } from "./source-changes.ts";
import type { DebuggedTest, TestWhat } from "./test-stage.ts";
import type { Address, Version } from "./version.ts";

/** Everything the core may ask of the world, in the imperative. `engine/perform.ts` does it. */
export type Effect =
  /** Look at these paths; answered by `examined`. */
  | { readonly type: "examine"; readonly batch: number; readonly paths: readonly string[] }
  /** Look at every known file and directory; answered by `examined` with what differs. */
  | { readonly type: "rescan"; readonly batch: number }
  | { readonly type: "load-graph"; readonly version: number }
  /** The graph is another one: watch these directories and remember these files. */
  | {
      readonly type: "watch";
      readonly dirs: readonly string[];
      readonly files: readonly string[];
    }
  | { readonly type: "run-rule"; readonly run: number; readonly rule: number }
  | { readonly type: "cancel-rule"; readonly run: number }
  /** Fetch what is missing, or run a go command; answered by `modules-finished` in any case. */
  | { readonly type: "run-modules"; readonly run: number; readonly job: ModuleJob }
  /** Kills it with its children. */
  | { readonly type: "cancel-modules"; readonly run: number }
  | {
      readonly type: "start-build";
      readonly generation: number;
      /** True: nothing is fetched, as that has just failed. */
      readonly offline: boolean;
      /** What has changed since the build that was asked for before. */
      readonly changes: SourceChanges;
    }
  /** Kills the build with its children; answered by `build-finished` in any case. */
  | { readonly type: "cancel-build"; readonly generation: number }
  /** Get ready to build without the go command; answered by `build-prepared`. */
  | { readonly type: "prepare-build"; readonly what: PreparationStep }
  | { readonly type: "cancel-preparation" }
  /** Answered by `tests-selected`, and by `tests-finished` in any case. */
  | {
      readonly type: "start-tests";
      readonly run: number;
      readonly what: TestWhat;
      readonly paths: readonly string[];
      readonly gate: boolean;
    }
  /** Kills the tests with their children. */
  | { readonly type: "cancel-tests"; readonly run: number }
  /** Find out what tests reach; answered by `tests-recorded`. */
  | { readonly type: "record-tests" }
  | { readonly type: "cancel-recording" }
  | { readonly type: "debug-test"; readonly test: DebuggedTest }
  /** Removes kept binaries except these builds. */
  | { readonly type: "prune-builds"; readonly keep: readonly number[] }
  | {
      readonly type: "start-process";
      readonly instance: number;
      readonly version: Version;
      /** Addresses of the predecessor, for readiness. */
      readonly expect: readonly Address[];
      /** It gets the listening sockets of its predecessor. */
      readonly held: boolean;
      /** What its answers tell of the build. */
      readonly label: string;
      /** The process that serves meanwhile; null when none does. */
      readonly beside: number | null;
    }
  /** Another thing to tell of the build. */
  | { readonly type: "label-process"; readonly instance: number; readonly label: string }
  /** What clients are told while nothing is alive; null: they need not be told. */
  | { readonly type: "hold-clients"; readonly answer: HoldAnswer | null }
  /** Sockets at other addresses are no more waited at. */
  | { readonly type: "release-sockets"; readonly keep: readonly Address[] }
  /** What the next run should know of this program. */
  | { readonly type: "remember"; readonly memory: Memory }
  /** Ask a version that does not end what it does; answered by `process-report`. */
  | { readonly type: "report-process"; readonly instance: number }
  /** The old version accepts nothing more and hands its open connections to the new one. */
  | {
      readonly type: "drain-process";
      readonly instance: number;
      /** Null: to nobody yet; they wait for the next version. */
      readonly to: number | null;
      readonly ms: number;
      readonly streams: "last" | "first" | "never";
    }
  | { readonly type: "signal-process"; readonly instance: number; readonly signal: string }
  /** SIGKILL to the whole tree; answered by `process-gone`. */
  | { readonly type: "kill-process"; readonly instance: number }
  /** The program is settled: watching its sockets may stop. */
  | { readonly type: "settle-process"; readonly instance: number }
  | { readonly type: "start-timer"; readonly timer: TimerId; readonly ms: number }
  | { readonly type: "cancel-timer"; readonly timer: TimerId }
  | { readonly type: "reload-config" }
  | { readonly type: "announce"; readonly notice: Notice }
  | { readonly type: "answer-wait"; readonly request: number; readonly verdict: Verdict }
  /** Nothing runs any more: leave. */
  | { readonly type: "exit"; readonly code: number };

/** Those of tests that run by themselves. */
export type TestEffect = Extract<
  Effect,
  { readonly type: `${string}-tests` | "cancel-recording" | "debug-test" }
>;

export const isTestEffect = (effect: Effect): effect is TestEffect =>
  /-tests?$|-recording$/.test(effect.type);
export type ModuleJob =
  /** Fetch the modules that go.mod names and the module cache lacks. */
  | { readonly type: "fetch" }
  /** A go command that changes module files: `["mod", "tidy"]`. */
  | { readonly type: "command"; readonly args: readonly string[] };

/** Why clients find nobody. */
export interface HoldAnswer {
  /** How long they are kept waiting. */
  readonly ms: number;
  /** Why nothing runs; null while something is on its way. */
  readonly failure: Failure | null;
  /** The generation that failed. */
  readonly generation: number | null;
}

export interface Memory {
  /** Where the program listens. */
  readonly addresses: readonly Address[];
  /** Why two versions of it cannot live beside each other; null when they can. */
  readonly alone: string | null;
}

export type Verdict =
  | { readonly type: "live"; readonly generation: number }
  /** It is built, and waits until somebody asks for the swap. */
  | { readonly type: "waiting"; readonly generation: number }
  | { readonly type: "failed"; readonly generation: number; readonly message: string };
