import assert from "node:assert/strict";
import { test } from "node:test";
import type { Phase } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Notice } from "./notice.ts";
import { type Bar, MOST_BARS, type Timeline, noTimeline, tellTimeline } from "./timeline.ts";

type Told = readonly (readonly [at: number, notice: Notice])[];

/** What is told at which time, and the bars that come of it, the newest first. */
function check(told: Told, expected: readonly string[]): void {
  assert.deepEqual(timelineOf(told).bars.map(show), expected);
}

const timelineOf = (told: Told): Timeline =>
  told.reduce((timeline, [at, notice]) => tellTimeline(timeline, notice, at), noTimeline);

function show({ generation, outcome, totalMs, phases, failure, downtimeMs }: Bar): string {
  const total = totalMs === null ? "" : ` in ${totalMs}`;
  const down = downtimeMs === null || downtimeMs === 0 ? "" : ` down ${downtimeMs}`;
  const why = failure === null ? "" : ` (${failure.code})`;
  const parts = phases.map(({ name, startMs, durationMs }) => `${name} ${startMs}+${durationMs}`);
  return `#${generation} ${outcome}${total}${down}${why}: ${parts.join(", ")}`;
}

const phasesOf = (text: string): readonly Phase[] =>
  text === ""
    ? []
    : text.split(", ").map((one) => {
        const [name = "", ms = ""] = one.split(" ");
        return { name, durationMs: Number(ms) };
      });

const cause = { type: "first" } as const;

const started = (generation: number, lead = "classify 4, watch 6"): Notice => ({
  type: "build-started",
  generation,
  cause,
  lead: phasesOf(lead),
});

const built = (generation: number, phases: string): Notice => ({
  type: "built",
  generation,
  route: { type: "direct", packages: 1, preloaded: true },
  phases: phasesOf(phases),
});

const live = (
  generation: number,
  phases: string,
  more: Partial<Extract<Notice, { type: "live" }>> = {},
): Notice => ({
  type: "live",
  generation,
  build: generation,
  cause,
  lead: [],
  phases: phasesOf(phases),
  totalMs: 100,
  swapMs: 0,
  pid: 1,
  addresses: [],
  missing: [],
  opened: [],
  downtimeMs: 0,
  ...more,
});

const failure: Failure = { code: "BUILD_FAILED", message: "no" };

const failed = (
  generation: number,
  phases: string,
  totalMs: number,
  code = failure.code,
): Notice => ({
  type: "failed",
  generation,
  cause,
  failure: { code, message: "no" },
  serving: null,
  lead: [],
  phases: phasesOf(phases),
  totalMs,
});

const stopped = (generation: number): Notice => ({
  type: "stopped",
  generation,
  ms: 5,
  forced: false,
  drain: { moved: 0, closed: 0, cut: 0, goroutines: [], descriptors: null },
});

const waits = (generation: number, totalMs: number): Notice => ({
  type: "awaiting-swap",
  generation,
  build: generation,
  cause,
  lead: [],
  phases: phasesOf("build 30"),
  totalMs,
  serving: 1,
});

const first: Told = [
  [1010, started(1)],
  [1060, built(1, "build 48, check 1")],
  [1090, live(1, "build 48, check 1, start 30")],
];

test("a save is a row of phases without gaps, from its first change until it is live", () => {
  check(first.slice(0, 1), ["#1 working: classify 0+4, watch 4+6"]);
  check(first.slice(0, 2), [
    "#1 working: classify 0+4, watch 4+6, build 10+48, check 58+1, other 59+1",
  ]);
  check(first, [
    "#1 live in 90: classify 0+4, watch 4+6, build 10+48, check 58+1, other 59+1, start 60+30",
  ]);
});

test("the change of who accepts is a phase of its own, and what drains comes after it", () => {
  const swap = live(2, "compile 20, link 30, start 30", { swapMs: 3 });
  const saves: Told = [
    ...first,
    [2010, started(2, "classify 10")],
    [2060, built(2, "compile 20, link 30")],
    [2090, swap],
  ];
  const bar = "classify 0+10, compile 10+20, link 30+30, start 60+27, swap 87+3";
  check(saves.slice(-3), [`#2 live in 90: ${bar}`]);
  const drained: Told = [...saves, [2500, stopped(1)]];
  assert.equal(
    show(timelineOf(drained).bars[0] ?? assert.fail()),
    `#2 live in 90: ${bar}, drain 90+410`,
  );
});

test("where one ends before the next begins, that is a phase, and the time when nobody accepts", () => {
  const swap = live(2, "compile 20, link 30, start 30", { downtimeMs: 45 });
  check(
    [
      [2010, started(2, "classify 10")],
      [2060, built(2, "compile 20, link 30")],
      [2080, stopped(1)],
      [2110, swap],
    ],
    [
      "#2 live in 110 down 45: classify 0+10, compile 10+20, link 30+30, wait 60+5, stop 65+15, start 80+30",
    ],
  );
});

test("what has to wait after its build says for what, as far as it is known", () => {
  const phases = "queue 5, build 40, wait-for-api 5, test 20, start 10";
  check(
    [
      [2010, started(2, "classify 10")],
      [2060, built(2, "queue 5, build 40, wait-for-api 5")],
      [2100, live(2, phases)],
    ],
    [
      "#2 live in 100: classify 0+10, queue 10+5, build 15+40, wait-for-api 55+5, test 60+20, wait 80+10, start 90+10",
    ],
  );
});

test("a restart without a build begins with its first change", () =>
  check(
    [[2100, live(2, "start 60", { lead: phasesOf("classify 5, watch 5"), totalMs: 100 })]],
    ["#2 live in 100: classify 0+5, watch 5+5, wait 10+30, start 40+60"],
  ));

test("a build that fails, and one that a newer save makes useless", () => {
  check(
    [
      [2010, started(2)],
      [2040, failed(2, "build 30", 40)],
    ],
    ["#2 failed in 40 (BUILD_FAILED): classify 0+4, watch 4+6, build 10+30"],
  );
  check(
    [
      [2010, started(2)],
      [2040, { type: "build-cancelled", generation: 2 }],
      [2050, started(3, "classify 2, watch 48")],
    ],
    [
      "#3 working: classify 0+2, watch 2+48",
      "#2 superseded in 40: classify 0+4, watch 4+6, build 10+30",
    ],
  );
});

test("a rule that fails has no build, and its number is used again", () => {
  const rule = { ...failed(2, "", 40, "RULE_FAILED"), lead: phasesOf("classify 4, rules 36") };
  check([[2040, rule]], ["#2 failed in 40 (RULE_FAILED): classify 0+4, rules 4+36"]);
  check(
    [
      [2040, rule],
      [2100, started(2)],
    ],
    ["#2 working: classify 0+4, watch 4+6"],
  );
});

test("a version that does not come up has been started all the same", () =>
  check(
    [
      [2010, started(2)],
      [2040, built(2, "build 30")],
      [2090, failed(2, "build 30, start 45", 90, "START_EXITED")],
    ],
    [
      "#2 failed in 90 (START_EXITED): classify 0+4, watch 4+6, build 10+30, wait 40+5, start 45+45",
    ],
  ));

test("what crashes on probation was live, and what it took stays as it was", () =>
  check(
    [...first, [5000, failed(1, "build 48, check 1", 4000, "CRASHED_IN_PROBATION")]],
    [
      "#1 failed in 90 (CRASHED_IN_PROBATION): classify 0+4, watch 4+6, build 10+48, check 58+1, other 59+1, start 60+30",
    ],
  ));

test("a crash is told until it runs again, which is no save", () => {
  const crash: Told = [
    ...first,
    [5000, { type: "crashed", generation: 1, failure, restartMs: 100 }],
  ];
  const bar = "classify 0+4, watch 4+6, build 10+48, check 58+1, other 59+1, start 60+30";
  check(crash, [`#1 live in 90 (BUILD_FAILED): ${bar}`]);
  check(
    [...crash, [5200, live(1, "start 20", { totalMs: 20, cause: { type: "crash" } })]],
    [`#1 live in 90: ${bar}`],
  );
});

test("back and forth: who was live is not, and is again", () => {
  const two: Told = [
    [10, live(1, "start 10", { totalMs: 10 })],
    [30, live(2, "start 10", { totalMs: 10 })],
  ];
  const back: Told = [...two, [40, { type: "rolled-back", from: 2, to: 1, why: "requested" }]];
  check(back, ["#2 rolled-back in 10: start 0+10", "#1 live in 10: start 0+10"]);
  assert.equal(timelineOf(back).serving, 1);
  const forth: Told = [...back, [50, { type: "rolled-back", from: 1, to: 2, why: "requested" }]];
  check(forth, ["#2 live in 10: start 0+10", "#1 rolled-back in 10: start 0+10"]);
});

test("a version that had crashed runs again once one has gone back to it", () => {
  const crashed: Told = [
    [10, live(1, "start 10", { totalMs: 10 })],
    [30, live(2, "start 10", { totalMs: 10 })],
    [35, { type: "crashed", generation: 2, failure, restartMs: null }],
    [40, { type: "rolled-back", from: 2, to: 1, why: "requested" }],
  ];
  check(crashed, ["#2 rolled-back in 10 (BUILD_FAILED): start 0+10", "#1 live in 10: start 0+10"]);
  check(
    [...crashed, [50, { type: "rolled-back", from: 1, to: 2, why: "requested" }]],
    ["#2 live in 10: start 0+10", "#1 rolled-back in 10: start 0+10"],
  );
});

test("a version that waits for a swap, one that takes its place, and a swap", () => {
  const one: Told = [
    [2010, started(2)],
    [2040, built(2, "build 30")],
    [2040, waits(2, 40)],
  ];
  const bar = "classify 0+4, watch 4+6, build 10+30";
  check(one, [`#2 waiting in 40: ${bar}`]);
  check(
    [...one, [3010, started(3)], [3040, built(3, "build 30")], [3040, waits(3, 40)]],
    [`#3 waiting in 40: ${bar}`, `#2 superseded in 1040: ${bar}, other 40+1000`],
  );
  check(
    [...one, [9000, live(2, "start 50", { totalMs: 60 })]],
    [`#2 live in 7000: ${bar}, wait 40+6910, start 6950+50`],
  );
});

test("the same binary again, and a program that ends by itself", () => {
  const same: Told = [
    [2010, started(2)],
    [2040, built(2, "build 30")],
  ];
  check(
    [...same, [2040, { type: "nothing-to-do", cause, generation: 2, reason: "" }]],
    ["#2 nothing in 40: classify 0+4, watch 4+6, build 10+30"],
  );
  check(
    [...same, [2050, { type: "nothing-to-do", cause, generation: null, reason: "" }]],
    ["#2 working: classify 0+4, watch 4+6, build 10+30"],
  );
  check(
    [...same, [2090, { type: "finished", generation: 2, totalMs: 90 }]],
    ["#2 finished in 90: classify 0+4, watch 4+6, build 10+30, start 40+50"],
  );
});

test("what drains after the same binary was built again is known by its last number", () => {
  const told: Told = [
    ...first,
    [2010, started(2)],
    [2040, built(2, "build 30")],
    [2040, { type: "nothing-to-do", cause, generation: 2, reason: "" }],
    [3100, live(3, "start 20", { totalMs: 20 })],
    [3130, stopped(2)],
  ];
  const bars = timelineOf(told).bars.map(show);
  assert.equal(bars[0], "#3 live in 20: start 0+20, drain 20+30");
  assert.equal(timelineOf(told).serving, 3);
});

test("what was on its way is not any more where something newer is live", () =>
  check(
    [
      [2010, started(2)],
      [2040, built(2, "build 30")],
      [2050, started(3)],
      [2080, built(3, "build 30")],
      [2100, live(3, "build 30, start 20")],
    ],
    [
      "#3 live in 60: classify 0+4, watch 4+6, build 10+30, start 40+20",
      "#2 superseded in 100: classify 0+4, watch 4+6, build 10+30, other 40+60",
    ],
  ));

test("a build that is put right by a go command is done again under the next number", () =>
  check(
    [
      [2010, started(2)],
      [2050, started(3, "classify 4, modules 46")],
    ],
    [
      "#3 working: classify 0+4, modules 4+46",
      "#2 superseded in 50: classify 0+4, watch 4+6, other 10+40",
    ],
  ));

test("phases that say more than the time they had are cut", () =>
  check(
    [
      [2010, started(2)],
      [2040, built(2, "compile 20, link 30")],
    ],
    ["#2 working: classify 0+4, watch 4+6, compile 10+20, link 30+10"],
  ));

test("time without a name of its own is one phase", () =>
  check(
    [
      [2010, started(2)],
      [2045, built(2, "build 30")],
      [2050, failed(2, "build 30", 50)],
    ],
    ["#2 failed in 50 (BUILD_FAILED): classify 0+4, watch 4+6, build 10+30, other 40+10"],
  ));

test("the newest are kept, and what says nothing of a save changes nothing", () => {
  const many: Told = Array.from(
    { length: 250 },
    (_, index) => [index * 10, live(index + 1, "start 5")] as const,
  );
  const timeline = timelineOf(many);
  assert.equal(timeline.bars.length, MOST_BARS);
  assert.equal(timeline.bars[0]?.generation, 250);
  assert.equal(tellTimeline(timeline, { type: "paused" }, 9000), timeline);
  assert.equal(
    tellTimeline(timeline, { type: "build-cancelled", generation: 9999 }, 9000),
    timeline,
  );
});
