import assert from "node:assert/strict";
import { type Report, keeping } from "./constant-load.ts";
import type { CountsByKind } from "./go-load.ts";
import type { EventLog } from "./events.ts";
import type { Crash, History } from "./load-swaps.ts";
import type { Trouble } from "./load.ts";

/** Until a client has seen that its connection is gone: one that reads slowly still has bytes of it. */
const SEEN_MS = 1000;

/** So long after a crash a busy client may send a request on a connection that is gone already. */
const UNSEEN_MS = 20;

/** So long after it was said that a version is live, an answer of the one before is told apart. */
const EARLY_MS = 250;

export interface Verdict {
  /** What a version that left by itself has taken with it: nobody could have prevented that. */
  readonly ofCrashes: readonly Trouble[];
  /** What must not be. */
  readonly faults: readonly string[];
  /** Those of them that have a time, in their order. */
  readonly troubles: readonly Trouble[];
  /** Streams that ended without a goodbye, though nothing had crashed. */
  readonly cuts: readonly string[];
  /** Answers of an old version over TLS, with which it said goodbye to the connection. */
  readonly lastAnswers: readonly string[];
  /** Answers of an old version to what was asked just when the new one was said to be live. */
  readonly early: readonly string[];
  /** HTTP/2 connections that were told to go away before their first request was seen. */
  readonly young: readonly string[];
}

/** Looks at all that the clients saw, beside what happened. */
export function judge({ counts, troubles }: Report, { crashes, lives }: History): Verdict {
  const ofCrashes: Trouble[] = [];
  const faults: Trouble[] = [];
  const cuts: Trouble[] = [];
  const lastAnswers: Trouble[] = [];
  const early: Trouble[] = [];
  const young: Trouble[] = [];
  for (const one of troubles) {
    if (crashes.some((crash) => isOf(crash, one))) ofCrashes.push(one);
    else if (one.trouble === "cut") cuts.push(one);
    else if (one.trouble === "last") lastAnswers.push(one);
    else if (lives.some((live) => isEarly(live, one))) early.push(one);
    else if (lives.some((live) => isYoung(live, one))) young.push(one);
    else faults.push(one);
  }
  return {
    ofCrashes,
    faults: [...faults.map(described), ...faultsOf(counts, ofCrashes)],
    troubles: faults.toSorted((one, other) => one.ended - other.ended),
    cuts: cuts.map(described),
    lastAnswers: lastAnswers.map(described),
    early: early.map(described),
    young: young.map(described),
  };
}

/** Everybody has asked, and nobody has opened a connection without need. */
function faultsOf(counts: CountsByKind, ofCrashes: readonly Trouble[]): string[] {
  const faults = Object.entries(counts)
    .filter(([, { requests }]) => requests === 0)
    .map(([kind]) => `${kind} has asked for nothing`);
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
  return faults;
}

function isEarly(live: number, { trouble, began }: Trouble): boolean {
  return trouble === "stale" && began >= live && began <= live + EARLY_MS;
}

/** curl does not try again; clients that do so notice nothing. */
function isYoung(live: number, { text, began, ended }: Trouble): boolean {
  return /HTTP2 framing layer/.test(text) && began <= live && ended >= live - EARLY_MS;
}

export function described({ trouble, kind, client, text, began, ended }: Trouble): string {
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
  const unseen = /hang up|ECONNRESET/.test(text) ? UNSEEN_MS : 0;
  return began <= crash.to + unseen && ended >= crash.from && ended <= crash.to + SEEN_MS;
}

/** What gust did in the seconds before these. */
export function circumstances(troubles: readonly Trouble[], log: EventLog): string[] {
  return log.all.flatMap((event) => {
    const time = Date.parse(event.time);
    if (event.type === "output" || event.type === "state") return [];
    if (!troubles.some(({ ended }) => time > ended - 3000 && time < ended + 500)) return [];
    const generation = "generation" in event ? `#${event.generation}` : "";
    return [`${event.time} ${event.type} ${generation}`];
  });
}

export function assertClean(verdict: Verdict): void {
  assert.deepEqual(verdict.faults.slice(0, 40), [], `${verdict.faults.length} faults`);
}

/** How long each version took to be gone, and what it has taken with it. */
export function toldCrashes(verdict: Verdict, { crashes }: Pick<History, "crashes">): string[] {
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
