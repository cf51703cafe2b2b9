import type { Failure } from "./failure.ts";
import type { Notice } from "./notice.ts";
import type { PageState } from "./page-state.ts";
import type { ShownFailure } from "./shown-failure.ts";
import { verdictOf } from "./test-verdict.ts";
import type { View } from "./view.ts";

/** What failed last among the tests that run beside the program. */
export interface FailedTests {
  readonly generation: number;
  readonly failure: Failure;
}

/**
 * Failed tests after a notice: those of a version that is live all the same are known until other tests
 * have run, or another version is live.
 */
export function failedTests(before: FailedTests | null, notice: Notice): FailedTests | null {
  if (notice.type === "live" || notice.type === "rolled-back") return null;
  if (notice.type !== "tests-finished" || notice.gate) return before;
  const failure = verdictOf(notice.report, 0);
  if (failure === null) return null;
  return failure.code === "TESTS_FAILED" ? { generation: notice.generation, failure } : before;
}

/** What the pages of the program may know. */
export function pageState(
  view: View,
  tests: FailedTests | null,
  show: (failure: Failure) => ShownFailure,
): PageState {
  const { failure, failed, newest, activity, serving } = view;
  const red = failure === null || failed === null ? tests : { generation: failed, failure };
  return {
    serving: serving?.generation ?? null,
    newest,
    trouble: red && { generation: red.generation, failure: show(red.failure) },
    activity: activity.type,
  };
}

/** The same for whoever is not trusted with sources. */
export function plainState(state: PageState): PageState {
  const { trouble } = state;
  return trouble === null
    ? state
    : { ...state, trouble: { generation: trouble.generation, failure: null } };
}
