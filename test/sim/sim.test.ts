import assert from "node:assert/strict";
import { test } from "node:test";
import { servingVersion } from "../../src/core/instance.ts";
import type { RuleSettings, Settings } from "../../src/core/settings.ts";
import { type Random, seeded } from "./random.ts";
import { plainSettings } from "./settings.ts";
import type { Quality } from "./program.ts";
import { World } from "./world.ts";

const histories = Number(process.env["GUST_SIM_HISTORIES"] ?? 10_000);

/** Good saves are as frequent as all others together. */
const qualities: readonly Quality[] = [
  "good",
  "good",
  "good",
  "good",
  "red",
  "untidy",
  "crash-at-start",
  "hang",
  "crash-later",
  "stubborn",
];

const generator: RuleSettings = {
  name: "templ",
  inputs: ["\\.templ$"],
  excludes: [],
  outputs: ["_templ\\.go$"],
  timeoutMs: 60_000,
  atStart: false,
  only: false,
};

function someQuality(random: Random): Quality {
  return qualities[random.below(qualities.length)] ?? "good";
}

function act(world: World, random: Random): void {
  const choice = random.below(25);
  if (choice < 10) return world.save(someQuality(random));
  if (choice === 10) return world.touch();
  if (choice === 11) return world.saveTemplate();
  if (choice === 12) return world.saveUnseen(someQuality(random));
  if (choice === 13) return world.dispatch({ type: "swap-requested", origin: "signal" });
  if (choice === 14) return world.dispatch({ type: "rollback-requested", to: null, origin: "key" });
  if (choice === 15) return world.dispatch({ type: "wait-requested", request: random.below(100) });
  if (choice === 16) {
    world.dispatch({ type: "pause-toggled" });
    world.runUntil(world.now + random.below(300));
    return world.dispatch({ type: "pause-toggled" });
  }
  if (choice === 17) return world.dispatch({ type: "paths-touched", paths: ["/app/gust.toml"] });
  if (choice >= 18 && choice < 21) return world.saveGeneratorInput();
  if (choice === 22) return world.saveModuleFile();
  if (choice === 23) return world.dispatch({ type: "fix-requested", origin: "key" });
  return undefined;
}

/** What concerns tests, with numbers of its own. */
function actOnTests(world: World, random: Random): void {
  const choice = random.below(12);
  if (choice < 2) return world.write("/app/main_test.go");
  if (choice === 2) return world.dispatch({ type: "tests-requested", what: "all" });
  if (choice === 3) return world.dispatch({ type: "tests-requested", what: "failed" });
  return undefined;
}

function simulate(seed: number): void {
  const random = seeded(seed);
  const stopOnError = random.once(10);
  const restart: Settings["restart"] = random.once(3) ? "on-crash" : "never";
  const rules = random.once(2) ? [generator] : [];
  const attached = random.once(2);
  // The build command may be of a kind that could write sources, which takes another path.
  const classify = { ...plainSettings.classify, buildWritesSources: random.once(4) };
  const own = seeded(seed + 3e6);
  const testing = own.once(2);
  const mode = own.once(2) ? "gate" : "watch";
  const tests = testing ? { tests: { mode, coverage: 0, record: own.once(2) } as const } : {};
  const tidy = random.once(2) ? "auto" : "ask";
  const modules = { download: random.once(2), tidy } as const;
  // With numbers of its own: a history is the same whether or not swaps have to be asked for.
  const automatic = !seeded(seed + 1e6).once(4);
  const swap = { ...plainSettings.swap, automatic };
  const common = { ...plainSettings, classify, restart, rules, modules, swap, ...tests };
  const settings: Settings = { ...common, stopOnError: automatic && stopOnError };
  const locks = attached && random.once(3);
  const debugged = !attached && seeded(seed + 2e6).once(4);
  const world = new World(random, settings, { attached, locks, debugged });
  world.flaky = random.once(2);
  world.tests.flaky = own.once(2);
  const steps = 1 + random.below(12);
  for (let step = 0; step < steps; step += 1) {
    world.runUntil(world.now + random.below(random.once(3) ? 8000 : 400));
    act(world, random);
    if (testing) actOnTests(world, own);
  }
  if (random.once(4)) return leave(world, random);
  world.flaky = false;
  world.tests.flaky = false;
  // A file that changes in one build after the other counts as written by them: the last save is none of these.
  if (classify.buildWritesSources) world.runUntil(world.now + 2000);
  const untidy = random.once(3);
  world.save(untidy ? "untidy" : "good");
  world.runUntil(world.now + 20_000);
  if (untidy && tidy === "ask") world.dispatch({ type: "fix-requested", origin: "key" });
  world.runUntil(world.now + 20_000);
  swapIfAsked(world);
  assert.ok(world.isNewest(), "the last good save is not live");
  assert.equal(world.state.red, null, "a failure is shown though all is well");
  assert.equal(world.busy, false, "a build still runs");
  assert.equal(world.aliveCount, 1, "not exactly one process serves");
  world.timeline.checkSettled(servingVersion(world.state.fleet)?.generation ?? null);
  assert.equal(world.held, null, "clients are told that nothing is alive");
  assert.doesNotMatch(world.labelOfServing, /stale|^$/, "what serves calls itself stale");
  const before = world.builds;
  world.saveGeneratorInput();
  world.runUntil(world.now + 20_000);
  assert.equal(world.builds - before, rules.length, "a generator did not lead to one build");
  world.dispatch({ type: "wait-requested", request: 1000 });
  world.runUntil(world.now + 100);
  if (!automatic && rules.length > 0) {
    assert.equal(world.verdicts.at(-1)?.verdict.type, "waiting", "a build did not wait");
    swapIfAsked(world);
    world.dispatch({ type: "wait-requested", request: 1001 });
    world.runUntil(world.now + 100);
  }
  assert.equal(world.verdicts.at(-1)?.verdict.type, "live", "a wait was not answered");
  direct += world.directBuilds;
  if (testing) testRuns += world.tests.runs;
  const runs = world.tests.runs;
  world.write("/app/main_test.go");
  world.runUntil(world.now + 20_000);
  const expected = world.tests.runs - runs;
  assert.equal(
    expected,
    testing ? 1 : 0,
    "a change of a test did not run tests, or more than once",
  );
  return leave(world, random);
}

/** Where swaps are asked for, the newest build waits for it and needs no other build. */
function swapIfAsked(world: World): void {
  const { settings, fleet } = world.state;
  if (settings.swap.automatic !== false) return;
  if (fleet.waiting === null) {
    assert.ok(world.isNewest(), "the newest save neither serves nor waits");
    return;
  }
  assert.ok(world.isNewest(fleet.waiting.target.version), "what waits is not the newest save");
  const { builds } = world;
  world.dispatch({ type: "swap-requested", origin: "control" });
  world.runUntil(world.now + 20_000);
  assert.equal(world.builds, builds, "what had been built was built again");
  assert.equal(world.state.fleet.waiting, null, "something still waits");
}

function leave(world: World, random: Random): void {
  world.dispatch({ type: "quit-requested", exitCode: 0 });
  if (random.once(3)) world.dispatch({ type: "quit-requested", exitCode: 0 });
  world.runUntil(world.now + 20_000);
  assert.equal(world.exitCode, 0, "gust did not leave");
  assert.equal(world.aliveCount, 0, "a process was left behind");
  assert.equal(world.busy, false, "a build was left behind");
}

let direct = 0;
let testRuns = 0;

test(`in ${histories} random histories the last good save ends live and nothing is left behind`, () => {
  for (let seed = 1; seed <= histories; seed += 1) {
    try {
      simulate(seed);
    } catch (error) {
      const reason = error instanceof Error ? error.stack : String(error);
      throw new Error(`seed ${seed}: ${reason}`, { cause: error });
    }
  }
  assert.ok(direct > histories / 2, `only ${direct} builds were direct`);
  assert.ok(testRuns > histories / 2, `only ${testRuns} runs of tests`);
});

/** What can be saved without any moment in which nothing serves. */
const gapless: readonly Quality[] = ["good", "good", "red", "crash-at-start", "hang", "stubborn"];

test("a program that takes part serves without a gap, whatever is saved but crashes later", () => {
  for (let seed = 1; seed <= histories / 4; seed += 1) {
    const random = seeded(seed);
    let up = false;
    const world: World = new World(random, plainSettings, {
      attached: true,
      record: (before) => {
        const serves = before.fleet.instances.some((one) => one.status.type === "ready");
        assert.ok(serves || !up, `seed ${seed}: nothing served`);
        up ||= serves;
      },
    });
    for (let step = 0; step < 12; step += 1) {
      world.runUntil(world.now + random.below(random.once(3) ? 8000 : 400));
      if (step === 0) world.runUntil(world.now + 3000);
      if (random.once(5)) world.saveTemplate();
      else world.save(gapless[random.below(gapless.length)] ?? "good");
    }
    world.runUntil(world.now + 40_000);
  }
});
