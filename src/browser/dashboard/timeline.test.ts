import assert from "node:assert/strict";
import { test } from "node:test";
import { failingBoard } from "../../../test/e2e/dashboard-worlds.ts";
import { phasesOf } from "../../../test/e2e/dashboard-saves.ts";
import type { Save } from "../../core/dashboard.ts";
import { sparklineOf } from "./sparkline.ts";
import { paceOf, phaseClass, pitch, timelineOf } from "./timeline.ts";

const saveOf = (generation: number, totalMs: number, changes: Partial<Save> = {}): Save => ({
  generation,
  at: generation,
  cause: { type: "crash" },
  outcome: "live",
  phases: phasesOf([
    ["compile", totalMs / 2],
    ["start", totalMs / 2],
  ]),
  totalMs,
  downtimeMs: 0,
  failure: null,
  route: null,
  ...changes,
});

test("bars stand in the order of their saves, their phases on each other, none beside the chart", () => {
  const { bars, width } = timelineOf(failingBoard("").saves, 100);
  assert.equal(bars.length, 60);
  assert.equal(width, 60 * pitch);
  assert.deepEqual([bars[0]?.save.generation, bars[59]?.save.generation], [1, 60]);
  for (const { segments } of bars) {
    let top = 100;
    for (const { y, height } of segments) {
      assert.ok(y >= 0 && height > 0, "within the chart");
      assert.ok(Math.abs(y + height - top) < 0.001, "one begins where the one before ends");
      top = y;
    }
  }
});

test("a bar is as high as its save was long", () => {
  const { bars, ticks } = timelineOf([saveOf(2, 100), saveOf(1, 50)], 108);
  const heights = bars.map(({ segments }) =>
    segments.reduce((sum, { height }) => sum + height, 0).toFixed(1),
  );
  assert.deepEqual(heights, ["50.0", "100.0"]);
  assert.deepEqual(
    ticks.map(({ ms, y }) => [ms, Math.round(y)]),
    [0, 50, 100].map((ms) => [ms, 108 - ms]),
  );
});

test("one that is very long is cut, and does not flatten the others", () => {
  const saves = [saveOf(4, 100), saveOf(3, 110), saveOf(2, 90), saveOf(1, 9000)];
  const { bars } = timelineOf(saves, 100);
  assert.deepEqual(
    bars.map(({ cut }) => cut),
    [true, false, false, false],
  );
  assert.ok((bars[1]?.segments.at(-1)?.y ?? 100) < 75);
});

test("without saves, and with one that has no time yet, there is a chart", () => {
  assert.deepEqual(timelineOf([], 100).bars, []);
  const [bar] = timelineOf([saveOf(1, 0, { totalMs: null, outcome: "working" })], 100).bars;
  assert.deepEqual(bar?.segments, []);
});

test("the trend needs five saves that became live, and is not bent by one slow save", () => {
  const saves = [6, 5, 4, 3, 2].map((number) => saveOf(number, number === 4 ? 150 : 100));
  assert.equal(timelineOf(saves.slice(1), 108).trend, null);
  const { trend } = timelineOf(saves, 162);
  const numbers = (trend ?? "").match(/\d+(?:\.\d+)?/g) ?? [];
  const heights = new Set(numbers.filter((_, index) => index % 2 === 1).map(Number));
  assert.deepEqual([numbers.length > 8, heights.size], [true, 1]);
});

test("how fast saves are is told by those that became live", () => {
  assert.equal(paceOf([saveOf(1, 100, { outcome: "failed" })]), null);
  assert.deepEqual(paceOf([saveOf(2, 100), saveOf(1, 9000, { cause: { type: "first" } })]), {
    typicalMs: 100,
    change: null,
  });
  const saves = Array.from({ length: 20 }, (_, index) => saveOf(20 - index, index < 10 ? 80 : 100));
  assert.equal(paceOf(saves)?.typicalMs, 80);
  assert.equal(paceOf(saves)?.change?.toFixed(2), "-0.20");
});

test("every phase has a class of the style sheet, whatever its name", () => {
  assert.equal(phaseClass("compile"), "phase-compile");
  assert.equal(phaseClass("wait for api"), "phase-wait");
  assert.equal(phaseClass('x" onclick="'), "phase-other");
});

test("a curve needs two values, and zero is at its foot", () => {
  const box = { width: 10, height: 10, least: 0 };
  assert.equal(sparklineOf([1], box), null);
  assert.equal(sparklineOf([0, 0], box)?.line, "M0,10L10,10");
  assert.equal(sparklineOf([0, 10], { ...box, least: 10 })?.most, 10);
});
