import { isDeepStrictEqual } from "node:util";
import { reduce } from "../core/reduce.ts";
import type { JournalStep } from "./journal.ts";
import { readState } from "./state-text.ts";

export interface Replay {
  /** How many steps were done again. */
  readonly steps: number;
  /** The first step whose effects were others than recorded, counted from 1; null: all the same. */
  readonly differs: number | null;
}

/** Does again what a journal tells, and compares what this version of the core decides. */
export function replay(text: string): Replay {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  let state = readState(readHead(head));
  for (const [index, line] of lines.entries()) {
    const recorded = JSON.parse(line) as JournalStep;
    const [next, effects] = reduce(state, recorded.event);
    state = next;
    // What is not in JSON, such as a key with the value undefined, is no difference.
    const plain: unknown = JSON.parse(JSON.stringify(effects));
    if (!isDeepStrictEqual(plain, recorded.effects)) {
      return { steps: index + 1, differs: index + 1 };
    }
  }
  return { steps: lines.length, differs: null };
}

function readHead(line: string): string {
  const head: unknown = JSON.parse(line);
  const fields = typeof head === "object" && head !== null ? head : {};
  if (!("journal" in fields) || fields.journal !== 1 || !("state" in fields)) {
    throw new SyntaxError("this is no journal of gust");
  }
  return String(fields.state);
}
