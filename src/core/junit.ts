import type { TestReport, TestResult } from "./test-report.ts";

/** A report as JUnit's XML, which CI systems show: a suite a package. */
export function junitText(report: TestReport): string {
  const suites = new Map<string, TestResult[]>();
  for (const result of report.results) {
    suites.set(result.package, [...(suites.get(result.package) ?? []), result]);
  }
  const parts = [...suites].map(([path, results]) => suiteText(path, results));
  const broken = report.broken.map(({ package: path, output }) => {
    const failure = `<error message="could not be tested">${escape(output)}</error>`;
    return `  <testsuite name="${escape(path)}" tests="1" failures="0" errors="1" skipped="0" time="0">\n    <testcase classname="${escape(path)}" name="build" time="0">\n      ${failure}\n    </testcase>\n  </testsuite>`;
  });
  const all = report.results.length + report.broken.length;
  const failed = report.results.filter(({ outcome }) => outcome === "failed").length;
  const head = `<testsuites tests="${all}" failures="${failed}" errors="${report.broken.length}" time="${seconds(report.durationMs)}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...parts, ...broken, "</testsuites>"].join("\n")}\n`;
}

function suiteText(path: string, results: readonly TestResult[]): string {
  const count = (outcome: TestResult["outcome"]): number =>
    results.filter((one) => one.outcome === outcome).length;
  // The time of a subtest is part of that of its test.
  const top = results.filter(({ name }) => !name.includes("/"));
  const time = seconds(top.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const counts = `tests="${results.length}" failures="${count("failed")}" errors="0" skipped="${count("skipped")}"`;
  const cases = results.map((one) => caseText(one));
  return [
    `  <testsuite name="${escape(path)}" ${counts} time="${time}">`,
    ...cases,
    "  </testsuite>",
  ].join("\n");
}

function caseText({ package: path, name, outcome, durationMs, failure }: TestResult): string {
  const head = `    <testcase classname="${escape(path)}" name="${escape(name)}" time="${seconds(durationMs)}"`;
  if (outcome === "passed") return `${head}/>`;
  const place = failure?.place;
  const at = place == null ? "" : ` (${place.file}:${place.line})`;
  const inner =
    outcome === "skipped"
      ? "<skipped/>"
      : `<failure message="${escape(`${failure?.message ?? "failed"}${at}`)}">${escape(failure?.output ?? "")}</failure>`;
  return `${head}>\n      ${inner}\n    </testcase>`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** For text and attributes; what XML 1.0 cannot have at all is replaced. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
