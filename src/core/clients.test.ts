import assert from "node:assert/strict";
import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import {
  attached,
  built,
  drained,
  effectsOf,
  exited,
  gone,
  red,
  save,
  script,
  takesOver,
  up,
} from "../../test/world/script.ts";
import type { Script } from "../../test/world/script.ts";
import type { Effect } from "./effect.ts";
import type { Settings } from "./settings.ts";

/** What clients are told, in the order in which it is asked for. */
function check(
  events: Script,
  expected: readonly string[],
  settings: Partial<Settings> = {},
): void {
  assert.deepEqual(effectsOf(events, settings).flatMap(show), expected);
}

function show(effect: Effect): string[] {
  if (effect.type === "start-process") return [`start as ${effect.label}`];
  if (effect.type === "label-process") return [`${effect.instance} is ${effect.label}`];
  if (effect.type === "remember") {
    return [`remember ${effect.memory.addresses.map((one) => one.address).join(" ")}`];
  }
  if (effect.type !== "hold-clients") return [];
  const { answer } = effect;
  if (answer === null) return ["hold nobody"];
  return [answer.failure === null ? "hold" : `hold: #${answer.generation} failed`];
}

const begin = [{ type: "started" }, built(1), attached(1), ...up(1)] as const;
const begun = ["hold", "start as 1", "hold nobody", "remember [::]:8080"];

test("answers tell which build they are from, and when a newer one has failed", () =>
  check(
    script(() => [
      ...begin,
      { after: 5000 },
      ...save(),
      red(2),
      { after: 5000 },
      ...save(),
      built(3),
    ]),
    [...begun, "1 is 1; stale; failed=2", "start as 3", "1 is 1"],
  ));

test("the header can be switched off, and the reserved path still tells", () =>
  check(
    script(() => begin),
    ["hold", "start as - 1", "hold nobody", "remember [::]:8080"],
    {
      swap: { ...plainSettings.swap, header: false },
    },
  ));

test("while the first build is red clients are told why, and wait again while the next one starts", () =>
  check(
    script(() => [
      { type: "started" },
      red(1),
      { after: 5000 },
      ...save(),
      built(2),
      attached(1),
      ...up(1),
    ]),
    ["hold", "hold: #1 failed", "start as 2", "hold", "hold nobody", "remember [::]:8080"],
  ));

test("when the program has crashed and nothing replaces it, clients are told", () =>
  check(
    script(() => [...begin, { type: "timer-fired", timer: "probation:1" }, exited(1, 2), gone(1)]),
    [...begun, "hold: #1 failed"],
  ));

test("during an overlap nobody has to wait, and the old version keeps its label", () =>
  check(
    script(() => [...begin, ...takesOver(2), drained(1), exited(1, 0), gone(1)]),
    [...begun, "start as 2"],
  ));

test("a version that was chosen by hand is stale, with none that failed", () =>
  check(
    script(() => [
      ...begin,
      ...takesOver(2),
      drained(1),
      exited(1, 0),
      gone(1),
      { type: "rollback-requested", to: 1, origin: "key" },
    ]),
    [...begun, "start as 2", "start as 1; stale"],
  ));
