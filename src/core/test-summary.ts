import type { Selection, TestReason } from "./test-model.ts";
import type { SelectionReason, SelectionSummary } from "./test-report.ts";

const namesListed = 10;

/** What a run is about to do, in few words. */
export function summaryOf(selection: Selection): SelectionSummary {
  const { tests, compiled, known } = selection;
  const packages = new Set([...tests.map((test) => test.package), ...compiled]);
  return {
    tests: tests.length,
    known,
    packages: packages.size,
    names: tests.slice(0, namesListed).map(({ name }) => name),
    reasons: reasonsOf(tests.map(({ reason }) => reason)),
  };
}

function reasonsOf(reasons: readonly TestReason[]): readonly SelectionReason[] {
  const counted = new Map<string, { reason: TestReason; tests: number }>();
  for (const reason of reasons) {
    const key = JSON.stringify(reason);
    const entry = counted.get(key) ?? { reason, tests: 0 };
    entry.tests += 1;
    counted.set(key, entry);
  }
  return [...counted.values()].toSorted((a, b) => b.tests - a.tests).slice(0, namesListed);
}
