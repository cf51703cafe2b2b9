import type { Place } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { SelectedTest } from "./test-model.ts";

export type TestOutcome =
  | { readonly type: "finished"; readonly report: TestReport }
  /** It could not be found out which tests there are. */
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "cancelled" };

/** What came of finding out what tests reach. */
export type RecordOutcome =
  | {
      readonly type: "recorded";
      readonly tests: number;
      /** Tests that failed by the way: import path, a dot, and the name. */
      readonly failed: readonly string[];
    }
  | { readonly type: "impossible"; readonly failure: Failure }
  | { readonly type: "cancelled" };

/** How a run of tests went. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Packages that were tested, or whose tests were only compiled. */
  readonly packages: number;
  readonly durationMs: number;
  /** Those that failed first, then the others, the slowest first; at most two hundred. */
  readonly results: readonly TestResult[];
  /** Packages that did not build, or whose test binary ended without a word of its tests. */
  readonly broken: readonly BrokenPackage[];
  /** Statement coverage of changed packages; empty where it was not measured. */
  readonly coverage: readonly PackageCoverage[];
  /** Files that changed while the tests ran: what they have shown is not remembered. */
  readonly meanwhile: readonly string[];
}

export interface TestResult {
  /** Import path. */
  readonly package: string;
  /** `TestLogin`, `TestLogin/admin`. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly durationMs: number;
  /** Of one that failed; null otherwise. */
  readonly failure: TestFailure | null;
}

export interface TestFailure {
  /** The first words of it. */
  readonly message: string;
  /** In the user's code; null where the output names none. */
  readonly place: Pick<Place, "file" | "line"> | null;
  /** Where the output tells what was wanted and what came instead. */
  readonly difference: { readonly want: string; readonly got: string } | null;
  /** All that it has printed, shortened in the middle. */
  readonly output: string;
}

export interface BrokenPackage {
  readonly package: string;
  /** False where its tests could not be compiled; true where they ended without a word. */
  readonly built: boolean;
  readonly output: string;
}

export interface PackageCoverage {
  readonly package: string;
  /** Statements that ran, and all of them. */
  readonly covered: number;
  readonly statements: number;
}

/** In per cent; a package without statements is covered. */
export const percentOf = ({ covered, statements }: PackageCoverage): number =>
  statements === 0 ? 100 : (covered / statements) * 100;

/** What a run is about to do, for people. */
export interface SelectionSummary {
  readonly tests: number;
  readonly known: number;
  readonly packages: number;
  /** The first tests, at most ten. */
  readonly names: readonly string[];
  /** Why, by kind, the most frequent first; each with how many tests it holds for. */
  readonly reasons: readonly SelectionReason[];
}

export interface SelectionReason {
  readonly reason: SelectedTest["reason"];
  readonly tests: number;
}

/** Nothing is wrong with it. */
export function isGood(report: TestReport): boolean {
  return report.failed === 0 && report.broken.length === 0;
}

/** The changed packages of which too few statements ran. */
export function uncovered(report: TestReport, percent: number): readonly PackageCoverage[] {
  return report.coverage.filter((one) => percentOf(one) < percent);
}
