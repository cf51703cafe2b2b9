import assert from "node:assert/strict";
import { test } from "node:test";
import { effectsOf, script, save, built, up, red } from "../../test/world/script.ts";
import type { Script } from "../../test/world/script.ts";
import { leadOf } from "./lead.ts";
import type { Happening, Phase } from "./event.ts";
import type { Settings } from "./settings.ts";

const text = (phases: readonly Phase[]): string =>
  phases.map(({ name, durationMs }) => `${name} ${durationMs}`).join(", ");

function checkLead(times: readonly [number, number, number, number], expected: string): void {
  const [since, understood, begun, ruled] = times;
  assert.equal(text(leadOf({ since, understood, begun, ruled }, 100)), expected);
}

test("the time before a build is told apart, without what took none", () => {
  checkLead([0, 10, 30, 60], "classify 10, watch 20, rules 30, modules 40");
  checkLead([0, 100, 100, 100], "classify 100");
  checkLead([90, 90, 100, 100], "watch 10");
  checkLead([100, 100, 100, 100], "");
});

/** What came before each build that a script of events leads to. */
function check(
  events: Script,
  expected: readonly string[],
  settings: Partial<Settings> = {},
): void {
  const leads = effectsOf(events, settings).flatMap((effect) =>
    effect.type === "announce" && effect.notice.type === "build-started"
      ? [`#${effect.notice.generation} ${text(effect.notice.lead)}`]
      : [],
  );
  assert.deepEqual(leads, expected);
}

test("a save is looked at, and the one that comes meanwhile waits for the build to end", () =>
  check(
    script(() => [
      { type: "started" },
      built(1),
      ...up(1),
      { after: 5000 },
      ...slowly(save()),
      { after: 50 },
      ...save("/app/other.go"),
      { after: 30 },
      { type: "build-finished", generation: 2, outcome: { type: "cancelled" } },
      { after: 500 },
      { type: "timer-fired", timer: "burst" },
      red(3),
    ]),
    ["#1 ", "#2 classify 4", "#3 classify 4, watch 584"],
  ));

/** The disk takes four milliseconds to answer. */
const slowly = (events: readonly Happening[]): Script =>
  events.flatMap((one): Script =>
    one.type === "examined" ? [{ after: 4 }, one, { after: 4 }] : [one],
  );
