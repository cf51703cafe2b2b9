import type { ClassifiedFact } from "./pending.ts";
import type { State } from "./state.ts";

/** How long after tests their writes may still be told by the watcher. */
const lateMs = 150;

/** So many files are remembered that tests write. */
const writtenMost = 2000;

/**
 * Leaves out what tests have written into their own data, which must not start them again. Nobody
 * tells who writes a file: what comes or goes while tests run is theirs, and of a file that is
 * changed the first time may be the user's. All of it counts for the next run.
 */
export function withoutTestWrites(
  state: State,
  facts: readonly ClassifiedFact[],
  at: number,
): { readonly state: State; readonly facts: readonly ClassifiedFact[] } {
  const { tests } = state;
  const busy = tests.phase.type === "running" || tests.phase.type === "recording";
  // Whoever edits data right after its test has failed must not be taken for the test.
  if (!busy && at - tests.endedAt > lateMs) return { state, facts };
  const written = new Set(tests.written);
  const foreign = facts.filter(({ fact, classified }) => {
    if (classified.kind !== "test-input" || fact.change === "unchanged") return true;
    if (fact.path.endsWith(".go") && fact.change === "modified") return true;
    const theirs = fact.change !== "modified" || written.has(fact.path);
    if (busy && written.size < writtenMost) written.add(fact.path);
    return !theirs;
  });
  if (written.size === tests.written.size && foreign.length === facts.length) {
    return { state, facts };
  }
  return { state: { ...state, tests: { ...tests, written } }, facts: foreign };
}
