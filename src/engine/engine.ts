import { EventEmitter, once } from "node:events";
import type { Event, Happening } from "../core/event.ts";
import { maskedHappening } from "../core/masked.ts";
import { reduce } from "../core/reduce.ts";
import { type State, initialState } from "../core/state.ts";
import type { Settings } from "../core/settings.ts";
import type { View } from "../core/view.ts";
import { viewOf } from "../core/view-of.ts";
import { Journal } from "./journal.ts";
import { type Performer, perform } from "./perform.ts";
import type { World } from "./world.ts";

/** A running gust: takes events in, and lets the world do what the core asks for. */
export interface Engine {
  dispatch(happening: Happening): void;
  view(): View;
  state(): State;
  /** What happened so far, as text that `replay` reads. */
  journal(): string;
  /** Resolves when gust is told to leave. */
  readonly leaving: Promise<void>;
  /** Resolves with the exit code once nothing runs any more. */
  readonly done: Promise<number>;
}

/** Runs the core. The only mutable state of gust's decisions is in here. */
export function startEngine(world: World, settings: Settings): Engine {
  let state = initialState(settings);
  const journal = new Journal();
  const queue: Event[] = [];
  let draining = false;
  let left = false;
  let at = 0;
  const departure = new EventEmitter<{ leaving: []; left: [code: number] }>();
  const leaving = once(departure, "leaving").then(() => undefined);
  const done = once(departure, "left").then(([code]) => Number(code));
  const performer: Performer = {
    world,
    dispatch: (happening) => dispatch(happening),
    view: () => viewOf(state),
    at: () => at,
    settings: () => state.settings,
    timers: new Map(),
    programs: new Map(),
    builds: new Map(),
    rules: new Map(),
    tests: new Map(),
    recording: { stop: () => undefined },
    modules: new Map(),
    preparation: { stop: () => undefined },
    leave: (code) => {
      left = true;
      departure.emit("left", code);
    },
  };

  function dispatch(happening: Happening): void {
    if (left) return;
    const { mask } = world;
    const told = mask === undefined ? happening : maskedHappening(happening, mask);
    queue.push({ at: world.clock.now(), ...told });
    if (!draining) drain();
  }

  /** One event after the other, also where performing an effect dispatches the next. */
  function drain(): void {
    draining = true;
    try {
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
        at = event.at;
        const [next, effects] = reduce(state, event);
        journal.record(state, event, effects);
        if (state.quitting === null && next.quitting !== null) departure.emit("leaving");
        state = next;
        for (const effect of effects) perform(effect, performer);
        world.presenter.view(viewOf(state));
      }
    } finally {
      draining = false;
    }
  }

  return {
    dispatch,
    view: () => viewOf(state),
    state: () => state,
    journal: () => journal.text(state),
    leaving,
    done,
  };
}
