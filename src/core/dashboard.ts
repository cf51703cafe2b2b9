import type { GoroutineGroup } from "./event.ts";
import type { Cause, DrainReport } from "./notice.ts";
import type { ShownFailure } from "./shown-failure.ts";
import type { SelectionSummary, TestReport } from "./test-report.ts";
import type { ToldState } from "./told-state.ts";

/*
 * What the dashboard shows, as JSON. `GET /api/events` sends `event: dashboard` with a whole
 * Dashboard first, and then what is new: `service` (a ServiceNews), `save` (SaveNews), `health`
 * (Health), `log` (LogNews). Times are milliseconds since the epoch.
 */

export interface Dashboard {
  readonly about: DashboardAbout;
  readonly services: readonly ServiceBoard[];
  readonly health: Health;
}

export interface DashboardAbout {
  readonly gust: string;
  readonly pid: number;
  readonly root: string;
  readonly environment: string;
  readonly startedAt: number;
}

/** One program. */
export interface ServiceBoard {
  /** "" where gust runs one program only. */
  readonly name: string;
  /** Its main package, or its command. */
  readonly main: string;
  readonly state: ToldState;
  /** Since when the serving version is live; null while none is. */
  readonly liveSince: number | null;
  /** Since when the activity of the state goes on; null when idle. */
  readonly activeSince: number | null;
  /** Why the newest is not live. */
  readonly failure: ShownFailure | null;
  /** The newest first, at most a hundred. */
  readonly saves: readonly Save[];
  /** Those that one can go back to, newest first. */
  readonly builds: readonly KeptBuild[];
  readonly tests: TestBoard | null;
  /** What the version before the serving one left behind when it went. */
  readonly drain: Drained | null;
}

/** One bar of the timeline: a generation, from its first change until it was decided. */
export interface Save {
  readonly generation: number;
  /** When its first change was seen. */
  readonly at: number;
  readonly cause: Cause;
  readonly outcome: SaveOutcome;
  /**
   * In order: `classify` (what changed is looked at), `watch` (the change waits for the end of a burst,
   * or of what was under way), `rules`, `modules`, the parts of the build (`build`, or `plan`,
   * `compile`, `link`; `check`; `queue` and `wait for …` of several services), `test`, `stop` (the
   * version before ends first), `start`, `swap`. What has no name of its own is `wait` or `other`, so
   * that they add up to `totalMs`. `drain` comes after it: the version before finishes what it has
   * begun.
   */
  readonly phases: readonly SavePhase[];
  /** Until it was decided what becomes of it; null while work goes on. */
  readonly totalMs: number | null;
  /** How long no version was ready; null when it did not become live. */
  readonly downtimeMs: number | null;
  readonly failure: ShownFailure | null;
  /** `direct` or `go`, and why; null before it is built. */
  readonly route: string | null;
}

export type SaveOutcome =
  | "working"
  | "live"
  | "waiting"
  | "failed"
  | "superseded"
  | "rolled-back"
  /** It ended by itself, with exit code 0, before it was anything else. */
  | "finished"
  | "nothing";

export interface SavePhase {
  readonly name: string;
  /** From the begin of the save. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** A binary that is kept. */
export interface KeptBuild {
  readonly generation: number;
  readonly build: number;
  readonly builtAt: number;
  readonly bytes: number;
  readonly serving: boolean;
}

export interface Drained {
  readonly generation: number;
  readonly at: number;
  readonly ms: number;
  readonly forced: boolean;
  readonly report: DrainReport;
  readonly goroutines: readonly GoroutineGroup[];
}

export interface TestBoard {
  readonly running: SelectionSummary | null;
  readonly report: TestReport | null;
  /** Generation that the report is about. */
  readonly generation: number | null;
}

/** gust itself, now. */
export interface Health {
  readonly at: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly watchedDirs: number;
  readonly watchMode: string;
  /** Delay of the event loop over the last seconds, in milliseconds. */
  readonly loopLagMs: { readonly mean: number; readonly max: number };
  /** Share of one core that gust itself has used over the last seconds, at first since it began; 0 to 1 and more. */
  readonly cpu: number;
}

/**
 * A board without the saves that it had when it was told before: each that has changed since then came
 * as `save`. Those of a service that is new are in it.
 */
export interface ServiceNews extends Omit<ServiceBoard, "saves"> {
  readonly saves?: readonly Save[];
}

export interface SaveNews {
  readonly service: string;
  readonly save: Save;
}

export interface LogNews {
  readonly service: string;
  readonly lines: readonly LogLine[];
  /** Bytes before these lines that came faster than they could be shown; absent where there are none. */
  readonly missing?: number;
}

export interface LogLine {
  /** Grows by one with each line of a service. */
  readonly id: number;
  readonly at: number;
  readonly generation: number | null;
  readonly stream: "stdout" | "stderr";
  /** As `gust logs` tells it; null where the line has none. */
  readonly level: "debug" | "info" | "warn" | "error" | null;
  readonly text: string;
}

/** `GET /api/graph?service=NAME`: the packages of the user's own, and who imports whom. */
export interface PackageGraph {
  readonly packages: readonly GraphPackage[];
}

export interface GraphPackage {
  readonly path: string;
  /** Relative to the root. */
  readonly dir: string;
  readonly imports: readonly string[];
  readonly files: number;
  /** What a save in it compiles: import paths, itself among them. */
  readonly rebuilds: readonly string[];
}

/**
 * `GET /api/diff?service=NAME&from=N&to=M`: two kept builds, by the functions of their binaries. A
 * change that leaves a function at its size, such as another constant, is not seen here.
 */
export interface BuildDiff {
  readonly from: number;
  readonly to: number;
  readonly bytes: { readonly from: number; readonly to: number };
  /** Those of which something differs, the largest differences first. */
  readonly packages: readonly PackageDiff[];
  /** Functions whose code has another size. The largest differences first, at most three hundred. */
  readonly symbols: readonly SymbolDiff[];
}

export interface PackageDiff {
  readonly path: string;
  /** Bytes of the code of its functions; 0 where it is not in it. */
  readonly from: number;
  readonly to: number;
}

export interface SymbolDiff {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly change: "added" | "removed" | "changed";
}

/** `POST /api/action`. Answer: 204, or 4xx with a Failure as JSON. */
export type DashboardAction =
  | { readonly type: "rollback"; readonly service: string; readonly to: number | null }
  | { readonly type: "swap"; readonly service: string }
  | { readonly type: "fix"; readonly service: string }
  | { readonly type: "tests"; readonly service: string; readonly what: "failed" | "all" }
  | {
      readonly type: "open";
      readonly file: string;
      readonly line: number;
      readonly column: number;
    };
