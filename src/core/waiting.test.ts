import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import {
  afterFirst,
  built,
  cancelled,
  check,
  exited,
  first,
  gone,
  save,
  script,
} from "../../test/world/script.ts";

const asked = { swap: { ...plainSettings.swap, automatic: false } };

test("where swaps are asked for, a build waits, and the newest one is what the swap starts", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      { after: 5000 },
      ...save(),
      built(3),
      { type: "swap-requested", origin: "control" },
      exited(1, 0),
      gone(1),
    ]),
    [...afterFirst, "start-build #2", "start-build #3", "signal 1", "start #3"],
    asked,
  ));

test("a swap that is asked for while a newer save is built is one to that save", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      { after: 5000 },
      ...save(),
      { after: 5000 },
      { type: "swap-requested", origin: "control" },
      cancelled(3),
      { after: 5000 },
      { type: "timer-fired", timer: "burst" },
      built(4),
      exited(1, 0),
      gone(1),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "start-build #3",
      "cancel-build #3",
      "start-build #4",
      "signal 1",
      "start #4",
    ],
    asked,
  ));
