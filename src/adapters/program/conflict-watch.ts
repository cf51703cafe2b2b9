import type { Waiting } from "./runner.ts";

/** A start is quick in most cases, and needs no look. */
const FIRST_LOOK_MS = 500;
const NEXT_LOOK_MS = 250;
/** What may be by chance counts when it is seen this often in a row. */
const TIMES = 4;

/**
 * Looks now and then whether a starting program waits for what another one has; the system has no
 * event for that. Calls back once, and ends when it is told to.
 */
export function watchForConflict(
  look: () => Waiting | null,
  found: (what: string) => void,
): () => void {
  let times = 0;
  let timer = setTimeout(again, FIRST_LOOK_MS);
  function again(): void {
    const waiting = look();
    times = waiting === null ? 0 : times + 1;
    if (waiting !== null && (waiting.certain || times >= TIMES)) return found(waiting.what);
    timer = setTimeout(again, NEXT_LOOK_MS);
    return undefined;
  }
  return () => clearTimeout(timer);
}
