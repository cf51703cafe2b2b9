import type { FileFact } from "./facts.ts";
import type { Failure } from "./failure.ts";
import type { Graph } from "./graph.ts";
import type { Settings } from "./settings.ts";
import type { RecordOutcome, SelectionSummary, TestOutcome } from "./test-report.ts";
import type { Address, Artifact } from "./version.ts";

/**
 * Everything that can happen, in the past tense. Closed: a new member breaks `reduce` until it is
 * handled. `at` is monotonic time in milliseconds, stamped by the engine.
 */
export type Event = { readonly at: number } & Happening;

export type Happening =
  /** The engine runs; the first build may begin. */
  | { readonly type: "started" }
  | { readonly type: "paths-touched"; readonly paths: readonly string[] }
  /** The watcher overflowed or lost a directory: everything must be looked at again. */
  | { readonly type: "watch-lost"; readonly reason: string }
  | {
      readonly type: "examined";
      readonly batch: number;
      readonly facts: readonly FileFact[];
    }
  | { readonly type: "graph-loaded"; readonly version: number; readonly graph: Graph }
  | { readonly type: "graph-failed"; readonly version: number; readonly failure: Failure }
  | { readonly type: "timer-fired"; readonly timer: TimerId }
  | { readonly type: "rule-finished"; readonly run: number; readonly outcome: RuleOutcome }
  | {
      readonly type: "build-finished";
      readonly generation: number;
      readonly outcome: BuildOutcome;
    }
  /** How far the fetching of modules is. */
  | {
      readonly type: "modules-progress";
      readonly run: number;
      readonly progress: FetchProgress;
    }
  | { readonly type: "modules-finished"; readonly run: number; readonly outcome: ModulesOutcome }
  | { readonly type: "build-prepared"; readonly outcome: Preparation }
  /** It is known which tests a run is about to run. */
  | { readonly type: "tests-selected"; readonly run: number; readonly summary: SelectionSummary }
  | { readonly type: "tests-finished"; readonly run: number; readonly outcome: TestOutcome }
  | { readonly type: "tests-recorded"; readonly outcome: RecordOutcome }
  /** By a key: those that failed, or all. */
  | { readonly type: "tests-requested"; readonly what: "failed" | "all" }
  | { readonly type: "test-debug-requested" }
  | { readonly type: "process-started"; readonly instance: number; readonly pid: number }
  | { readonly type: "process-failed"; readonly instance: number; readonly failure: Failure }
  | {
      readonly type: "process-listening";
      readonly instance: number;
      readonly addresses: readonly Address[];
      /** Those of them that cannot be handed to another version. */
      readonly unheld: readonly Address[];
    }
  | { readonly type: "process-healthy"; readonly instance: number }
  | { readonly type: "process-log-matched"; readonly instance: number }
  /** The program takes part in a swap without a gap: it speaks to the keeper. */
  | { readonly type: "process-attached"; readonly instance: number }
  /** From now on it is the new version that accepts connections. */
  | { readonly type: "process-accepting"; readonly instance: number }
  /** The old version has nothing left to do for its clients, or has told what is left. */
  | {
      readonly type: "process-drained";
      readonly instance: number;
      /** Open connections that went on with the new version. */
      readonly moved: number;
      /** Answers without an end that were closed. */
      readonly closed: number;
      /** Connections that are still open and cannot be moved. */
      readonly left: number;
      /** Where its main goroutine is, in the user's code. */
      readonly main: Place | null;
      /** What it does while connections are left. */
      readonly goroutines: readonly GoroutineGroup[];
    }
  /** Fewer connections are left than were told before. */
  | { readonly type: "process-left"; readonly instance: number; readonly left: number }
  /** What a version does that was told to end and has not. */
  | { readonly type: "process-report"; readonly instance: number; readonly report: StopReport }
  /** It has told by itself how it is (sd_notify). */
  | { readonly type: "process-told"; readonly instance: number; readonly told: Told }
  /** What became of the values that it keeps for the next version. */
  | { readonly type: "process-state"; readonly instance: number; readonly news: StateNews }
  /** It waits for something that the version before has: they cannot live beside each other. */
  | { readonly type: "process-blocked"; readonly instance: number; readonly by: string }
  /** A debugger has stopped it, or lets it go on; `place` is where it stands. */
  | {
      readonly type: "process-paused";
      readonly instance: number;
      readonly paused: boolean;
      readonly place: Place | null;
    }
  /** The main process ended; others of its tree may still live. */
  | { readonly type: "process-exited"; readonly instance: number; readonly exit: Exit }
  /** Every process of the tree is gone. Comes once, after `process-exited`. */
  | { readonly type: "process-gone"; readonly instance: number; readonly leftovers: Leftovers }
  | { readonly type: "swap-requested"; readonly origin: Origin }
  /** Run the go command that the failure names. */
  | { readonly type: "fix-requested"; readonly origin: Origin }
  | { readonly type: "rollback-requested"; readonly to: number | null; readonly origin: Origin }
  | { readonly type: "pause-toggled" }
  | { readonly type: "config-loaded"; readonly settings: Settings }
  /** It was written anew, and means what it meant. */
  | { readonly type: "config-unchanged" }
  | { readonly type: "config-rejected"; readonly failure: Failure }
  | { readonly type: "wait-requested"; readonly request: number }
  | { readonly type: "wait-dropped"; readonly request: number }
  | { readonly type: "quit-requested"; readonly exitCode: number };

export type Origin = "key" | "signal" | "control" | "browser";

/** Timers are named, not numbered: starting one again replaces it. */
export type TimerId =
  | "burst"
  | "restart"
  | "prepare"
  | "record"
  | `ready:${number}`
  | `uptime:${number}`
  | `settle:${number}`
  | `probation:${number}`
  | `take:${number}`
  | `drain:${number}`
  | `stop:${number}`;

export type BuildOutcome =
  | {
      readonly type: "built";
      readonly artifact: Artifact;
      readonly route: Route;
      readonly phases: readonly Phase[];
      /** What went wrong without stopping the build, such as a `pre_cmd` that failed. */
      readonly warnings: readonly Failure[];
    }
  | { readonly type: "failed"; readonly failure: Failure; readonly phases: readonly Phase[] }
  | { readonly type: "cancelled" };

/** Who has built a program. */
export type Route =
  /** Compiler and linker alone; how many packages were compiled. */
  | {
      readonly type: "direct";
      readonly packages: number;
      /** By a linker that had loaded all other packages before the save. */
      readonly preloaded: boolean;
    }
  /** The go command, and why. */
  | { readonly type: "go"; readonly reason: string }
  /** A command of the user's, or somebody else: gust cannot do it in another way. */
  | { readonly type: "foreign" };

/**
 * A step of getting ready for direct builds: to ask the go command how it builds, to have a linker
 * load what no save changes, and to look whether the go command compiles to the same.
 */
export type PreparationStep = "plan" | "linker" | "check";

/** What came of getting ready for direct builds. */
export type Preparation =
  /** From now on a save may be built directly; how many packages of the user's there are. */
  | { readonly type: "ready"; readonly packages: number }
  /** The go command compiles what was built directly to the same; how many packages. */
  | { readonly type: "checked"; readonly packages: number }
  /** Something has changed of which nobody told: the next build is left to the go command. */
  | { readonly type: "outdated"; readonly reason: string }
  /** It does not: what was built directly is not to be trusted. */
  | { readonly type: "doubtful"; readonly package: string }
  | { readonly type: "impossible"; readonly reason: string }
  | Preload
  | { readonly type: "cancelled" };

/** Whether a linker waits that has loaded all packages which no save changes. */
export type Preload =
  | { readonly type: "preloaded" }
  | { readonly type: "not-preloaded"; readonly reason: string };

export interface FetchProgress {
  /** Modules that are there now, and that were missing; a toolchain counts as one. */
  readonly done: number;
  readonly total: number;
  /** What is being fetched: `example.com/a v1.2.0`, `go1.26.2`; null where it is not known. */
  readonly current: string | null;
}

export type ModulesOutcome =
  /** How many modules were fetched. */
  | { readonly type: "fetched"; readonly count: number; readonly durationMs: number }
  /** The command has done it; `said` are its warnings. */
  | { readonly type: "done"; readonly durationMs: number; readonly said: readonly string[] }
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "cancelled" };

export type RuleOutcome =
  | { readonly type: "done"; readonly durationMs: number }
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "cancelled" };

/** A named part of a build, in order: `pre`; `build`, or `plan`, `compile`, `link`; `check`. */
export interface Phase {
  readonly name: string;
  readonly durationMs: number;
}

export interface Exit {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The last output of both streams, at most 16 kB. */
  readonly tail: string;
  /** A panic, race, deadlock or taken port found in that output. */
  readonly failure: Failure | null;
  /** What it could not have because the version beside it has it; null when nothing tells so. */
  readonly conflict: string | null;
}

/** A place in a source file. */
export interface Place {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** Goroutines whose innermost call in the user's code is the same. */
export interface GoroutineGroup extends Place {
  readonly count: number;
}

export interface StopReport {
  /** Open connections. */
  readonly left: number;
  /** Open files of all kinds. */
  readonly descriptors: number;
  readonly goroutines: readonly GoroutineGroup[];
}

/** What a program tells by systemd's notification protocol, as far as gust follows it. */
export interface Told {
  readonly ready: boolean;
  readonly stopping: boolean;
  /** A line for people; null when it tells none. */
  readonly status: string | null;
}

/** What became of the values that a program keeps for its next version (state/gust). */
export interface StateNews {
  /** When: as it began to keep them, or as they were saved or loaded. */
  readonly phase: "keep" | "save" | "load";
  readonly kept: readonly string[];
  /** They came from the version before. */
  readonly restored: readonly string[];
  /** Parts of them that do not travel. */
  readonly lossy: readonly { readonly name: string; readonly field: string }[];
  /** Of another type than before: they start as the program makes them. */
  readonly changed: readonly string[];
  /** They could not be saved or loaded; the name `*` stands for all. */
  readonly unsaved: readonly { readonly name: string; readonly reason: string }[];
  /** The version before kept them, this one does not. */
  readonly dropped: readonly string[];
  readonly bytes: number;
}

export interface Leftovers {
  /** Processes of the tree that outlived the main process and had to be killed. */
  readonly killed: number;
  /** Addresses that the program listened on and that somebody still holds. */
  readonly held: readonly Address[];
}
