import type { BuildOutcome } from "../../../core/event.ts";
import type { GoBuilder } from "../../../adapters/go/builder.ts";
import { type SourceChanges, noChanges } from "../../../core/source-changes.ts";
import type { Turns } from "./turns.ts";

export interface Gate {
  readonly turns: Turns;
  readonly rank: number;
  /** Resolves when what it needs has asked for its turn, or when nobody waits any more. */
  readonly begin: (signal: AbortSignal) => Promise<void>;
  /** Of what this one needs, what is not ready or has something newer under way. */
  readonly missing: () => readonly string[];
  /** Resolves with true when nothing is missing; with false when nobody waits any more. */
  readonly complete: (signal: AbortSignal) => Promise<boolean>;
  /** Tells that it waits, and for whom. */
  readonly onWait: (names: readonly string[]) => void;
  /** It waits no more. */
  readonly onWaited: () => void;
}

/**
 * A builder that builds when it is its turn, and hands over what it has built when what the program
 * needs is ready: so services go live in the order of their dependencies.
 */
export function gatedBuilder(builder: GoBuilder, gate: Gate): GoBuilder {
  // A build that was given up before it began has told nobody what had changed.
  let untold = noChanges;
  return {
    build: async (generation, changes, signal, offline) => {
      untold = bothOf(untold, changes);
      const from = performance.now();
      await gate.begin(signal);
      const end = await gate.turns.take(gate.rank, signal);
      if (end === null) return { type: "cancelled" };
      const queue = { name: "queue", durationMs: performance.now() - from };
      const told = untold;
      untold = noChanges;
      const outcome = await builder.build(generation, told, signal, offline).finally(end);
      if (outcome.type !== "built") return outcome;
      return passed({ ...outcome, phases: [queue, ...outcome.phases] }, gate, signal);
    },
    prepare: async (signal) => {
      const end = await gate.turns.takeIdle(signal);
      return end === null ? { type: "cancelled" } : builder.prepare(signal).finally(end);
    },
    preload: async (signal) => {
      const end = await gate.turns.takeIdle(signal);
      return end === null ? { type: "cancelled" } : builder.preload(signal).finally(end);
    },
    prune: (keep) => builder.prune(keep),
    close: () => builder.close(),
    restore: (artifact) => builder.restore(artifact),
  };
}

const bothOf = (before: SourceChanges, after: SourceChanges): SourceChanges => ({
  modified: [...new Set([...before.modified, ...after.modified])],
  other: before.other ?? after.other,
});

async function passed(
  outcome: Extract<BuildOutcome, { type: "built" }>,
  gate: Gate,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const missing = gate.missing();
  if (missing.length === 0) return outcome;
  gate.onWait(missing);
  const from = performance.now();
  const complete = await gate.complete(signal).finally(gate.onWaited);
  if (!complete) return { type: "cancelled" };
  const waited = { name: `wait for ${missing.join(", ")}`, durationMs: performance.now() - from };
  return { ...outcome, phases: [...outcome.phases, waited] };
}
