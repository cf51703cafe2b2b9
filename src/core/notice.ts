import type {
  GoroutineGroup,
  Origin,
  Phase,
  Place,
  Preload,
  Preparation,
  Route,
  StateNews,
  Told,
} from "./event.ts";
import type { Failure } from "./failure.ts";
import type { DeclarationEdit } from "./go-meaning.ts";
import type { RecordOutcome, SelectionSummary, TestReport } from "./test-report.ts";
import type { ModuleEdit } from "./module-edits.ts";
import type { Address } from "./version.ts";

/**
 * Things worth one line to the user, as facts. The terminal and `--json` put them into words;
 * nothing else is ever announced.
 */
export type Notice =
  | {
      readonly type: "build-started";
      readonly generation: number;
      readonly cause: Cause;
      /** What came before, from the first change on: `classify`, `watch`, `rules`, `modules`. */
      readonly lead: readonly Phase[];
    }
  | { readonly type: "build-cancelled"; readonly generation: number }
  /** The binary is there. */
  | {
      readonly type: "built";
      readonly generation: number;
      readonly route: Route;
      readonly phases: readonly Phase[];
    }
  /** From now on a save may be built without the go command, or why not. */
  | { readonly type: "prepared"; readonly outcome: Preparation }
  /** From now on a linker waits with what no save changes, or why none does. */
  | { readonly type: "linker"; readonly outcome: Preload }
  | {
      readonly type: "live";
      readonly generation: number;
      readonly build: number;
      readonly cause: Cause;
      readonly lead: readonly Phase[];
      readonly phases: readonly Phase[];
      /** From the first change to ready. */
      readonly totalMs: number;
      /** The part of `start` in which the version before stopped accepting and this one began. */
      readonly swapMs: number;
      readonly pid: number;
      readonly addresses: readonly Address[];
      /** Addresses that the predecessor had and this one has not. */
      readonly missing: readonly Address[];
      /** Addresses that it has and its predecessor had not. */
      readonly opened: readonly Address[];
      /** How long no version was ready, from the old one's stop to the new one's ready. */
      readonly downtimeMs: number;
    }
  /** It is built, and becomes live when somebody asks for it. */
  | {
      readonly type: "awaiting-swap";
      readonly generation: number;
      readonly build: number;
      readonly cause: Cause;
      readonly lead: readonly Phase[];
      readonly phases: readonly Phase[];
      /** From the first change until it could be started. */
      readonly totalMs: number;
      /** Generation that serves meanwhile, or null when nothing does. */
      readonly serving: number | null;
    }
  | {
      readonly type: "failed";
      readonly generation: number;
      readonly cause: Cause;
      readonly failure: Failure;
      /** Generation that serves instead, or null when nothing does. */
      readonly serving: number | null;
      readonly lead: readonly Phase[];
      readonly phases: readonly Phase[];
      /** From the first change until it had failed. */
      readonly totalMs: number;
    }
  | { readonly type: "warned"; readonly generation: number; readonly failure: Failure }
  /** Tests run: which, and why these. */
  | {
      readonly type: "tests-started";
      readonly generation: number;
      readonly gate: boolean;
      readonly summary: SelectionSummary;
    }
  /** A newer save came. */
  | { readonly type: "tests-cancelled"; readonly generation: number }
  | {
      readonly type: "tests-finished";
      readonly generation: number;
      readonly gate: boolean;
      readonly report: TestReport;
    }
  | { readonly type: "tests-recorded"; readonly outcome: RecordOutcome }
  | { readonly type: "tests-unknown"; readonly failure: Failure }
  | { readonly type: "rolled-back"; readonly from: number; readonly to: number; readonly why: Why }
  | { readonly type: "finished"; readonly generation: number; readonly totalMs: number }
  | {
      readonly type: "crashed";
      readonly generation: number;
      readonly failure: Failure;
      /** Milliseconds until it is started again; null: it waits for the next save. */
      readonly restartMs: number | null;
    }
  | {
      readonly type: "stopped";
      readonly generation: number;
      /** From the signal to the end of the last process. */
      readonly ms: number;
      readonly forced: boolean;
      readonly drain: DrainReport;
    }
  /** The program has told by itself how it is (sd_notify). */
  | { readonly type: "told"; readonly generation: number; readonly told: Told }
  /** What became of the values that the program keeps for its next version. */
  | { readonly type: "state-news"; readonly generation: number; readonly news: StateNews }
  /** Two versions of the program cannot live beside each other: from now on one ends first. */
  | { readonly type: "handoff-chosen"; readonly generation: number; readonly why: string }
  /** The program ends at once when it is told to, whatever it does. Told once. */
  | {
      readonly type: "ends-at-once";
      readonly generation: number;
      readonly signal: string;
      /** Where its main goroutine is meanwhile. */
      readonly main: Place | null;
    }
  /** The version waits, because a debugger has stopped the one that it would replace. */
  | {
      readonly type: "held-back";
      readonly generation: number;
      /** The version that is stopped. */
      readonly serving: number;
      readonly place: Place | null;
    }
  | { readonly type: "killed-leftovers"; readonly generation: number; readonly count: number }
  /** Events arrived, and nothing was done: verbose only. */
  | { readonly type: "ignored"; readonly files: readonly IgnoredFile[] }
  /** A change was understood and needs neither build nor restart. */
  | {
      readonly type: "nothing-to-do";
      readonly cause: Cause;
      /** That of a build that gave the very same binary; null where none was asked for. */
      readonly generation: number | null;
      readonly reason: string;
    }
  | { readonly type: "rule-started"; readonly rule: string }
  | { readonly type: "rule-finished"; readonly rule: string; readonly durationMs: number }
  /** Modules are missing, and are being fetched. */
  | { readonly type: "fetch-started"; readonly total: number; readonly first: string | null }
  | { readonly type: "fetch-finished"; readonly count: number; readonly durationMs: number }
  /** A go command puts module files right; `why` is what was wrong. */
  | {
      readonly type: "fix-started";
      readonly command: readonly string[];
      /** It was not asked for: `[modules] tidy = "auto"`. */
      readonly auto: boolean;
      readonly why: string | null;
    }
  | {
      readonly type: "fix-finished";
      readonly command: readonly string[];
      readonly durationMs: number;
      /** Its warnings. */
      readonly said: readonly string[];
    }
  | { readonly type: "rescanned"; readonly reason: string; readonly found: number }
  | { readonly type: "graph-failed"; readonly failure: Failure }
  | { readonly type: "paused" }
  | { readonly type: "resumed" }
  | { readonly type: "config-reloaded" }
  | { readonly type: "config-rejected"; readonly failure: Failure }
  | { readonly type: "refused"; readonly failure: Failure }
  | { readonly type: "stopping"; readonly generation: number };

/** What became of the clients of a version that was replaced. */
export interface DrainReport {
  /** Open connections that went on with the next version. */
  readonly moved: number;
  /** Answers without an end that were closed in order. */
  readonly closed: number;
  /** Connections that were still open when the process ended. */
  readonly cut: number;
  /** What it still did when it had to be killed, or when its time was over. */
  readonly goroutines: readonly GoroutineGroup[];
  /** Files that it had open when it had to be killed; null when it was not. */
  readonly descriptors: number | null;
}

export type Why = "start-failed" | "crashed" | "requested";

export interface IgnoredFile {
  readonly path: string;
  readonly reason: string;
}

/** Why something is done: files by kind, or a request. */
export type Cause =
  | { readonly type: "first" }
  | { readonly type: "files"; readonly files: readonly CauseFile[]; readonly count: number }
  | {
      readonly type: "request";
      readonly origin: Origin;
      /** The go command of a failure was asked for, and not a swap. */
      readonly fix?: true;
    }
  | { readonly type: "crash" };

/** At most ten files are listed in a cause; `count` has them all. */
export interface CauseFile {
  readonly path: string;
  readonly kind: FileKind;
  readonly change: "created" | "modified" | "removed";
  /** Which declarations of a Go file have changed, where that is known; at most twenty. */
  readonly edits?: readonly DeclarationEdit[];
  /** What has changed in a module file, where that is known; at most twenty. */
  readonly moduleEdits?: readonly ModuleEdit[];
}

export type FileKind =
  | "go"
  | "go-test"
  | "test-input"
  | "native"
  | "embed"
  | "runtime"
  | "static"
  | "module"
  | "config"
  | "env"
  | "rule-input"
  | "rule-output"
  | "binary"
  | "irrelevant";
