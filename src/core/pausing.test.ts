import { test } from "node:test";
import type { Happening } from "./event.ts";
import {
  afterFirst,
  built,
  check,
  exited,
  first,
  gone,
  save,
  script,
} from "../../test/world/script.ts";

const paused = (instance: number, on: boolean): Happening => ({
  type: "process-paused",
  instance,
  paused: on,
  place: on ? { function: "main.main", file: "/app/main.go", line: 7 } : null,
});

test("a program that a debugger has stopped is replaced when it goes on, by the newest save", () =>
  check(
    script(() => [
      ...first,
      paused(1, true),
      { after: 5000 },
      ...save(),
      built(2),
      { after: 5000 },
      { type: "swap-requested", origin: "key" },
      built(3),
      paused(1, true),
      paused(1, false),
      exited(1, 0),
      gone(1),
    ]),
    [...afterFirst, "start-build #2", "start-build #3", "signal 1", "start #3"],
  ));

test("a program that is stopped while it starts has all the time, and its uptime begins when it goes on", () =>
  check(
    script(() => [
      { type: "started" },
      built(1),
      { type: "process-started", instance: 1, pid: 9 },
      paused(1, true),
      { type: "timer-fired", timer: "uptime:1" },
      { type: "timer-fired", timer: "ready:1" },
      paused(1, false),
      { type: "timer-fired", timer: "uptime:1" },
    ]),
    ["start-build #1", "start #1", "(live)"],
  ));

test("gust ends a stopped program when it leaves", () =>
  check(
    script(() => [...first, paused(1, true), { type: "quit-requested", exitCode: 0 }]),
    [...afterFirst, "signal 1"],
  ));
