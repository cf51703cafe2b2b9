import type { ClassifiedFact } from "./pending.ts";
import type { Churn, OpenBatch, State } from "./state.ts";

/** So many builds in a row a file may cut short; after that it waits for the build to end. */
const cutLimit = 2;

/** A file that changes in more builds in a row than this is taken for one that the build writes. */
const foreignLimit = 5;

export interface Foreign {
  readonly state: State;
  /** What somebody else has changed. */
  readonly changed: readonly ClassifiedFact[];
  /** True when the build that runs is better ended first: perhaps it has written them itself. */
  readonly patient: boolean;
}

/**
 * Where the build command may write Go files itself (`go generate && go build`), its own writes
 * must not give it up and start it again for ever. Generated files that change while it runs count
 * as read by it, and so do files that change in one build after the other, as no user saves. The same
 * holds for a rule that was stopped because it keeps changing its own inputs.
 */
export function withoutOwnWrites(
  state: State,
  changed: readonly ClassifiedFact[],
  open: OpenBatch | undefined,
): Foreign {
  const loop = open?.afterLoop;
  if (loop !== undefined) {
    const others = changed.filter(({ classified }) => !classified.rules.includes(loop));
    return { state, changed: others, patient: false };
  }
  const build = state.work.phase === "build" ? state.work.generation : open?.afterBuild;
  if (build === undefined || !state.settings.classify.buildWritesSources) {
    return { state, changed, patient: false };
  }
  const others = changed.filter(({ fact }) => fact.generated !== true);
  const churn = counted(state.intake.churn, others, build);
  const times = (one: ClassifiedFact): number => churn.get(one.fact.path)?.times ?? 0;
  const foreign = others.filter((one) => times(one) <= foreignLimit);
  // What has not changed since the build began is not written by it: a user has saved it.
  // The answer may come when the next build has begun already.
  const ended = open?.afterBuild ?? 0;
  const kept = [...churn].filter(([, one]) => one.build >= ended);
  return {
    state: { ...state, intake: { ...state.intake, churn: new Map(kept) } },
    changed: foreign,
    patient: foreign.every((one) => times(one) > cutLimit),
  };
}

function counted(
  churn: State["intake"]["churn"],
  changed: readonly ClassifiedFact[],
  build: number,
): ReadonlyMap<string, Churn> {
  const next = new Map(churn);
  for (const { fact } of changed) {
    const before = next.get(fact.path);
    const again = before?.build === build ? 0 : 1;
    next.set(fact.path, { times: (before?.times ?? 0) + again, build });
  }
  return next;
}
