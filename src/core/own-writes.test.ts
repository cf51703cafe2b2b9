import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import {
  type Script,
  built,
  cancelled,
  check,
  first,
  nextBatch,
  save,
  script,
} from "../../test/world/script.ts";
import type { Happening } from "./event.ts";

const settings = { classify: { ...plainSettings.classify, buildWritesSources: true } };

const quiet: Happening = { type: "timer-fired", timer: "burst" };

/** The look at what the build has written, with these files changed. */
const look = (...paths: readonly string[]): Happening => ({
  type: "examined",
  batch: nextBatch(),
  facts: paths.map((path) => ({ path, change: "modified", ignored: false })),
});

/** Builds from this one on, in each of which the file changes; the last of them is not cut short. */
const cutShort = (from: number, times: number): Script =>
  Array.from({ length: times }, (_, index) => [...save(), cancelled(from + index), quiet]).flat();

const begun = ["start-build #1", "rescan", "start #1", "(live)", "start-build #2"];

test("a file that is saved in one build after the other is built as it was saved last", () =>
  check(
    script(() => [
      ...first,
      look(),
      { after: 5000 },
      ...save(),
      ...cutShort(2, 2),
      // The third save in a row waits for the build to end.
      ...save(),
      built(4),
      quiet,
    ]),
    [
      ...begun,
      "cancel-build #2",
      "start-build #3",
      "cancel-build #3",
      "start-build #4",
      "rescan",
      "signal 1",
      "start-build #5",
    ],
    settings,
  ));

test("a file that the build writes each time is built again a few times, and then known", () => {
  check(
    script(() => [
      { type: "started" },
      ...[1, 2, 3, 4, 5, 6].flatMap((build) => [built(build), look("/app/stamp.go"), quiet]),
    ]),
    [1, 2, 3, 4, 5, 6].flatMap((build) => [
      `start-build #${build}`,
      "rescan",
      ...(build === 1 ? ["start #1"] : []),
      ...(build === 2 ? ["signal 1"] : []),
    ]),
    settings,
  );
});

test("what a build wrote is still known when its look is answered during the next build", () =>
  check(
    script(() => {
      const third = [...first, look(), { after: 5000 }, ...save(), ...cutShort(2, 2), ...save()];
      const answer = look("/app/main_test.go");
      return [...third, quiet, built(4), answer, ...save()];
    }),
    [
      ...begun,
      "cancel-build #2",
      "start-build #3",
      "cancel-build #3",
      "start-build #4",
      "rescan",
      "start-build #5",
      "signal 1",
      "(nothing-to-do)",
    ],
    settings,
  ));
