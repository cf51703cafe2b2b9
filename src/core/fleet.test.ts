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
  up,
} from "../../test/world/script.ts";

test("a candidate that hangs is ended at its deadline", () =>
  check(
    script(() => [
      { type: "started" },
      built(1),
      { type: "process-started", instance: 1, pid: 9 },
      { type: "timer-fired", timer: "ready:1" },
      { type: "timer-fired", timer: "stop:1" },
      exited(1, null),
      gone(1),
    ]),
    ["start-build #1", "start #1", "signal 1", "(failed)", "kill 1"],
  ));

test("a program that crashes is started again where the user chose so", () =>
  check(
    [
      ...first,
      { type: "timer-fired", timer: "probation:1" },
      exited(1, 2),
      gone(1),
      { type: "timer-fired", timer: "restart" },
    ],
    [...afterFirst, "kill 1", "(crashed)", "start #1"],
    { restart: "on-crash" },
  ));

test("a command that nobody builds is tried again where the user chose so, also before it is ready", () => {
  const early = [
    { type: "started" },
    built(1),
    { type: "process-started", instance: 1, pid: 9 },
    exited(1, 2),
    gone(1),
    { type: "timer-fired", timer: "restart" },
  ] as const;
  const told = ["start-build #1", "start #1", "kill 1", "(crashed)"];
  check(
    script(() => early),
    [...told, "start #1"],
    { restart: "on-crash", unbuilt: true },
  );
  check(
    script(() => early),
    told,
    { restart: "never", unbuilt: true },
  );
});

test("a process that ignores the signal is killed after the time-out, and only then replaced", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      { type: "timer-fired", timer: "stop:1" },
      exited(1, null),
      gone(1),
    ]),
    [...afterFirst, "start-build #2", "signal 1", "kill 1", "start #2"],
  ));

test("an exit with code 0 of a program that does not listen is an end, not a failure", () =>
  check(
    [
      { type: "started" },
      built(1),
      { type: "process-started", instance: 1, pid: 9 },
      exited(1, 0),
      gone(1),
    ],
    ["start-build #1", "start #1", "kill 1", "(finished)"],
  ));

test("a server that ends with code 0 before it is ready, or soon after it replaced one, has failed", () => {
  const replaced = script(() => [
    ...first,
    { after: 5000 },
    ...save(),
    built(2),
    exited(1, 0),
    gone(1),
  ]);
  const until = [...afterFirst, "start-build #2", "signal 1", "start #2"];
  check(
    [...replaced, ...up(2), exited(2, 0), gone(2)],
    [...until, "(live)", "kill 2", "(failed)", "start #1"],
  );
  check(
    [...replaced, ...up(2), { type: "timer-fired", timer: "probation:2" }, exited(2, 0), gone(2)],
    [...until, "(live)", "kill 2", "(finished)"],
  );
  check(
    [{ type: "started" }, built(1), { type: "process-started", instance: 1, pid: 9 }, exited(1, 0)],
    ["start-build #1", "start #1", "kill 1", "(failed)"],
    { ready: { ...plainSettings.ready, ports: [8080] } },
  );
});

test("a job that listens while it works is not taken for a server", () =>
  check(
    script(() => [
      ...first,
      exited(1, 0),
      gone(1),
      { after: 5000 },
      ...save(),
      built(2),
      ...up(2),
      exited(2, 0),
      gone(2),
    ]),
    [
      ...afterFirst,
      "kill 1",
      "(finished)",
      "start-build #2",
      "start #2",
      "(live)",
      "kill 2",
      "(finished)",
    ],
  ));

test("on leaving, builds and processes end first", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      { type: "quit-requested", exitCode: 0 },
      exited(1, 0),
      gone(1),
      cancelled(2),
    ]),
    [...afterFirst, "start-build #2", "cancel-build #2", "signal 1", "exit 0"],
  ));

test("what is newer and already built goes before the last good version", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      exited(1, 0),
      gone(1),
      { type: "process-started", instance: 2, pid: 9 },
      { after: 5000 },
      ...save(),
      built(3),
      exited(2, 1),
      gone(2),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "signal 1",
      "start #2",
      "start-build #3",
      "signal 2",
      "start #3",
    ],
  ));

test("a crash is forgotten when the same version is up again", () =>
  check(
    [
      ...first,
      { type: "timer-fired", timer: "probation:1" },
      exited(1, 2),
      gone(1),
      { type: "timer-fired", timer: "restart" },
      ...up(2),
      { type: "wait-requested", request: 1 },
      { type: "examined", batch: 1, facts: [] },
    ],
    [...afterFirst, "kill 1", "(crashed)", "start #1", "(live)", "rescan", "answer live"],
    { restart: "on-crash" },
  ));

test("a wait is not answered while a crashed program is about to be started again", () =>
  check(
    [
      ...first,
      { type: "timer-fired", timer: "probation:1" },
      exited(1, 2),
      gone(1),
      { type: "wait-requested", request: 1 },
      { type: "examined", batch: 1, facts: [] },
    ],
    [...afterFirst, "kill 1", "(crashed)", "rescan"],
    { restart: "on-crash" },
  ));

/** The first version, which takes part in swaps without a gap. */
