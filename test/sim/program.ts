import type { Effect } from "../../src/core/effect.ts";
import type { Event } from "../../src/core/event.ts";
import type { State } from "../../src/core/state.ts";

/** How a saved state of the sources behaves. */
export type Quality =
  | "good"
  | "red"
  /** It builds once `go mod tidy` has run. */
  | "untidy"
  | "crash-at-start"
  | "hang"
  | "crash-later"
  | "stubborn";

/** What the compiler read. */
export interface Source {
  readonly save: number;
  readonly quality: Quality;
  /** What the generator had written when the compiler read it: a number of the template. */
  readonly generated: number;
}

/** A process of the program. */
export interface Child {
  readonly source: Source;
  alive: boolean;
  signalled: boolean;
  /** A debugger has stopped it. */
  paused: boolean;
  /** It takes part in swaps without a gap. */
  readonly attached: boolean;
}

export interface WorldOptions {
  /** The program takes part in swaps without a gap. */
  readonly attached: boolean;
  /** Two versions of it cannot live at once: the second waits for a lock of the first, or ends. */
  readonly locks: boolean;
  /** The program runs in a debugger, which stops it now and then. */
  readonly debugged: boolean;
  readonly record: (before: State, event: Event, effects: readonly Effect[]) => void;
}

export const plainOptions: WorldOptions = {
  attached: false,
  locks: false,
  debugged: false,
  record: () => undefined,
};
