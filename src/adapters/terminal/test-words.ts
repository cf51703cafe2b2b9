import type { Notice } from "../../core/notice.ts";
import type { TestReason } from "../../core/test-model.ts";
import {
  type BrokenPackage,
  type PackageCoverage,
  type SelectionSummary,
  type TestReport,
  type TestResult,
  percentOf,
} from "../../core/test-report.ts";
import { duration } from "./duration.ts";
import { fileName, plural } from "./names.ts";
import { type Line, type Styles, type WordOptions, styles } from "./style.ts";
import { harmless, harmlessLines } from "./text.ts";

type TestNotice = Extract<
  Notice,
  { type: "tests-started" | "tests-cancelled" | "tests-finished" | "tests-recorded" }
>;

/** What is said of tests that run by themselves. */
export function testLines(
  notice: TestNotice,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  switch (notice.type) {
    case "tests-started":
      return startedLines(notice.summary, options, style);
    case "tests-cancelled":
      return options.verbose ? [line(style.dim("tests dropped: a newer save came"))] : [];
    case "tests-finished":
      return reportWords(notice.report, options).map(notice.report.failed > 0 ? bad : line);
    case "tests-recorded":
      return recordedLines(notice.outcome, options, style);
  }
}

function startedLines(
  summary: SelectionSummary,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  if (summary.tests === 0) return options.verbose ? [line(style.dim(summaryWords(summary)))] : [];
  return [line(style.dim(summaryWords(summary)))];
}

/** `3 of 120 tests: (*Store).Get has changed`. */
export function summaryWords(summary: SelectionSummary): string {
  const { tests, known, packages, reasons } = summary;
  if (tests === 0) {
    const compiled =
      packages === 0 ? "" : `; the tests of ${plural(packages, "package")} are compiled`;
    return `no test is affected${compiled}`;
  }
  const count =
    tests === known ? `all ${plural(tests, "test")}` : `${tests} of ${plural(known, "test")}`;
  const [first, ...others] = reasons.map(({ reason }) => reasonWords(reason));
  const more = others.length === 0 ? "" : `, and ${plural(others.length, "other reason")}`;
  return `${count}: ${first ?? ""}${more}`;
}

export function reasonWords(reason: TestReason): string {
  switch (reason.type) {
    case "asked":
      return "asked for";
    case "failed":
      return "failed last time";
    case "rule":
      return `the rule for ${harmless(reason.rule)}`;
    case "file":
      return `${harmless(baseName(reason.path))}, which they read, has changed`;
    case "reached":
      return `${harmless(reason.function)} has changed`;
    case "own":
      return `${harmless(reason.function)} has changed`;
    case "wide":
      return `${wideName(reason.part, reason.package)} has changed, which any test may depend on`;
    case "unrecorded":
      return `${harmless(baseName(reason.package))} has changed, and what they reach is not known yet`;
    case "measured":
      return "their coverage is measured";
  }
}

function recordedLines(
  outcome: Extract<Notice, { type: "tests-recorded" }>["outcome"],
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  if (outcome.type === "impossible") {
    return options.verbose ? [line(style.dim(harmless(outcome.failure.message)))] : [];
  }
  if (outcome.type === "cancelled") return [];
  const known = `it is known of ${plural(outcome.tests, "test")} what they reach`;
  const failed = outcome.failed.map((name) => bad(`${harmless(name)} ${style.bad("fails")}`));
  return options.verbose && outcome.tests > 0 ? [line(style.dim(known)), ...failed] : failed;
}

const listed = 12;
const failuresShown = 10;

/** A table of what ran, the failed ones in full. */
export function reportWords(report: TestReport, options: WordOptions): readonly string[] {
  const style = styles(options.colors);
  const leaves = leavesOf(report.results);
  const failed = leaves.filter(({ outcome }) => outcome === "failed");
  const others = report.results.filter(
    ({ outcome, name }) => outcome !== "failed" && !name.includes("/"),
  );
  const shown = options.verbose
    ? others
    : failed.length > 0 || others.length > listed
      ? []
      : others;
  const total = report.passed + report.failed + report.skipped + report.broken.length;
  if (total === 0 && report.meanwhile.length === 0) {
    return options.verbose ? [style.dim("no test ran")] : [];
  }
  const width = Math.max(0, ...[...failed, ...shown].map(({ name }) => name.length));
  return [
    headline(report, style),
    ...failed.slice(0, failuresShown).flatMap((one) => failureWords(one, width, options)),
    ...(failed.length > failuresShown ? [`  and ${failed.length - failuresShown} more`] : []),
    ...report.broken.flatMap((one) => brokenWords(one, style)),
    ...shown.map((one) => row(one, width, style)),
    ...report.coverage.map((one) => coverageWords(one, style)),
    ...(report.meanwhile.length > 0
      ? [style.warn("  files changed while they ran: this does not count")]
      : []),
  ];
}

/** A test that fails because of its subtests says nothing of its own. */
function leavesOf(results: readonly TestResult[]): readonly TestResult[] {
  return results.filter((one) => {
    if (one.outcome !== "failed" || one.failure?.place != null) return true;
    return !results.some(
      (inner) =>
        inner.package === one.package &&
        inner.outcome === "failed" &&
        inner.name.startsWith(`${one.name}/`),
    );
  });
}

function headline(report: TestReport, style: Styles): string {
  const { passed, failed, skipped, broken } = report;
  const parts = [
    ...(failed > 0 ? [style.bad(`${plural(failed, "test")} failed`)] : []),
    ...(broken.length > 0
      ? [style.bad(`${plural(broken.length, "package")} could not be tested`)]
      : []),
    ...(passed > 0 ? [style.good(`${failed > 0 ? passed : plural(passed, "test")} passed`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${parts.join(", ")} in ${duration(report.durationMs)}`;
}

function row(one: TestResult, width: number, style: Styles): string {
  const mark = {
    passed: style.good("ok  "),
    failed: style.bad("FAIL"),
    skipped: style.dim("skip"),
  };
  const name = harmless(one.name).padEnd(width);
  return `  ${mark[one.outcome]} ${name}  ${style.dim(duration(one.durationMs))}`;
}

function failureWords(one: TestResult, width: number, options: WordOptions): readonly string[] {
  const style = styles(options.colors);
  const { failure } = one;
  const place =
    failure?.place == null
      ? ""
      : `  ${style.name(`${fileName(failure.place.file, options.root)}:${failure.place.line}`)}`;
  const lines = [`${row(one, width, style)}${place}`];
  if (failure === null) return lines;
  lines.push(`       ${harmless(failure.message)}`);
  const { difference } = failure;
  if (difference !== null) {
    lines.push(
      ...side("-", difference.want).map((said) => style.good(`${said}  `.trimEnd())),
      ...side("+", difference.got).map((said) => style.bad(said)),
    );
  }
  if (options.verbose) {
    lines.push(...harmlessLines(failure.output).map((said) => style.dim(`       │ ${said}`)));
  }
  return lines;
}

function brokenWords({ package: path, output }: BrokenPackage, style: Styles): readonly string[] {
  const said = harmlessLines(output).slice(0, 10);
  return [`  ${style.bad("FAIL")} ${harmless(path)}`, ...said.map((text) => `       ${text}`)];
}

function coverageWords(one: PackageCoverage, style: Styles): string {
  return style.dim(`  ${percentOf(one).toFixed(1)}% of ${harmless(one.package)} is covered`);
}

const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

const line = (text: string): Line => ({ part: "main", text });
const bad = (text: string): Line => ({ part: "error", text });

const side = (mark: string, text: string): readonly string[] =>
  harmlessLines(text)
    .slice(0, 10)
    .map((said) => `       ${mark} ${said}`);

/** The files of a module are everybody's. */
function wideName(part: string, path: string): string {
  if (/^go\.(?:mod|sum|work)$/.test(part)) return part;
  return `${harmless(part)} of ${harmless(baseName(path))}`;
}
