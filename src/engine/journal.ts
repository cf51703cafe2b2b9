import type { Effect } from "../core/effect.ts";
import type { Event } from "../core/event.ts";
import { type State, initialState } from "../core/state.ts";
import { writeState } from "./state-text.ts";

/** How many steps are remembered; a save leads to about fifteen. */
const stepsKept = 2000;

/** How many paths and facts all remembered events may have together. */
const itemsKept = 20_000;

export interface JournalStep {
  readonly event: Event;
  readonly effects: readonly Effect[];
}

/**
 * A bounded record of what happened and what was asked for, with the state before it: for bug
 * reports, and to be replayed. States share what did not change, so that keeping them costs little.
 */
export class Journal {
  private readonly steps: (JournalStep & { readonly before: State })[] = [];
  private items = 0;

  record(before: State, event: Event, effects: readonly Effect[]): void {
    this.steps.push({ before, event, effects });
    this.items += itemsOf(event);
    while (this.steps.length > stepsKept || (this.items > itemsKept && this.steps.length > 1)) {
      const dropped = this.steps.shift();
      if (dropped !== undefined) this.items -= itemsOf(dropped.event);
    }
  }

  /** One JSON object a line: first the state before, then each step, oldest first. */
  text(now: State): string {
    const before = this.steps[0]?.before ?? initialState(now.settings);
    const head = JSON.stringify({ journal: 1, state: writeState(before) });
    const steps = this.steps.map(({ event, effects }) => JSON.stringify({ event, effects }));
    return [head, ...steps].join("\n") + "\n";
  }
}

function itemsOf(event: Event): number {
  if (event.type === "paths-touched") return event.paths.length;
  return event.type === "examined" ? event.facts.length : 0;
}
