import type { Effect } from "../core/effect.ts";
import type { Event } from "../core/event.ts";

/** How many steps are remembered; a save leads to about fifteen. */
const stepsKept = 2000;

/** How many paths or facts of one event are remembered. */
const itemsKept = 50;

export interface JournalStep {
  readonly event: Event;
  readonly effects: readonly Effect[];
}

/** A bounded record of what happened and what was asked for: for bug reports and for replay. */
export class Journal {
  private readonly steps: JournalStep[] = [];
  private dropped = 0;

  record(event: Event, effects: readonly Effect[]): void {
    this.steps.push({ event: shorten(event), effects });
    if (this.steps.length <= stepsKept) return;
    this.steps.shift();
    this.dropped += 1;
  }

  /** One JSON object a line, oldest first; the first line says how many steps are missing. */
  text(): string {
    const head = JSON.stringify({ journal: 1, dropped: this.dropped });
    return [head, ...this.steps.map((step) => JSON.stringify(step))].join("\n") + "\n";
  }
}

/** A storm of events must not fill the memory by way of its record. */
function shorten(event: Event): Event {
  if (event.type === "paths-touched") return { ...event, paths: event.paths.slice(0, itemsKept) };
  if (event.type === "examined") return { ...event, facts: event.facts.slice(0, itemsKept) };
  return event;
}
