import type { HoldAnswer, Memory, ModuleJob } from "../core/effect.ts";
import type {
  BuildOutcome,
  Exit,
  FetchProgress,
  GoroutineGroup,
  Leftovers,
  ModulesOutcome,
  Place,
  Preparation,
  RuleOutcome,
  StateNews,
  StopReport,
  Told,
} from "../core/event.ts";
import type { FileFact } from "../core/facts.ts";
import type { Failure } from "../core/failure.ts";
import type { Graph } from "../core/graph.ts";
import type { Notice } from "../core/notice.ts";
import type { RecordOutcome, SelectionSummary, TestOutcome } from "../core/test-report.ts";
import type { TestWhat } from "../core/test-stage.ts";
import type { SourceChanges } from "../core/source-changes.ts";
import type { Address, Artifact, Version } from "../core/version.ts";
import type { View } from "../core/view.ts";

/*
 * What the engine needs of the world. An adapter never throws into the engine: an expected
 * failure is a value. `close` of every port may be called at any time and more than once.
 */

/** File events, nothing but paths. A path may be reported more than once and without reason. */
export interface Watcher {
  /** Begins to watch; resolves when every directory is watched. */
  start(sink: WatchSink): Promise<WatchReport>;
  /** Watches these directories too (absolute, each without its subdirectories). */
  add(dirs: readonly string[]): void;
  close(): Promise<void>;
}

export interface WatchSink {
  /**
   * Absolute paths of files; batched, deduplicated within a batch. When a directory goes or comes,
   * the files that were or are in it are reported.
   */
  touched(paths: readonly string[]): void;
  /** Events were lost: everything must be looked at again. */
  lost(reason: string): void;
}

export interface WatchReport {
  readonly mode: "events" | "polling" | "mixed";
  /** Why polling was chosen, in words; null with events. */
  readonly reason: string | null;
  readonly directories: number;
  readonly failures: readonly Failure[];
}

/** The content of files, as far as it matters whether it changed. */
export interface FileIndex {
  /**
   * Records the content of these files in the background; nothing is reported. They are taken for
   * existing: one that is not there counts as removed when it is looked at next.
   */
  prime(files: readonly string[]): void;
  /** Compares with what is known, and remembers the new state. */
  examine(paths: readonly string[]): Promise<readonly FileFact[]>;
  /** Compares every known file; reports only those that differ. */
  rescan(): Promise<readonly FileFact[]>;
}

export interface GraphLoader {
  /** Aborting resolves with a failure that nobody looks at. */
  load(signal: AbortSignal): Promise<Graph | Failure>;
}

/** Builds one generation: pre-commands, build command, validation, a kept copy. */
export interface Builder {
  /**
   * Never rejects. After an abort it resolves with `cancelled` once every child is gone. `changes` is
   * what has changed since the build before, be it good or not.
   */
  build(
    generation: number,
    changes: SourceChanges,
    signal: AbortSignal,
    /** True: no module is fetched, as that has just failed. */
    offline?: boolean,
  ): Promise<BuildOutcome>;
  /** Gets ready to build without the go command. Never rejects. */
  prepare(signal: AbortSignal): Promise<Preparation>;
  /** Has a linker load what no save changes, and wait for the next build. Never rejects. */
  preload(signal: AbortSignal): Promise<Preparation>;
  prune(keep: readonly number[]): Promise<void>;
}

export interface RuleRunner {
  /** Runs rule number `rule` of the configuration. Never rejects. */
  run(rule: number, signal: AbortSignal): Promise<RuleOutcome>;
}

/** Runs tests of the packages. */
export interface Tester {
  /** Never rejects. After an abort it resolves with `cancelled` once every child is gone. */
  run(request: TestRequest, sink: TestSink, signal: AbortSignal): Promise<TestOutcome>;
  /** Finds out what tests reach, where that is not known; never rejects. */
  record(signal: AbortSignal): Promise<RecordOutcome>;
}

export interface TestRequest {
  readonly what: TestWhat;
  /** Files that have changed since the last run that came to its end: rules of the user's name them. */
  readonly paths: readonly string[];
  /** Somebody waits for it: full priority, and the coverage is measured. */
  readonly gate: boolean;
}

export interface TestSink {
  /** Told once, before the first test runs. */
  selected(summary: SelectionSummary): void;
}

/** The modules that the build needs. */
export interface Modules {
  /**
   * Fetches what is missing, or runs a go command. `progress` is called as soon as it is known that
   * something is missing. Never rejects.
   */
  run(
    job: ModuleJob,
    progress: (progress: FetchProgress) => void,
    signal: AbortSignal,
  ): Promise<ModulesOutcome>;
}

/** Starts the program. One `Program` per instance. */
export interface Runner {
  start(request: StartRequest, sink: ProgramSink): Program;
  close(): Promise<void>;
}

export interface StartRequest {
  readonly instance: number;
  readonly version: Version;
  readonly expect: readonly Address[];
  /** It gets the listening sockets of its predecessor. */
  readonly held: boolean;
  /** What its answers tell of the build. */
  readonly label: string;
  /** The process that serves meanwhile; null when none does. */
  readonly beside: number | null;
}

export interface ProgramSink {
  started(pid: number): void;
  failed(failure: Failure): void;
  listening(addresses: readonly Address[], unheld: readonly Address[]): void;
  healthy(): void;
  logMatched(): void;
  /** The program takes part in swaps without a gap. */
  attached(): void;
  /** It accepts connections in place of the version before. */
  accepting(): void;
  drained(report: ProgramDrained): void;
  left(left: number): void;
  reported(report: StopReport): void;
  /** It has told by itself how it is. */
  told(told: Told): void;
  /** What became of the values that it keeps for the next version. */
  state(news: StateNews): void;
  /** It waits for what the version beside it has. */
  blocked(by: string): void;
  /** A debugger has stopped it at `place`, or lets it go on. */
  paused(paused: boolean, place: Place | null): void;
  exited(exit: Exit): void;
  gone(leftovers: Leftovers): void;
}

export interface Program {
  /** To the process group, once. */
  signal(name: string): void;
  /** Accept nothing more, hand open connections to `to` or let them wait, and tell. */
  drain(order: ProgramDrain): void;
  /** What answers tell of the build. */
  label(text: string): void;
  /** Tell what is still done, by `reported`. */
  report(): void;
  /** SIGKILL to the whole tree, until all are gone. */
  kill(): void;
  /** Readiness is decided: stop looking at sockets and health. */
  settle(): void;
}

export interface ProgramDrain {
  readonly to: Program | null;
  readonly ms: number;
  readonly streams: "last" | "first" | "never";
}

export interface ProgramDrained {
  readonly moved: number;
  readonly closed: number;
  readonly left: number;
  readonly main: Place | null;
  readonly goroutines: readonly GoroutineGroup[];
}

/** The sockets of the program, while it does not have them itself. */
export interface Clients {
  hold(answer: HoldAnswer | null): void;
  release(keep: readonly Address[]): void;
  remember(memory: Memory): void;
}

export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls back once after `ms`; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** Puts notices and the state of things before the user. */
export interface Presenter {
  /** `at`: monotonic milliseconds of the event that led to it. */
  notice(notice: Notice, view: View, at: number): void;
  view(view: View): void;
}

export type { Artifact };
