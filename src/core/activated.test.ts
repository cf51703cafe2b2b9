import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import { type Script, built, check, exited, gone, save, script } from "../../test/world/script.ts";
import type { Happening } from "./event.ts";
import type { Settings } from "./settings.ts";

const activated = (
  swap: Partial<Settings["swap"]> = {},
  ready: Partial<Settings["ready"]> = {},
): Partial<Settings> => ({
  swap: { ...plainSettings.swap, activated: true, ...swap },
  ready: { ...plainSettings.ready, ...ready },
});

const told = (instance: number): Happening => ({
  type: "process-told",
  instance,
  told: { ready: true, stopping: false, status: null },
});

const started = (instance: number): Happening[] => [
  { type: "process-started", instance, pid: instance },
  {
    type: "process-listening",
    instance,
    addresses: [{ network: "tcp", address: "127.0.0.1:8080" }],
    unheld: [],
  },
];

const uptime = (instance: number): Happening => ({
  type: "timer-fired",
  timer: `uptime:${instance}`,
});

const first: readonly Happening[] = [{ type: "started" }, built(1), ...started(1), told(1)];
const afterFirst = ["start-build #1", "start #1", "(live)"];

const second = (...more: Script): Script =>
  script(() => [...first, { after: 5000 }, ...save(), built(2), ...started(2), ...more]);

test("a version with inherited sockets comes up beside the old one, which then ends", () =>
  check(
    second(told(2), exited(1, 0), gone(1)),
    [...afterFirst, "start-build #2", "start #2", "(live)", "signal 1"],
    activated(),
  ));

test("that it has the sockets is no sign of readiness", () =>
  check(second(), [...afterFirst, "start-build #2", "start #2"], activated()));

test("without a word of its own it is ready when it has lived for a while", () =>
  check(
    second(uptime(2)),
    [...afterFirst, "start-build #2", "start #2", "(live)", "signal 1"],
    activated(),
  ));

test("where its word is asked for, nothing else counts", () =>
  check(
    second(uptime(2)),
    [...afterFirst, "start-build #2", "start #2"],
    activated({}, { notify: true }),
  ));

test("a candidate that fails leaves the old version alone", () =>
  check(
    second(exited(2, 1), gone(2)),
    [...afterFirst, "start-build #2", "start #2", "kill 2", "(failed)"],
    activated(),
  ));

test("two that cannot live at once follow each other", () =>
  check(
    second({ type: "process-blocked", instance: 2, by: "a lock" }, exited(1, 0), gone(1), told(2)),
    [...afterFirst, "start-build #2", "start #2", "(handoff-chosen)", "signal 1", "(live)"],
    activated(),
  ));

test("with handoff the old one ends first", () =>
  check(second(), [...afterFirst, "start-build #2", "signal 1"], activated({ mode: "handoff" })));
