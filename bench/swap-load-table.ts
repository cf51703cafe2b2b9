import type { Counts } from "../test/e2e/go-load.ts";
import type { Trouble } from "../test/e2e/load.ts";
import { median, quantile } from "./stats.ts";
import type { LoadResult } from "./swap-load-run.ts";
import { number, table } from "./tables.ts";

/** Clients that have one connection as long as the server lets them. */
const keeping = new Set(["kept", "slow", "upload", "download"]);
const streams = new Set(["sse", "ws"]);

const head = [
  "",
  "requests",
  "failed",
  "kept connections closed",
  "streams ended",
  "streams cut",
  "stale",
  "longest ms without an answer",
  "at rest",
];

/** What the clients saw, and a line about each tool. */
export function loadTable(results: readonly LoadResult[]): readonly string[] {
  const lines = results.map(({ title, saves, liveMs }) => {
    const [middle, late] = [median(liveMs), quantile(liveMs, 0.95)];
    return `- ${title}: ${liveMs.length} of ${saves} saves came to answer: after ${number(middle, 0)} ms, p95 ${number(late, 0)} ms`;
  });
  return [table(head, results.flatMap(rowsOf)), lines.join("\n")];
}

function rowsOf(result: LoadResult): readonly (readonly string[])[] {
  const all = Object.entries(result.counts);
  const sum = (pick: (counts: Counts, kind: string) => number): string =>
    String(all.reduce((before, [kind, counts]) => before + pick(counts, kind), 0));
  const closed = closedConnections(result.troubles);
  const closedOf = (kind: string): number =>
    closed.filter((one) => one.kind === kind && keeping.has(kind)).length;
  return [
    ...all.map(([kind, counts]) => [
      `${result.title}: ${kind}`,
      String(counts.requests),
      String(counts.failures),
      keeping.has(kind) ? String(closedOf(kind)) : "",
      streams.has(kind) ? String(counts.ended) : "",
      streams.has(kind) ? String(counts.cut) : "",
      String(counts.stale),
      String(result.silences[kind] ?? "–"),
      String(result.atRest[kind] ?? "–"),
    ]),
    [
      `**${result.title}: all**`,
      sum((counts) => counts.requests),
      sum((counts) => counts.failures),
      sum((_, kind) => closedOf(kind)),
      sum((counts) => counts.ended),
      sum((counts) => counts.cut),
      sum((counts) => counts.stale),
      String(Math.max(...Object.values(result.silences))),
      String(Math.max(...Object.values(result.atRest))),
    ],
  ];
}

/** A connection that was closed as its server had asked is told twice, and counts once. */
function closedConnections(troubles: readonly Trouble[]): readonly Trouble[] {
  const closed = troubles.filter(({ trouble }) => trouble === "closed");
  const asked = closed.filter(({ text }) => text.startsWith("by "));
  return closed.filter(
    (one) =>
      asked.includes(one) ||
      !asked.some(
        ({ kind, client, began, ended }) =>
          kind === one.kind &&
          client === one.client &&
          one.ended >= began &&
          one.ended <= ended + afterwardsMs,
      ),
  );
}

/** So soon its client closes a connection that it was asked to close: with the end of the body. */
const afterwardsMs = 500;
