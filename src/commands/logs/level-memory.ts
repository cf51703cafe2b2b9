import { LEVELS, levelOf } from "../../adapters/logs/level.ts";
import type { LogLine } from "../../adapters/logs/lines.ts";
import { withoutSequences } from "../../adapters/terminal/text.ts";

export interface LineLevel {
  /** What the line itself says; null: nothing. */
  readonly told: string | null;
  /** Its place among the levels: that of the line above for a line that belongs to it. */
  readonly weight: number;
}

/**
 * Knows the level of each line. A line that says nothing has that of the line above where it goes on
 * with it, as in traces and messages of several lines, and behind a panic; else it counts as `info`.
 */
export class LevelMemory {
  readonly #last = new Map<string, { readonly weight: number; readonly dying: boolean }>();

  of(line: LogLine): LineLevel {
    const key = `${line.run} ${line.generation} ${line.pid} ${line.stream}`;
    const told = levelOf(withoutSequences(line.text));
    if (told !== null) {
      const weight = LEVELS.indexOf(told);
      this.#last.set(key, { weight, dying: told === "fatal" });
      return { told, weight };
    }
    const last = this.#last.get(key);
    const belongs = last !== undefined && (last.dying || CONTINUED.test(line.text));
    if (belongs) return { told: null, weight: last.weight };
    this.#last.delete(key);
    return { told: null, weight: INFO };
  }
}

/** Indented, or a frame of a trace: `net/http.(*conn).serve`. */
const CONTINUED = /^(?:[ \t]|goroutine \d+ \[|\S+\.\S+$)/;

const INFO = LEVELS.indexOf("info");
