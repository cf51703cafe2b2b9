import assert from "node:assert/strict";
import type { Notice } from "../../src/core/notice.ts";
import {
  type Bar,
  MOST_BARS,
  type Timeline,
  noTimeline,
  tellTimeline,
} from "../../src/core/timeline.ts";

/** Follows the timeline of a history, and checks at each step what holds of it. */
export class TimelineCheck {
  timeline: Timeline = noTimeline;

  tell(notice: Notice, at: number): void {
    const before = this.timeline;
    this.timeline = tellTimeline(before, notice, at);
    const known = new Set(before.bars);
    const { bars } = this.timeline;
    assert.ok(bars.length <= MOST_BARS, "the timeline grows");
    for (const [index, bar] of bars.entries()) {
      const older = bars[index + 1];
      assert.ok(older === undefined || older.generation < bar.generation, "bars out of order");
      if (!known.has(bar)) checkBar(bar, at);
    }
  }

  /** Nothing is under way any more, and this generation serves. */
  checkSettled(serving: number | null): void {
    const { bars } = this.timeline;
    const working = bars.filter(({ outcome }) => outcome === "working");
    assert.deepEqual(working, [], "a save is said to be under way");
    assert.equal(this.timeline.serving, serving, "another version is said to serve");
    const bar = bars.find(({ generation }) => generation === serving);
    // The newest may have given the very binary that serves: it has no bar of its own for it.
    const good = ["live", "nothing"].includes(bar?.outcome ?? "live");
    assert.ok(good, `what serves is said to be ${bar?.outcome}`);
  }
}

function checkBar({ since, phases, totalMs, outcome, failure }: Bar, at: number): void {
  let end = 0;
  for (const { name, startMs, durationMs } of phases) {
    assert.ok(durationMs >= 0, `${name} takes ${durationMs} ms`);
    assert.ok(Math.abs(startMs - end) < 0.1, `${name} begins at ${startMs}, not at ${end}`);
    end = startMs + durationMs;
  }
  assert.ok(end <= at - since + 0.1, "a phase ends in the future");
  assert.equal(totalMs === null, outcome === "working", "only what is decided has a total");
  const own = phases.filter(({ name }) => name !== "drain");
  const sum = own.reduce((all, { durationMs }) => all + durationMs, 0);
  assert.ok(totalMs === null || sum <= totalMs + 0.1, `phases take ${sum} of ${totalMs} ms`);
  const covered = outcome === "live" || outcome === "failed";
  assert.ok(!covered || totalMs === null || sum >= totalMs - 0.2, `${sum} of ${totalMs} ms`);
  assert.ok(outcome !== "failed" || failure !== null, "a save failed without a reason");
}
