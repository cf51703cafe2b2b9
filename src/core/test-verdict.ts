import type { Failure } from "./failure.ts";
import {
  type BrokenPackage,
  type TestReport,
  isGood,
  percentOf,
  uncovered,
} from "./test-report.ts";

/** Why a version must not serve; null when it may. */
export function verdictOf(report: TestReport, coverage: number): Failure | null {
  if (report.meanwhile.length > 0) {
    return {
      code: "TESTS_OUTDATED",
      message: "files changed while the tests ran, so that they have proved nothing",
      seen: report.meanwhile.join("\n"),
    };
  }
  if (!isGood(report)) return failedTests(report);
  const low = uncovered(report, coverage);
  if (low.length === 0) return null;
  return {
    code: "COVERAGE_LOW",
    message: `less than ${coverage}% of the statements of what has changed are covered by tests`,
    seen: low.map((one) => `${one.package}: ${percentOf(one).toFixed(1)}%`).join("\n"),
    hint: "write a test for it, or lower test.coverage",
  };
}

function failedTests(report: TestReport): Failure {
  const failed = report.results.filter(({ outcome }) => outcome === "failed");
  const tops = failed.filter(({ name }) => !name.includes("/"));
  const names = tops.slice(0, 3).map(({ name }) => name);
  const more = report.failed > names.length ? ` and ${report.failed - names.length} more` : "";
  const what = report.failed > 0 ? `${names.join(", ")}${more}` : brokenWords(report.broken);
  const verb = report.failed === 0 ? "" : report.failed === 1 ? " fails" : " fail";
  const diagnostics = failed.flatMap(({ failure }) =>
    failure?.place == null
      ? []
      : [{ ...failure.place, column: 0, message: failure.message, own: true }],
  );
  return { code: "TESTS_FAILED", message: `${what}${verb}`, diagnostics };
}

function brokenWords(broken: readonly BrokenPackage[]): string {
  const unbuilt = broken.filter(({ built }) => !built);
  const some = unbuilt.length > 0 ? unbuilt : broken;
  const names = some.map((one) => one.package).join(", ");
  return `the tests of ${names} ${unbuilt.length > 0 ? "do not build" : "do not come to their end"}`;
}
