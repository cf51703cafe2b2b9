import { test } from "node:test";
import {
  type Script,
  afterFirst,
  built,
  cancelled,
  check,
  exited,
  first,
  gone,
  save,
  script,
  up,
} from "../../test/world/script.ts";
import { mostCut } from "./attempt.ts";
import type { Happening } from "./event.ts";

const quiet: Happening = { type: "timer-fired", timer: "burst" };

/** Builds from the second on, each of which a save cuts short. */
const cut = (times: number): Script =>
  Array.from({ length: times }, (_, index) => [...save(), cancelled(2 + index), quiet]).flat();

const cutEffects = (times: number): string[] =>
  Array.from({ length: times }, (_, index) => [
    `cancel-build #${2 + index}`,
    `start-build #${3 + index}`,
  ]).flat();

const calm = { after: 5000 };

test("saves that never end do not keep a version from being built for ever", () => {
  const last = 2 + mostCut;
  check(
    script(() => [
      ...first,
      calm,
      ...save(),
      ...cut(mostCut),
      // This one goes on to its end, though there is something newer.
      ...save(),
      built(last),
      exited(1, 0),
      gone(1),
      ...up(2),
      quiet,
      // From then on it is as before.
      ...save(),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      ...cutEffects(mostCut),
      "signal 1",
      `start #${last}`,
      "(live)",
      `start-build #${last + 1}`,
      `cancel-build #${last + 1}`,
    ],
  );
});

test("a build that ends on its own begins the count anew", () => {
  const before = mostCut - 1;
  const whole = 2 + before;
  check(
    script(() => [
      ...first,
      calm,
      ...save(),
      ...cut(before),
      built(whole),
      exited(1, 0),
      gone(1),
      ...up(2),
      calm,
      ...save(),
      ...save(),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      ...cutEffects(before),
      "signal 1",
      `start #${whole}`,
      "(live)",
      `start-build #${whole + 1}`,
      `cancel-build #${whole + 1}`,
    ],
  );
});
