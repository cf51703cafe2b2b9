import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import {
  accepting,
  afterFirst,
  attached,
  beside,
  built,
  check,
  drained,
  exited,
  first,
  gone,
  save,
  script,
  takesOver,
  up,
} from "../../test/world/script.ts";
import type { Happening } from "./event.ts";

const firstAttached = [...first, attached(1)];

const replaced = [...afterFirst, "start-build #2", "start #2", "drain 1 to 2", "(live)"];

const conflicted = (instance: number): Happening => ({
  type: "process-exited",
  instance,
  exit: { code: 1, signal: null, tail: "", failure: null, conflict: "the lock" },
});

const killedBy = (instance: number, signal: string): Happening => ({
  type: "process-exited",
  instance,
  exit: { code: null, signal, tail: "", failure: null, conflict: null },
});

test("where the program takes part, the old version serves until the new one is ready", () =>
  check(
    script(() => [...firstAttached, ...takesOver(2), drained(1), exited(1, 0), gone(1)]),
    [...afterFirst, "start-build #2", "start #2", "drain 1 to 2", "(live)", "signal 1"],
  ));

test("a candidate that fails beside the old version leaves it alone", () =>
  check(
    script(() => [
      ...firstAttached,
      { after: 5000 },
      ...save(),
      built(2),
      { type: "process-started", instance: 2, pid: 9 },
      exited(2, 1),
      gone(2),
    ]),
    [...afterFirst, "start-build #2", "start #2", "kill 2", "(failed)"],
  ));

test("a newer save replaces a candidate, not the version that serves", () =>
  check(
    script(() => [
      ...firstAttached,
      { after: 5000 },
      ...save(),
      built(2),
      { after: 5000 },
      ...save(),
      built(3),
      exited(2, 0),
      gone(2),
    ]),
    [...afterFirst, "start-build #2", "start #2", "start-build #3", "signal 2", "start #3"],
  ));

test("an old version that does not finish is stopped when its time is over", () =>
  check(
    script(() => [
      ...firstAttached,
      ...takesOver(2),
      { type: "timer-fired", timer: "drain:1" },
      { type: "timer-fired", timer: "stop:1" },
      { type: "timer-fired", timer: "stop:1" },
    ]),
    [...replaced, "signal 1", "report 1", "kill 1"],
  ));

test("an old version that does not end is killed when it has said what it does", () =>
  check(
    script(() => [
      ...firstAttached,
      ...takesOver(2),
      drained(1),
      { type: "timer-fired", timer: "stop:1" },
      { type: "process-report", instance: 1, report: { left: 1, descriptors: 9, goroutines: [] } },
    ]),
    [...replaced, "signal 1", "report 1", "kill 1"],
  ));

test("with handoff the old version ends first, though the program takes part", () =>
  check(
    script(() => [
      ...firstAttached,
      { after: 5000 },
      ...save(),
      built(2),
      drained(1),
      exited(1, 0),
      gone(1),
    ]),
    [...afterFirst, "start-build #2", "drain 1 to nobody", "signal 1", "start #2"],
    { swap: { ...plainSettings.swap, mode: "handoff" } },
  ));

test("a version without gust's files follows by stop-then-start, though the one before has them", () => {
  const bare = built(2);
  if (bare.type === "build-finished" && bare.outcome.type === "built") {
    const outcome = { ...bare.outcome, artifact: { ...bare.outcome.artifact, shim: false } };
    check(
      script(() => [...firstAttached, { after: 5000 }, ...save(), { ...bare, outcome }]),
      [...afterFirst, "start-build #2", "signal 1"],
    );
  }
});

test("a candidate that waits for a lock of the old version goes on when that one has ended", () =>
  check(
    script(() => [
      ...firstAttached,
      { after: 5000 },
      ...save(),
      built(2),
      attached(2),
      { type: "process-blocked", instance: 2, by: "the lock" },
      drained(1),
      exited(1, 0),
      gone(1),
      ...up(2),
      // From now on it is known before.
      { after: 5000 },
      ...save(),
      built(3),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "start #2",
      "(handoff-chosen)",
      "drain 1 to nobody",
      "signal 1",
      "(live)",
      "start-build #3",
      "drain 2 to nobody",
    ],
  ));

test("a candidate that ends because of the old version is started again when that one has ended", () =>
  check(
    script(() => [
      ...firstAttached,
      { after: 5000 },
      ...save(),
      built(2),
      conflicted(2),
      gone(2),
      drained(1),
      exited(1, 0),
      gone(1),
      ...up(3),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "start #2",
      "kill 2",
      "(handoff-chosen)",
      "drain 1 to nobody",
      "signal 1",
      "start #2",
      "(live)",
    ],
  ));

test("a program that has a fixed UDP port is handed off from the first save on", () =>
  check(
    script(() => [
      ...firstAttached,
      {
        type: "process-listening",
        instance: 1,
        addresses: [{ network: "udp", address: "127.0.0.1:5353" }],
        unheld: [{ network: "udp", address: "127.0.0.1:5353" }],
      },
      { after: 5000 },
      ...save(),
      built(2),
    ]),
    [...afterFirst, "start-build #2", "(handoff-chosen)", "drain 1 to nobody"],
  ));

test("a program that does not catch the signal is told of once", () =>
  check(
    script(() => [
      ...firstAttached,
      ...takesOver(2),
      drained(1),
      killedBy(1, "SIGTERM"),
      gone(1),
      ...takesOver(3),
      drained(2),
      killedBy(2, "SIGTERM"),
    ]),
    [
      ...replaced,
      "signal 1",
      "(ends-at-once)",
      "start-build #3",
      "start #3",
      "drain 2 to 3",
      "(live)",
      "signal 2",
    ],
  ));

test("a crash while a candidate is on its way waits for that one", () =>
  check(
    script(() => [
      ...firstAttached,
      { type: "timer-fired", timer: "probation:1" },
      { after: 5000 },
      ...save(),
      built(2),
      exited(1, 2),
      gone(1),
      ...up(2),
      { type: "timer-fired", timer: "restart" },
    ]),
    [...afterFirst, "start-build #2", "start #2", "kill 1", "(crashed)", "(live)"],
    { restart: "on-crash" },
  ));

test("an old version that is empty before the new one accepts is stopped when that one does", () =>
  check(
    script(() => [...firstAttached, ...beside(2), drained(1), accepting(2)]),
    [...afterFirst, "start-build #2", "start #2", "drain 1 to 2", "(live)", "signal 1"],
  ));

test("a new version that dies while it takes over is followed by the old one, started again", () =>
  check(
    script(() => [
      ...firstAttached,
      ...beside(2),
      exited(2, 1),
      gone(2),
      attached(3),
      ...up(3),
      accepting(3),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "start #2",
      "drain 1 to 2",
      "kill 2",
      "(failed)",
      "start #1",
      "drain 1 to 3",
      "(rolled-back)",
    ],
  ));
