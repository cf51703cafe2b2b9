import type { Target } from "./state.ts";
import type { SelectionSummary, TestReport } from "./test-report.ts";
import type { TestWhat } from "./test-stage.ts";

/** Tests that run by themselves. */
export interface TestStage {
  /** Number of the newest run. */
  readonly run: number;
  /** What is to run when there is time; null: nothing. */
  readonly wanted: TestWhat | null;
  /** Files that have changed since the last run that came to its end. */
  readonly paths: ReadonlySet<string>;
  readonly phase:
    | { readonly type: "idle" }
    | {
        readonly type: "running";
        readonly run: number;
        readonly generation: number;
        readonly what: TestWhat;
        /** The files that it was told of. */
        readonly taken: ReadonlySet<string>;
        readonly gate: boolean;
        readonly since: number;
        readonly summary: SelectionSummary | null;
        readonly cancelling: boolean;
      }
    /** It has to be quiet for a while first. */
    | { readonly type: "waiting" }
    | { readonly type: "recording"; readonly cancelling: boolean };
  /** A version that is built and waits for its tests, or has failed them. */
  readonly held: HeldForTests | null;
  /** It is not known whether all tests are recorded. */
  readonly recordDue: boolean;
  readonly last: { readonly generation: number; readonly report: TestReport } | null;
  /** Data of tests that has changed while they ran: they may write it themselves. */
  readonly written: ReadonlySet<string>;
  /** When tests last ended. */
  readonly endedAt: number;
}

export interface HeldForTests {
  readonly target: Target;
  /** What led to it: where swaps are asked for, whether this one was. */
  readonly taken: { readonly swap: boolean; readonly restart: boolean };
  readonly failed: boolean;
}

export const noTests: TestStage = {
  run: 0,
  wanted: null,
  paths: new Set(),
  phase: { type: "idle" },
  held: null,
  recordDue: true,
  last: null,
  written: new Set(),
  endedAt: -1e9,
};
