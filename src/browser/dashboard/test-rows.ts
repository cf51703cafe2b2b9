import type { TestReport, TestResult } from "../../core/test-report.ts";

/**
 * The results for a table: failed ones first, then skipped ones, then the slowest. A test that fails
 * because of its subtests alone is left out, as it says nothing of its own.
 */
export function testRows(report: TestReport): readonly TestResult[] {
  const leaves = report.results.filter(
    (one) =>
      one.outcome !== "failed" ||
      one.failure?.place != null ||
      !report.results.some((inner) => isBelow(inner, one) && inner.outcome === "failed"),
  );
  return leaves.toSorted(
    (a, b) => ranks[a.outcome] - ranks[b.outcome] || b.durationMs - a.durationMs,
  );
}

/** What two texts have in common at both ends, and what differs between. */
export interface Difference {
  readonly before: string;
  readonly want: string;
  readonly got: string;
  readonly after: string;
}

/** Where `want` and `got` differ. */
export function differenceOf(want: string, got: string): Difference {
  const [a, b] = [Array.from(want), Array.from(got)];
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  return {
    before: a.slice(0, head).join(""),
    want: a.slice(head, a.length - tail).join(""),
    got: b.slice(head, b.length - tail).join(""),
    after: a.slice(a.length - tail).join(""),
  };
}

const ranks = { failed: 0, skipped: 1, passed: 2 } as const;

function isBelow(inner: TestResult, outer: TestResult): boolean {
  return inner.package === outer.package && inner.name.startsWith(`${outer.name}/`);
}
