import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import type { GoBuilder } from "../../../adapters/go/builder.ts";
import type { BuildOutcome } from "../../../core/event.ts";
import type { SourceChanges } from "../../../core/source-changes.ts";
import { type Gate, gatedBuilder } from "./gated-builder.ts";
import { Turns } from "./turns.ts";

const built: BuildOutcome = {
  type: "built",
  artifact: { build: 1, path: null, hash: null, sizeBytes: 0, shim: false },
  route: { type: "foreign" },
  phases: [],
  warnings: [],
};

function open(gate: Partial<Gate> = {}): {
  builder: GoBuilder;
  told: SourceChanges[];
  turns: Turns;
} {
  const told: SourceChanges[] = [];
  const turns = gate.turns ?? new Turns(1);
  const inner: GoBuilder = {
    build: (_, changes) => {
      told.push(changes);
      return Promise.resolve(built);
    },
    prepare: () => Promise.resolve({ type: "ready", packages: 1 }),
    preload: () => Promise.resolve({ type: "preloaded" }),
    prune: () => Promise.resolve(),
    close: () => Promise.resolve(),
    restore: () => Promise.resolve(null),
  };
  const open = {
    begin: () => Promise.resolve(),
    missing: () => [],
    complete: () => Promise.resolve(true),
    onWait: () => undefined,
    onWaited: () => undefined,
  };
  return { builder: gatedBuilder(inner, { turns, rank: 0, ...open, ...gate }), told, turns };
}

const changes = (modified: readonly string[], other: string | null): SourceChanges => ({
  modified,
  other,
});

test("what changed before a build that was given up in the queue is told to the next one", async () => {
  const { builder, told, turns } = open();
  const end = await turns.take(0, new AbortController().signal);
  const abort = new AbortController();
  const first = builder.build(1, changes(["a.go"], "c.go is new"), abort.signal);
  abort.abort();
  assert.deepEqual(await first, { type: "cancelled" });
  end?.();
  await builder.build(2, changes(["a.go", "b.go"], null), new AbortController().signal);
  await builder.build(3, changes([], null), new AbortController().signal);
  assert.deepEqual(told, [changes(["a.go", "b.go"], "c.go is new"), changes([], null)]);
});

test("a program is handed over when what it needs is there, and says for whom it waited", async () => {
  const there = new EventEmitter<{ there: [] }>();
  const waits: string[] = [];
  const { builder, turns } = open({
    missing: () => ["db", "auth"],
    complete: () => once(there, "there").then(() => true),
    onWait: (names) => waits.push(names.join(" ")),
  });
  const outcome = builder.build(1, changes([], null), new AbortController().signal);
  await new Promise(setImmediate);
  assert.deepEqual(waits, ["db auth"]);
  // It keeps nobody from building meanwhile.
  assert.notEqual(await turns.take(0, new AbortController().signal), null);
  there.emit("there");
  const result = await outcome;
  assert.equal(result.type, "built");
  const names = result.type === "built" ? result.phases.map(({ name }) => name) : [];
  assert.deepEqual(names, ["queue", "wait for db, auth"]);
});

test("a newer save ends the waiting, too", async () => {
  const { builder } = open({ missing: () => ["db"], complete: () => Promise.resolve(false) });
  const outcome = await builder.build(1, changes([], null), new AbortController().signal);
  assert.deepEqual(outcome, { type: "cancelled" });
});
