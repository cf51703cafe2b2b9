import type { FilePrint } from "./test-print.ts";

/** A local package as `go list -test` tells it. All paths are absolute. */
export interface TestPackage {
  /** Import path. */
  readonly path: string;
  readonly dir: string;
  readonly goFiles: readonly string[];
  /** `_test.go` files of the package and of its `_test` package. */
  readonly testFiles: readonly string[];
  /** Embedded files and sources in other languages. */
  readonly otherFiles: readonly string[];
  /** Embedded by tests only. */
  readonly otherTestFiles: readonly string[];
  /** Local packages that its test binary links, itself among them; empty without tests. */
  readonly links: readonly string[];
  /** Its tests may run; false for one that is only imported by those whose tests may. */
  readonly asked: boolean;
  /** Why it cannot be loaded; null where it can. */
  readonly broken: string | null;
}

/** The state of a package on the disk. */
export interface PackagePrint {
  readonly go: ReadonlyMap<string, FilePrint>;
  readonly test: ReadonlyMap<string, FilePrint>;
  /** Prints of the other files by their path, those of tests apart. */
  readonly other: ReadonlyMap<string, string>;
  readonly otherTest: ReadonlyMap<string, string>;
  /** Of the files in its `testdata`. */
  readonly testdata: ReadonlyMap<string, string>;
  /** Tests of it start other programs, of which nobody sees what they reach. */
  readonly spawns: boolean;
}

/** All local packages in one state, by import path. */
export type Prints = ReadonlyMap<string, PackagePrint>;

/** What is remembered of one test. */
export interface TestMemory {
  /** How it ended last; null: it was never run, and counts as good for the state that was found. */
  readonly ok: boolean | null;
  /** The state of all that its test binary is made of, when it was good last. */
  readonly whole: string;
  /** What it reached when it was run alone; null: not known. */
  readonly reach: Reach | null;
  /** The state for which that cannot be found out. */
  readonly tried?: string;
}

export interface Reach {
  /** Everything but bodies of functions, of all packages that it links. */
  readonly world: string;
  /** Its own code, with the helpers that it may call. */
  readonly own: string;
  /** Prints of the functions that it has run, by package and name. */
  readonly functions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Prints of the files that it has opened; of directories, of the names in them. */
  readonly files: Readonly<Record<string, string>>;
}

/** By package, then by name. */
export type Memories = ReadonlyMap<string, ReadonlyMap<string, TestMemory>>;

/** Why a test runs. */
export type TestReason =
  | { readonly type: "asked" }
  | { readonly type: "failed" }
  | { readonly type: "rule"; readonly rule: string }
  | { readonly type: "file"; readonly path: string }
  /** A function that it has reached in an earlier run. */
  | { readonly type: "reached"; readonly function: string; readonly package: string }
  /** The test itself, or a helper that it uses. */
  | { readonly type: "own"; readonly function: string }
  /** More than a body of a function has changed there: whatever links the package runs. */
  | { readonly type: "wide"; readonly part: string; readonly package: string }
  /** What it reaches is not known yet. */
  | { readonly type: "unrecorded"; readonly package: string }
  /** Of a package whose coverage is measured. */
  | { readonly type: "measured" };

export interface SelectedTest {
  readonly package: string;
  readonly name: string;
  /** It failed when it ran last. */
  readonly failing: boolean;
  readonly reason: TestReason;
}

export interface Selection {
  readonly tests: readonly SelectedTest[];
  /** Packages whose tests are compiled and not run: a benchmark in them has changed, for instance. */
  readonly compiled: readonly string[];
  /** Packages whose own code differs from the state before. */
  readonly changed: readonly string[];
  /** How many tests there are. */
  readonly known: number;
}
