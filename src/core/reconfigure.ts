import type { Failure } from "./failure.ts";
import { addPending } from "./intake.ts";
import { asksForWork, causeOf, emptyPending } from "./pending.ts";
import type { RuleSettings, Settings } from "./settings.ts";
import { withReason } from "./source-changes.ts";
import type { State } from "./state.ts";
import { type Step, announce, chain } from "./step.ts";

/** A new configuration holds from the next attempt on, which begins now. */
export function configLoaded(state: State, settings: Settings, at: number): Step {
  const change = state.configuring ?? emptyPending(at);
  const { intake, owed } = state;
  // Rules are known by their place in the configuration, which may be another one now.
  const moved = (rules: readonly number[]): readonly number[] =>
    renumber(rules, state.settings.rules, settings.rules);
  const pending = intake.pending && { ...intake.pending, rules: moved(intake.pending.rules) };
  const graph = { ...state.graph, wanted: true, current: false };
  const next: State = {
    ...state,
    settings,
    graph,
    configuring: null,
    changes: withReason(state.changes, "the configuration has changed"),
    owed: { ...owed, rules: moved(owed.rules) },
    intake: { ...intake, pending },
  };
  return chain([next, [announce({ type: "config-reloaded" })]], (s) =>
    addPending(
      s,
      { ...change, need: "build", reloadConfig: false, rules: moved(change.rules) },
      at,
    ),
  );
}

/** The same rules, by name, in another configuration; those that it has not are left out. */
function renumber(
  rules: readonly number[],
  before: readonly RuleSettings[],
  after: readonly RuleSettings[],
): readonly number[] {
  const places = rules.map((rule) => after.findIndex(({ name }) => name === before[rule]?.name));
  return places.filter((place) => place >= 0).toSorted((a, b) => a - b);
}

/** Only comments or formatting have changed, or what is another service's. */
export function configUnchanged(state: State, at: number): Step {
  const next: State = { ...state, configuring: null };
  if (state.configuring === null) return [next, []];
  const rest = { ...state.configuring, reloadConfig: false };
  if (rest.need !== "nothing" || rest.rules.length > 0) return addPending(next, rest, at);
  const reason = "the configuration means the same";
  return [
    next,
    [announce({ type: "nothing-to-do", cause: causeOf(rest), generation: null, reason })],
  ];
}

/** A configuration with a mistake changes nothing; what else had changed is still done. */
export function configRejected(state: State, failure: Failure, at: number): Step {
  const next: State = { ...state, configuring: null };
  const said = announce({ type: "config-rejected", failure });
  const rest = state.configuring === null ? null : { ...state.configuring, reloadConfig: false };
  if (rest === null || !asksForWork(rest)) return [next, [said]];
  return chain([next, [said]], (s) => addPending(s, rest, at));
}
