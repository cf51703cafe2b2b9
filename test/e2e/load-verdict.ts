import assert from "node:assert/strict";
import { type Report, keeping } from "./constant-load.ts";
import type { CountsByKind } from "./go-load.ts";
import type { EventLog } from "./events.ts";
import type { Crash } from "./load-swaps.ts";
import type { Trouble } from "./load.ts";

/** Until a client has seen that its connection is gone: one that reads slowly still has bytes of it. */
const SEEN_MS = 1000;

export interface Verdict {
  /** What a version that left by itself has taken with it: nobody could have prevented that. */
  readonly ofCrashes: readonly Trouble[];
  /** What must not be, and when it ended, in Unix milliseconds. */
  readonly faults: readonly string[];
  readonly faultTimes: readonly number[];
  /** Streams that ended without a goodbye, though nothing had crashed. */
  readonly cuts: readonly string[];
  /** Answers of an old version over TLS, with which it said goodbye to the connection. */
  readonly lastAnswers: readonly string[];
}

/** Looks at all that the clients saw, with the times at which versions crashed. */
export function judge({ counts, troubles }: Report, crashes: readonly Crash[]): Verdict {
  const ofCrashes = troubles.filter((trouble) => crashes.some((crash) => isOf(crash, trouble)));
  const others = troubles.filter((trouble) => !ofCrashes.includes(trouble));
  const those = (fits: (trouble: Trouble["trouble"]) => boolean): string[] =>
    others.filter(({ trouble }) => fits(trouble)).map(described);
  const cuts = those((trouble) => trouble === "cut");
  const lastAnswers = those((trouble) => trouble === "last");
  const faults = those((trouble) => trouble !== "cut" && trouble !== "last");
  const faultTimes = others
    .filter(({ trouble }) => trouble !== "cut" && trouble !== "last")
    .map(({ ended }) => ended);
  for (const [kind, { requests }] of Object.entries(counts)) {
    if (requests === 0) faults.push(`${kind} has asked for nothing`);
  }
  for (const kind of keeping) {
    counts[kind]?.opened.forEach((opened, client) => {
      const closed = ofCrashes.filter(
        (one) => one.trouble === "closed" && one.kind === kind && one.client === client,
      );
      // Who has asked for nothing since a crash has not opened another one.
      if (opened <= 1 + closed.length) return;
      faults.push(`${kind} ${client} has opened ${opened} connections, ${closed.length} crashed`);
    });
  }
  return { ofCrashes, faults, faultTimes, cuts, lastAnswers };
}

function described({ trouble, kind, client, text, began, ended }: Trouble): string {
  const time = `${new Date(began).toISOString()}, ${ended - began} ms`;
  return `${trouble} of ${kind} ${client}: ${text} (${time})`;
}

/**
 * A crash is to blame for what was under way when the version left, and ended there and then: it was
 * begun before that version was gone, and its connection was cut. Nobody refuses a connection at any
 * time, and no answer is stale.
 */
function isOf(crash: Crash, { trouble, text, began, ended }: Trouble): boolean {
  if (trouble === "stale" || trouble === "last" || /refused/i.test(text)) return false;
  return began <= crash.to && ended >= crash.from && ended <= crash.to + SEEN_MS;
}

/** What gust did in the seconds before the first faults. */
export function circumstances({ faultTimes }: Verdict, log: EventLog): string[] {
  const shown = faultTimes.slice(0, 5);
  return log.all.flatMap((event) => {
    const time = Date.parse(event.time);
    if (event.type === "output" || event.type === "state") return [];
    if (!shown.some((fault) => time > fault - 5000 && time < fault + 500)) return [];
    const generation = "generation" in event ? `#${event.generation}` : "";
    return [`${event.time} ${event.type} ${generation}`];
  });
}

export function assertClean(verdict: Verdict): void {
  assert.deepEqual(verdict.faults.slice(0, 40), [], `${verdict.faults.length} faults`);
}

/** How long each version took to be gone, and what it has taken with it. */
export function toldCrashes(verdict: Verdict, crashes: readonly Crash[]): string[] {
  return crashes.map((crash) => {
    const its = verdict.ofCrashes.filter((trouble) => isOf(crash, trouble));
    const last = Math.max(0, ...its.map(({ ended }) => ended - crash.from));
    const sorts = new Map<string, number>();
    for (const { trouble, kind } of its) {
      const sort = `${trouble} of ${kind}`;
      sorts.set(sort, (sorts.get(sort) ?? 0) + 1);
    }
    const list = [...sorts].map(([sort, count]) => `${sort} ${count}`).join(", ");
    return `crash: gone within ${crash.to - crash.from} ms, last seen after ${last} ms: ${list}`;
  });
}

/** A line for each kind. */
export function told(counts: CountsByKind): string[] {
  return Object.entries(counts).map(([kind, its]) => {
    const opened = its.opened.reduce((sum, count) => sum + count, 0);
    const parts = [
      `${kind}: ${its.requests} requests, ${its.failures} failed, ${its.stale} stale`,
      `${opened} connections of ${its.opened.length} clients`,
      `${its.messages} messages, ${its.ended} ends, ${its.cut} cuts`,
    ];
    return parts.join(" · ");
  });
}
