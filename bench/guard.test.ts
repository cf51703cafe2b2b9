import { deepEqual, equal } from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type GuardedProgram, lastRecorded, regressions } from "./guard.ts";

const of = (program: string, gust: number, floor: number): GuardedProgram => ({
  program,
  series: [
    { tool: "gust", answerMs: [gust, gust], downMs: [1, 1], cpuSeconds: [1, 1] },
    { tool: "floor", answerMs: [floor, floor], downMs: [1, 1], cpuSeconds: [1, 1] },
  ],
});

test("a ratio that is worse by more than a tenth is one line", () => {
  deepEqual(regressions([of("hello", 120, 100)], [of("hello", 100, 100)]), [
    "worse: hello, answer: 1.20 × floor, 1.00 in the last recorded run (+20 %)",
  ]);
});

test("a slower machine, a better ratio and a small step are no regression", () => {
  check([of("hello", 1000, 1000)], [of("hello", 100, 100)]);
  check([of("hello", 100, 100)], [of("hello", 200, 100)]);
  check([of("hello", 109, 100)], [of("hello", 100, 100)]);
});

test("what was not measured in both runs is not compared", () => {
  check([of("large", 200, 100)], [of("hello", 100, 100)]);
  check([{ program: "hello", series: [] }], [of("hello", 100, 100)]);
  check([of("hello", 200, 100)], [{ program: "hello", series: [] }]);
  check([of("hello", Number.NaN, 100)], [of("hello", 100, 100)]);
});

test("the newest record is read, with what was never answered", async () => {
  const dir = await mkdtemp(join(tmpdir(), "gust-bench-"));
  try {
    equal(await lastRecorded(join(dir, "none")), null);
    equal(await lastRecorded(dir), null);
    const series = [{ tool: "gust", answerMs: [1, null], downMs: [2], cpuSeconds: [] }];
    const text = JSON.stringify({ programs: [{ program: "hello", series }] });
    await writeFile(join(dir, "2026-01-02.json"), text);
    await writeFile(join(dir, "2026-01-01.json"), "{}");
    await writeFile(join(dir, "notes.txt"), "");
    deepEqual(await lastRecorded(dir), {
      date: "2026-01-02",
      programs: [
        {
          program: "hello",
          series: [{ tool: "gust", answerMs: [1, Number.NaN], downMs: [2], cpuSeconds: [] }],
        },
      ],
    });
  } finally {
    await rm(dir, { recursive: true });
  }
});

function check(now: readonly GuardedProgram[], last: readonly GuardedProgram[]): void {
  deepEqual(regressions(now, last), []);
}
