import type { HoldAnswer, Memory, ModuleJob } from "./effect.ts";
import type {
  Exit,
  FetchProgress,
  Origin,
  Phase,
  Place,
  Preload,
  PreparationStep,
} from "./event.ts";
import type { Failure } from "./failure.ts";
import type { GraphIndex } from "./graph-index.ts";
import type { Cause, CauseFile, DrainReport, Why } from "./notice.ts";
import type { Need } from "./classify.ts";
import type { Pause } from "./pausing.ts";
import type { Settings } from "./settings.ts";
import { type SourceChanges, noChanges } from "./source-changes.ts";
import { type TestStage, noTests } from "./test-state.ts";
import type { Address, Artifact, Version } from "./version.ts";

/** Everything gust knows about a run. Only `reduce` makes a new one. */
export interface State {
  readonly settings: Settings;
  readonly graph: GraphState;
  /** Newest generation asked for; each attempt to go live takes the next number. */
  readonly generation: number;
  readonly intake: Intake;
  readonly work: Work;
  /** What has changed since the newest build was asked for. */
  readonly changes: SourceChanges;
  readonly modules: Modules;
  readonly preparing: Preparing;
  readonly tests: TestStage;
  readonly owed: Owed;
  /** Number of the newest run of a rule. */
  readonly ruleRuns: number;
  readonly fleet: Fleet;
  /** Why the newest generation is not live; null while it is, or while work goes on. */
  readonly red: Red | null;
  readonly paused: boolean;
  /** The change that made a reload of the configuration necessary; null when none is under way. */
  readonly configuring: Pending | null;
  readonly quitting: { readonly exitCode: number } | null;
  readonly waits: readonly Wait[];
  /** What clients are told while nothing is alive. */
  readonly hold: HoldAnswer | null;
  /** What was remembered last for the next run. */
  readonly memory: Memory | null;
}

export interface GraphState {
  readonly index: GraphIndex | null;
  /** Number of the newest load. */
  readonly version: number;
  readonly loading: boolean;
  /** A newer graph is needed: load it when there is time. */
  readonly wanted: boolean;
  /** False while the sources may have another graph than `index`. */
  readonly current: boolean;
}

/** From file events to a change that asks for something. */
export interface Intake {
  /** Number of the newest look at the disk. */
  readonly batch: number;
  /** Looks that have not been answered, with the time of the event that led to each. */
  readonly open: readonly OpenBatch[];
  /** Changes that no attempt has taken up yet. */
  readonly pending: Pending | null;
  readonly burst: Burst;
  /** How many builds in a row changes have cut short. */
  readonly cut: number;
  /** Files that change while builds run, where the build may write sources itself. */
  readonly churn: ReadonlyMap<string, Churn>;
}

/** How often in a row a file changed while a build ran, and which was the last such build. */
export interface Churn {
  readonly times: number;
  readonly build: number;
}

export interface OpenBatch {
  readonly batch: number;
  readonly at: number;
  /** Set when everything is looked at because events were lost. */
  readonly lost: string | null;
  /** Looks at what this build's command has written, right after it ended. */
  readonly afterBuild?: number;
  /** Looks at what this rule has written to its own inputs, which must not start it again. */
  readonly afterLoop?: number;
}

/** Grows while changes keep coming in, so that a storm leads to one build. */
export interface Burst {
  /** How often in a row a change came before things were quiet. */
  readonly level: number;
  readonly startedAt: number;
  readonly lastAt: number;
  /** The timer `burst` runs: no attempt starts before it fires. */
  readonly armed: boolean;
}

/** What changed since the last attempt, all in one. */
export interface Pending {
  readonly need: Need;
  /** True when the running program is out of date even if the new binary is the same. */
  readonly restart: boolean;
  readonly files: readonly CauseFile[];
  /** Number of different files, also of those that `files` has no room for. */
  readonly paths: ReadonlySet<string>;
  readonly rules: readonly number[];
  /** When the first of the changes happened. */
  readonly since: number;
  /** When it was known what the first of them means. */
  readonly understood: number;
  /** When the attempt that has taken it up began, and when its rules were done. */
  readonly begun: number;
  readonly ruled: number;
  readonly request: Origin | "first" | null;
  readonly reloadConfig: boolean;
  readonly headerChanged: boolean;
  /** It can wait for the build that runs, which may have made the change itself. */
  readonly patient: boolean;
  /** A module file has another meaning: modules may be missing. */
  readonly modules: boolean;
  /** Somebody has asked that what comes of it be live, also where swaps wait for that. */
  readonly swap: boolean;
  /** Arguments of a go command that is to put the module files right before the build. */
  readonly command: readonly string[] | null;
  /** `go mod tidy` has run by itself for this change: once is enough. */
  readonly tidied: boolean;
}

/** What a failed attempt took up and did not do: the next one does it as well. */
export interface Owed {
  readonly rules: readonly number[];
  /** Rules failed, so that no build has read what they were to write, nor what else had changed. */
  readonly build: boolean;
  readonly restart: boolean;
  readonly headerChanged: boolean;
}

export const nothingOwed: Owed = { rules: [], build: false, restart: false, headerChanged: false };

export type Work =
  | { readonly phase: "idle" }
  | {
      readonly phase: "rule";
      readonly run: number;
      readonly rule: number;
      readonly progress: RuleProgress;
      readonly taken: Pending;
      readonly since: number;
      readonly cancelling: boolean;
    }
  /** After a rule: everything is looked at again, so that what it wrote counts as known. */
  | {
      readonly phase: "gather";
      readonly batch: number;
      readonly taken: Pending;
      readonly progress: RuleProgress;
    }
  | {
      readonly phase: "modules";
      readonly run: number;
      readonly job: ModuleJob;
      readonly progress: FetchProgress | null;
      readonly taken: Pending;
      readonly since: number;
      readonly cancelling: boolean;
    }
  | {
      readonly phase: "build";
      readonly generation: number;
      /** Why a module is missing that could not be fetched; null: none is. */
      readonly unfetched: Failure | null;
      readonly taken: Pending;
      readonly since: number;
      readonly cancelling: boolean;
    };

export interface Modules {
  /** Number of the newest run. */
  readonly run: number;
  /** Modules that go.mod names may be missing: they are fetched before the next build. */
  readonly owed: boolean;
}

/** Getting ready for direct builds, when nothing else is to be done. */
export interface Preparing {
  /**
   * One after the other. `plan`: the go command has built, and how it did is not known; `linker`: the
   * one that waited has linked; `check`: the go command has not seen yet what was built without it.
   */
  readonly due: readonly PreparationStep[];
  readonly phase: "idle" | "waiting" | "running" | "cancelling";
  /** What was said of the linker; null: nothing yet. */
  readonly linker: Preload | null;
}

/** How far the rules of an attempt are. */
export interface RuleProgress {
  /** Rules still to run, by their index. */
  readonly queue: readonly number[];
  readonly done: readonly number[];
  /** How often an input of a rule changed that had already run. */
  readonly rewrites: number;
  /** How often a rule was given up because an input changed while it ran. */
  readonly restarts: number;
}

export interface Red {
  readonly generation: number;
  readonly failure: Failure;
  /** The sources do not build: nothing but a build can make the newest state live. */
  readonly sources: boolean;
}

/** The processes, and which version is to run. */
export interface Fleet {
  /** Number of the newest instance. */
  readonly count: number;
  /** Instances that are not gone. With stop-then-start at most one is not leaving. */
  readonly instances: readonly Instance[];
  /** What is to run next; null when things are as they should be. */
  readonly next: Target | null;
  /** What is built and waits until somebody asks for it; null when nothing does. */
  readonly waiting: Waiting | null;
  /** Versions that were ready once and did not crash in probation, newest first. */
  readonly good: readonly Version[];
  /** What the last ready version listened on: the next one is expected to do the same. */
  readonly lastAddresses: readonly Address[];
  /** The newest binary that was built, whether it came up or not. */
  readonly newest: Artifact | null;
  /** Generation that ended by itself with exit code 0; null once another one starts. */
  readonly finished: number | null;
  /** When the last ready version stopped being ready; null while one is. */
  readonly downSince: number | null;
  /** Crashes in a row, for the back-off. */
  readonly crashes: number;
  /** What the timer `restart` starts again; null when it does not run. */
  readonly restart: Version | null;
  /** Why two versions cannot live beside each other; null as long as they can. */
  readonly alone: string | null;
  /** It was said that the program ends at once. */
  readonly saidEndsAtOnce: boolean;
}

export interface Target {
  readonly version: Version;
  readonly purpose: Purpose;
  readonly cause: Cause;
  /** When the first of the changes happened. */
  readonly since: number;
  /** What came before its build. */
  readonly lead: readonly Phase[];
  readonly phases: readonly Phase[];
}

/** A version that is built, where swaps are asked for. */
export interface Waiting {
  readonly target: Target;
  /** What serves is out of date even if its binary is the same: the environment is another. */
  readonly restart: boolean;
  /** When it began to wait. */
  readonly since: number;
}

export type Purpose =
  | { readonly type: "save" }
  | { readonly type: "rollback"; readonly from: number; readonly why: Why }
  | { readonly type: "restart" };

export interface Instance {
  readonly id: number;
  readonly target: Target;
  /** 0 until the process started. */
  readonly pid: number;
  readonly addresses: readonly Address[];
  /** Those of them that cannot be handed to another version. */
  readonly unheld: readonly Address[];
  /** Addresses of its predecessor. */
  readonly expect: readonly Address[];
  readonly startedAt: number;
  /** It can be replaced without a gap. */
  readonly attached: boolean;
  /** It has told that nothing is left of its connections. */
  readonly emptied: boolean;
  /** What its answers tell of the build. */
  readonly label: string;
  /** What is known of the end of its connections. */
  readonly drain: Drain;
  /** A debugger has stopped it; null while it runs. */
  readonly paused: Pause | null;
  /** Checks that are waited for after its deadline. */
  readonly retries: number;
  readonly status: Status;
}

export interface Drain extends DrainReport {
  readonly main: Place | null;
}

export const noDrain: Drain = {
  moved: 0,
  closed: 0,
  cut: 0,
  goroutines: [],
  descriptors: null,
  main: null,
};

export type Status =
  | { readonly type: "starting"; readonly seen: Seen }
  /** Ready, and about to accept in place of the version before, which has been told to stop that. */
  | {
      readonly type: "taking";
      readonly missing: readonly Address[];
      readonly since: number;
    }
  | { readonly type: "ready"; readonly since: number; readonly probation: boolean }
  /** This one finishes what it has begun: a newer version serves or (handoff) waits for its end. */
  | { readonly type: "draining"; readonly since: number; readonly handoff: boolean }
  /** Told to end. */
  | {
      readonly type: "stopping";
      readonly since: number;
      readonly killed: boolean;
      readonly wasReady: boolean;
      /** A newer version serves already, so that nobody waits for this one. */
      readonly drained: boolean;
      /** Its time is over, and it was asked what it does. */
      readonly asked: boolean;
    }
  /** The main process ended by itself; the rest of its tree is being killed. */
  | { readonly type: "ended"; readonly exit: Exit | null };

/** Signs of readiness so far. */
export interface Seen {
  readonly healthy: boolean;
  /** It has said `READY=1`. */
  readonly notified: boolean;
  readonly logMatched: boolean;
  readonly uptime: boolean;
  /** It has listened for a while, but not on all addresses of its predecessor. */
  readonly settled: boolean;
}

export interface Wait {
  readonly request: number;
  /** The look at the disk that must be answered first, so that no save is overtaken. */
  readonly batch: number;
}

export function initialState(settings: Settings): State {
  return {
    settings,
    graph: { index: null, version: 0, loading: false, wanted: true, current: false },
    generation: 0,
    intake: {
      batch: 0,
      open: [],
      pending: null,
      cut: 0,
      churn: new Map(),
      burst: { level: 0, startedAt: 0, lastAt: -1e9, armed: false },
    },
    work: { phase: "idle" },
    changes: noChanges,
    modules: { run: 0, owed: true },
    tests: noTests,
    preparing: { due: [], phase: "idle", linker: null },
    ruleRuns: 0,
    owed: nothingOwed,
    fleet: {
      count: 0,
      instances: [],
      next: null,
      waiting: null,
      good: [],
      lastAddresses: [],
      newest: null,
      finished: null,
      downSince: null,
      crashes: 0,
      restart: null,
      alone: settings.swap.learned,
      saidEndsAtOnce: false,
    },
    red: null,
    paused: false,
    configuring: null,
    quitting: null,
    waits: [],
    hold: null,
    memory: null,
  };
}
