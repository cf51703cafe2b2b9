import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "../../test/sim/world.ts";
import { seeded } from "../../test/sim/random.ts";
import { plainSettings } from "../../test/sim/settings.ts";
import { Journal } from "./journal.ts";
import { replay } from "./replay.ts";

/** A run with saves of every kind, and the journal that it leaves. */
function journalOf(seed: number, steps: number): string {
  const journal = new Journal();
  const world = new World(seeded(seed), plainSettings, {
    attached: seed % 2 === 0,
    record: (before, event, effects) => journal.record(before, event, effects),
  });
  for (let step = 0; step < steps; step += 1) {
    world.save(step % 3 === 0 ? "red" : "good");
    if (step % 4 === 0) world.saveTemplate();
    world.runUntil(world.now + 700);
  }
  return journal.text(world.state);
}

test("a journal replayed decides the same", () => {
  const { steps, differs } = replay(journalOf(1, 12));
  assert.equal(differs, null);
  assert.ok(steps > 50);
});

test("a journal that has dropped its beginning begins with the state of then", () => {
  const text = journalOf(2, 400);
  assert.equal(text.trimEnd().split("\n").length, 2001);
  assert.equal(replay(text).differs, null);
});

test("a step that is decided otherwise now is found", () => {
  const lines = journalOf(3, 5).trimEnd().split("\n");
  const index = lines.findIndex((line) => line.includes("start-build"));
  lines[index] = lines[index]?.replace("start-build", "cancel-build") ?? "";
  assert.equal(replay(lines.join("\n")).differs, index);
});

test("a file that is no journal is refused", () => {
  assert.throws(() => replay('{"v":1}\n'), /no journal/);
});
