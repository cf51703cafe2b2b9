import assert from "node:assert/strict";
import { plainSettings } from "../sim/settings.ts";
import type { Effect } from "../../src/core/effect.ts";
import type { Happening } from "../../src/core/event.ts";
import { reduce } from "../../src/core/reduce.ts";
import type { Settings } from "../../src/core/settings.ts";
import { initialState } from "../../src/core/state.ts";

export type Script = readonly (Happening | { readonly after: number })[];

/** Runs a script of events, and compares what is asked of the world as text. */
export function check(
  script: Script,
  expected: readonly string[],
  settings: Partial<Settings> = {},
): void {
  assert.deepEqual(effectsOf(script, settings).flatMap(show), expected);
}

/** Everything that a script of events makes the core ask for. */
export function effectsOf(script: Script, settings: Partial<Settings> = {}): readonly Effect[] {
  let state = initialState({ ...plainSettings, ...settings });
  let at = 0;
  const asked: Effect[] = [];
  for (const entry of script) {
    if ("after" in entry) {
      at += entry.after;
      continue;
    }
    const [next, effects] = reduce(state, { at, ...entry });
    state = next;
    asked.push(...effects);
  }
  return asked;
}

function show(effect: Effect): string[] {
  switch (effect.type) {
    case "start-build":
    case "cancel-build":
      return [`${effect.type} #${effect.generation}`];
    case "start-process":
      return [`start #${effect.version.generation}`];
    case "signal-process":
      return [`signal ${effect.instance}`];
    case "drain-process":
      return [`drain ${effect.instance} to ${effect.to ?? "nobody"}`];
    case "report-process":
      return [`report ${effect.instance}`];
    case "kill-process":
      return [`kill ${effect.instance}`];
    case "run-modules":
      return [`run ${effect.job.type === "fetch" ? "fetch" : effect.job.args.join(" ")}`];
    case "cancel-modules":
      return ["cancel modules"];
    case "run-rule":
    case "cancel-rule":
      return [`${effect.type} ${effect.run}`];
    case "rescan":
      return ["rescan"];
    case "announce":
      return said.has(effect.notice.type) ? [`(${effect.notice.type})`] : [];
    case "answer-wait":
      return [`answer ${effect.verdict.type}`];
    case "start-tests":
      return [`tests ${effect.run} ${effect.what}${effect.gate ? " gate" : ""}`];
    case "cancel-tests":
      return [`cancel-tests ${effect.run}`];
    case "debug-test":
      return [`debug ${effect.test.package} ${effect.test.name}`];
    case "exit":
      return [`exit ${effect.code}`];
    case "record-tests":
    case "cancel-recording":
    case "prepare-build":
    case "cancel-preparation":
    case "label-process":
    case "hold-clients":
    case "release-sockets":
    case "remember":
    case "examine":
    case "load-graph":
    case "watch":
    case "prune-builds":
    case "settle-process":
    case "start-timer":
    case "cancel-timer":
    case "reload-config":
      return [];
  }
}

const said = new Set([
  "live",
  "failed",
  "rolled-back",
  "crashed",
  "finished",
  "nothing-to-do",
  "handoff-chosen",
  "ends-at-once",
]);

const main = "/app/main.go";
let batch = 0;

/** The number of the next look at the disk. */
export function nextBatch(): number {
  batch += 1;
  return batch;
}

/** An event of the watcher and the answer of the disk. */
export function save(path = main, ...more: readonly string[]): Happening[] {
  nextBatch();
  const paths = [path, ...more];
  const facts = paths.map((path) => ({ path, change: "modified", ignored: false }) as const);
  return [
    { type: "paths-touched", paths },
    { type: "examined", batch, facts },
  ];
}

export const built = (generation: number, hash = `${generation}`): Happening => ({
  type: "build-finished",
  generation,
  outcome: {
    type: "built",
    artifact: {
      build: generation,
      path: `/run/${generation}`,
      hash,
      sizeBytes: 1,
      shim: true,
    },
    route: { type: "go", reason: "it is the first build" },
    phases: [],
    warnings: [],
  },
});

export const red = (generation: number): Happening => ({
  type: "build-finished",
  generation,
  outcome: { type: "failed", failure: { code: "BUILD_FAILED", message: "bad" }, phases: [] },
});

export const cancelled = (generation: number): Happening => ({
  type: "build-finished",
  generation,
  outcome: { type: "cancelled" },
});

export const up = (instance: number): Happening[] => [
  { type: "process-started", instance, pid: 100 + instance },
  {
    type: "process-listening",
    instance,
    addresses: [{ network: "tcp", address: "[::]:8080" }],
    unheld: [],
  },
];

export const attached = (instance: number): Happening => ({ type: "process-attached", instance });

export const accepting = (instance: number): Happening => ({
  type: "process-accepting",
  instance,
});

export const drained = (instance: number): Happening => ({
  type: "process-drained",
  instance,
  moved: 1,
  closed: 0,
  left: 0,
  main: null,
  goroutines: [],
});

export const exited = (instance: number, code: number | null): Happening => ({
  type: "process-exited",
  instance,
  exit: { code, signal: code === null ? "SIGKILL" : null, tail: "", failure: null, conflict: null },
});

export const gone = (instance: number): Happening => ({
  type: "process-gone",
  instance,
  leftovers: { killed: 0, held: [] },
});

/** A save whose version has become ready beside the old one, and is about to accept. */
export const beside = (number: number): Script => [
  { after: 5000 },
  ...save(),
  built(number),
  attached(number),
  ...up(number),
];

/** And takes over from it. */
export const takesOver = (number: number): Script => [...beside(number), accepting(number)];

export const first: Happening[] = [{ type: "started" }, built(1), ...up(1)];
export const afterFirst = ["start-build #1", "start #1", "(live)"];

/** Each script counts its looks at the disk from one. */
export function script(make: () => Script): Script {
  batch = 0;
  return make();
}
