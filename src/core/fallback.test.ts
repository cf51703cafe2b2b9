import { test } from "node:test";
import type { Happening } from "./event.ts";
import {
  afterFirst,
  built,
  check,
  exited,
  first,
  gone,
  red,
  save,
  script,
  up,
} from "../../test/world/script.ts";

const taken = (instance: number): Happening => ({
  type: "process-exited",
  instance,
  exit: {
    code: 1,
    signal: null,
    tail: "",
    failure: { code: "START_PORT_TAKEN", message: ":9090 is in use" },
    conflict: null,
  },
});

test("a candidate that crashes at start brings back the last good version", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      exited(1, 0),
      gone(1),
      { type: "process-started", instance: 2, pid: 9 },
      exited(2, 1),
      gone(2),
      ...up(3),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "signal 1",
      "start #2",
      "kill 2",
      "(failed)",
      "start #1",
      "(rolled-back)",
    ],
  ));

test("a candidate whose port is taken brings back the last good version, which is tried once", () => {
  const refused = script(() => [
    ...first,
    { after: 5000 },
    ...save(),
    built(2),
    exited(1, 0),
    gone(1),
    { type: "process-started", instance: 2, pid: 9 },
    taken(2),
    gone(2),
  ]);
  const until = [
    ...afterFirst,
    "start-build #2",
    "signal 1",
    "start #2",
    "kill 2",
    "(failed)",
    "start #1",
  ];
  check([...refused, ...up(3)], [...until, "(rolled-back)"]);
  check(
    [...refused, { type: "process-started", instance: 3, pid: 10 }, taken(3), gone(3)],
    [...until, "kill 3", "(failed)"],
  );
});

test("a crash in probation brings back the version before, one after it does not", () => {
  const swapped = script(() => [
    ...first,
    { after: 5000 },
    ...save(),
    built(2),
    exited(1, 0),
    gone(1),
    ...up(2),
  ]);
  const seen = [...afterFirst, "start-build #2", "signal 1", "start #2", "(live)"];
  check([...swapped, exited(2, 2), gone(2)], [...seen, "kill 2", "(failed)", "start #1"]);
  check(
    [...swapped, { type: "timer-fired", timer: "probation:2" }, exited(2, 2), gone(2)],
    [...seen, "kill 2", "(crashed)"],
  );
});

test("a version whose newer build gave the same binary is known by its newer number", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2, "1"),
      { type: "rollback-requested", to: 2, origin: "key" },
    ]),
    [...afterFirst, "start-build #2", "(nothing-to-do)", "signal 1"],
  ));

test("the version before comes back although only one good binary is to be kept", () =>
  check(
    script(() => [
      ...first,
      { after: 5000 },
      ...save(),
      built(2),
      exited(1, 0),
      gone(1),
      ...up(2),
      exited(2, 2),
      gone(2),
    ]),
    [
      ...afterFirst,
      "start-build #2",
      "signal 1",
      "start #2",
      "(live)",
      "kill 2",
      "(failed)",
      "start #1",
    ],
    { keepBuilds: 1 },
  ));

test("with stop_on_error nothing runs while the build is red, but what the user went back to", () => {
  const stopped = script(() => [
    ...first,
    { after: 5000 },
    ...save(),
    red(2),
    exited(1, 0),
    gone(1),
  ]);
  const until = [...afterFirst, "start-build #2", "(failed)", "signal 1"];
  check(
    [...stopped, { type: "rollback-requested", to: 1, origin: "key" }, ...up(2)],
    [...until, "start #1", "(rolled-back)"],
    { stopOnError: true },
  );
  check(
    script(() => [
      ...first,
      { type: "timer-fired", timer: "probation:1" },
      exited(1, 2),
      gone(1),
      { after: 5000 },
      ...save(),
      red(2),
      { type: "timer-fired", timer: "restart" },
    ]),
    [...afterFirst, "kill 1", "(crashed)", "start-build #2", "(failed)"],
    { stopOnError: true, restart: "on-crash" },
  );
});
