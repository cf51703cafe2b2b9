import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readSettled } from "../../src/adapters/files/settled.ts";

interface Look {
  /** Null: there is no file. */
  readonly before: string | null;
  readonly wasEmpty?: boolean;
  /** What each look but the first finds behind what was there. */
  readonly writes?: readonly string[];
}

/** What was read in the end, and how often more was waited for. */
async function look(t: TestContext, given: Look) {
  const dir = mkdtempSync(join(tmpdir(), "gust-test-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, "a.go");
  if (given.before !== null) writeFileSync(path, given.before);
  let pauses = 0;
  const content = await readSettled(path, {
    wasEmpty: given.wasEmpty === true,
    pause: async () => {
      appendFileSync(path, given.writes?.[pauses] ?? "");
      pauses += 1;
    },
  });
  return { content, pauses };
}

/** The size in the end, and the number of pauses. */
async function check(t: TestContext, given: Look, expected: readonly [number | null, number]) {
  const { content, pauses } = await look(t, given);
  assert.deepEqual([content.type === "file" ? content.stats.size : null, pauses], expected);
}

test("a file that is filled a moment after it was emptied is read full", (t) =>
  check(t, { before: "", writes: ["", "", "package a\n"] }, [10, 3]));

test("a file with something in it is read once", (t) => check(t, { before: "a" }, [1, 0]));

test("a file that is not there is asked for once", (t) => check(t, { before: null }, [null, 0]));

test("a file that was empty before is read once", (t) =>
  check(t, { before: "", wasEmpty: true }, [0, 0]));

test("a file that stays empty is empty in the end", async (t) => {
  const { content } = await look(t, { before: "" });
  assert.equal(content.type === "file" && content.stats.size, 0);
});
