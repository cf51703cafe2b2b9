import assert from "node:assert/strict";
import { test } from "node:test";
import { Judge, openSubjects } from "../differential/objects.ts";
import { SkippedSaves } from "../differential/skipped-saves.ts";
import { seeded } from "../sim/random.ts";

/*
 * A save that is taken for comments and formatting is not built: whatever random edits make, the
 * compiler must make the same of it as before, but for positions.
 */

const packages = "encoding/csv go/scanner maps net/netip net/url slices text/template/parse".split(
  " ",
);

test("what is not built would have compiled to the same object", async (t) => {
  const subjects = await openSubjects(t, packages);
  assert.equal(subjects.length, packages.length);
  const judge = await Judge.open(t);
  const saves = new SkippedSaves(judge, seeded(Number(process.env["GUST_EDIT_SEED"] ?? 1)));
  for (let round = 0; round < 2; round += 1) {
    for (const subject of subjects) await saves.step(subject, 3);
  }
  const { tally } = saves;
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.pairs - tally.broken >= 20, JSON.stringify(tally));
});
