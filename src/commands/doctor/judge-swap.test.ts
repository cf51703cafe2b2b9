import assert from "node:assert/strict";
import { test } from "node:test";
import type { SwapFact } from "./facts.ts";
import { judgeSwap } from "./judge-swap.ts";

const plain: SwapFact = { type: "swap", mode: "auto", held: true, running: null, learned: null };

function check(fact: Partial<SwapFact>, expected: string): void {
  const { verdict, seen } = judgeSwap({ ...plain, ...fact });
  assert.equal(`${verdict}: ${seen}`, expected);
}

test("what is active is told, and why where there is a gap", () => {
  check({}, "ok: auto: the new version is ready before the old one ends, where it can be");
  check({ mode: "stop-start" }, "ok: stop-start, as run.swap says: a short gap");
  check({ mode: "handoff" }, "ok: handoff, as run.swap says");
  check({ held: false }, "advice: stop-start: sockets cannot be held on this system");
  check({ learned: "the lock of a.db" }, "ok: handoff: the lock of a.db");
  check(
    { learned: "the lock of a.db", mode: "overlap" },
    "ok: overlap: the new version is ready before the old one ends, where it can be",
  );
  check(
    { running: { way: "overlap", why: null } },
    "ok: overlap: the new version is ready before the old one ends",
  );
  check({ running: { way: "handoff", why: "udp" } }, "ok: handoff: udp");
  check({ running: { way: "stop-start", why: "no files" } }, "advice: stop-start: no files");
});
