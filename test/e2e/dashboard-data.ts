import type {
  BuildDiff,
  Dashboard,
  GraphPackage,
  Health,
  LogLine,
  PackageGraph,
  Save,
  SavePhase,
  ServiceBoard,
} from "../../src/core/dashboard.ts";
import type { Cause } from "../../src/core/notice.ts";
import type { ShownFailure } from "../../src/core/shown-failure.ts";
import type { TestReport } from "../../src/core/test-report.ts";
import type { ToldState } from "../../src/core/told-state.ts";

/*
 * A made-up gust, the same each time: what the dashboard is tried with, and what its pictures show.
 */

export const root = "/home/ana/guestbook";
/** The moment at which it stands still. */
export const moment = Date.UTC(2026, 4, 12, 10, 30, 0);
const modulePath = "example.com/guestbook";

/** A gust with one program, whose newest save does not compile. */
export function oneService(): Dashboard {
  return dashboardOf([failingBoard("")]);
}

/** A gust with twenty of them. */
export function twentyServices(): Dashboard {
  const boards = serviceNames.map((name, index) =>
    index === 3 ? failingBoard(name) : index === 7 ? waitingBoard(name) : goodBoard(name, index),
  );
  return dashboardOf(boards);
}

export const serviceNames: readonly string[] = [
  ..."accounts api audit billing catalog checkout console delivery export gateway".split(" "),
  ..."identity import ledger mailer notify orders pricing reports search stock".split(" "),
];

function dashboardOf(services: readonly ServiceBoard[]): Dashboard {
  const about = {
    gust: "0.1.0",
    pid: 4711,
    root,
    environment: "dev",
    startedAt: moment - 5_400_000,
  };
  return { about, services, health: healthAt(0) };
}

/** A reading, `index` of them after the first. */
export function healthAt(index: number): Health {
  const wave = Math.sin(index / 5);
  return {
    at: moment + index * 2000,
    residentBytes: 71_000_000 + Math.round(4_000_000 * wave) + index * 20_000,
    heapBytes: 24_300_000,
    watchedDirs: 38,
    watchMode: "inotify",
    loopLagMs: { mean: 1.2, max: 9 + 6 * wave },
    cpu: 0.012 + 0.01 * Math.max(0, wave),
  };
}

/** A service whose newest version is live. */
export function goodBoard(name: string, seed = 1): ServiceBoard {
  const saves = savesOf(40, seed);
  const newest = saves[0]?.generation ?? 0;
  return {
    name,
    main: name === "" ? modulePath : `${modulePath}/cmd/${name}`,
    state: stateOf({ newest, serving: newest, port: 8080 + seed }),
    liveSince: moment - 191_000,
    activeSince: null,
    failure: null,
    saves,
    builds: keptOf(saves, newest),
    tests: null,
    drain: null,
  };
}

/** A service whose newest save does not compile; an earlier version serves. */
export function failingBoard(name: string): ServiceBoard {
  const earlier = savesOf(59, 1);
  const serving = earlier[0]?.generation ?? 0;
  const newest = serving + 1;
  const failed: Save = {
    generation: newest,
    at: moment - 14_000,
    cause: editCause(),
    outcome: "failed",
    phases: phasesOf([
      ["watch", 4],
      ["classify", 3],
      ["plan", 6],
      ["compile", 88],
    ]),
    totalMs: 101,
    downtimeMs: null,
    failure: compileFailure(),
    route: "direct: 2 packages compiled",
  };
  return {
    ...goodBoard(name),
    state: { ...stateOf({ newest, serving, port: 8080 }), live: false, failed: newest },
    liveSince: moment - 191_000,
    failure: compileFailure(),
    saves: [failed, ...earlier],
    builds: keptOf(earlier, serving),
    tests: { running: null, report: failedReport(), generation: serving },
    drain: {
      generation: serving - 1,
      at: moment - 190_000,
      ms: 412,
      forced: false,
      report: { moved: 12, closed: 2, cut: 1, goroutines: [], descriptors: null },
      goroutines: [
        {
          count: 3,
          function: `${modulePath}/feed.(*Hub).run`,
          file: `${root}/feed/hub.go`,
          line: 41,
        },
        { count: 1, function: "main.nightly", file: `${root}/main.go`, line: 88 },
      ],
    },
  };
}

/** A service whose newest version is built, and waits until it is asked for. */
export function waitingBoard(name: string): ServiceBoard {
  const board = goodBoard(name, 7);
  const [first, ...others] = board.saves;
  if (first === undefined) return board;
  const waiting = first.generation;
  const serving = waiting - 1;
  return {
    ...board,
    state: { ...stateOf({ newest: waiting, serving, port: 8087 }), live: false, waiting },
    saves: [{ ...first, outcome: "waiting", downtimeMs: null }, ...others],
    builds: keptOf(others, serving),
  };
}

function stateOf(at: { newest: number; serving: number; port: number }): ToldState {
  const address = { network: "tcp", address: `127.0.0.1:${at.port}` } as const;
  return {
    newest: at.newest,
    live: at.newest === at.serving,
    serving: {
      generation: at.serving,
      build: at.serving,
      pid: 5200 + at.serving,
      addresses: [address],
    },
    failed: null,
    failure: null,
    waiting: null,
    held: null,
    fix: null,
    activity: "idle",
    fetching: null,
    paused: false,
    good: [at.serving],
    swap: { way: "overlap", why: null },
  };
}

/** Numbers that look like chance and are the same each time. */
function chance(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

/** Saves up to generation `count`, the newest first. */
function savesOf(count: number, seed: number): readonly Save[] {
  const next = chance(seed);
  const saves: Save[] = [];
  for (let generation = 1; generation <= count; generation += 1) {
    saves.unshift(saveOf(generation, moment - 200_000 - (count - generation) * 71_000, next));
  }
  return saves;
}

function saveOf(generation: number, at: number, next: () => number): Save {
  const first = generation === 1;
  const dice = next();
  const outcome: Save["outcome"] =
    first || dice < 0.8 ? "live" : dice < 0.88 ? "failed" : dice < 0.94 ? "superseded" : "nothing";
  const [some, more] = [next(), next()];
  const built: readonly (readonly [string, number])[] = first
    ? [["build", 3900]]
    : [
        ["plan", 5 + 4 * some],
        ["compile", 60 + 90 * more],
        ["link", 70 + 30 * some],
        ["check", 2],
      ];
  const started: readonly (readonly [string, number])[] = [
    ["start", 34 + 40 * next()],
    ["swap", 4 + 3 * some],
  ];
  const phases = phasesOf([
    ["watch", 3 + 4 * more],
    ["classify", 2 + 3 * some],
    ...(dice > 0.75 && dice < 0.8 ? ([["rules", 46]] as const) : []),
    ...(outcome === "nothing" ? [] : outcome === "failed" ? built.slice(0, 2) : built),
    ...(outcome === "live" ? started : []),
  ]);
  const last = phases.at(-1);
  return {
    generation,
    at,
    cause: first
      ? { type: "first" }
      : generation % 9 === 0
        ? moduleCause()
        : plainCause(generation),
    outcome,
    phases,
    totalMs: (last?.startMs ?? 0) + (last?.durationMs ?? 0),
    downtimeMs: outcome === "live" ? 0 : null,
    failure: outcome === "failed" ? crashFailure() : null,
    route:
      outcome === "nothing" ? null : first ? "go: the first build" : "direct: 2 packages compiled",
  };
}

function phasesOf(list: readonly (readonly [string, number])[]): readonly SavePhase[] {
  let startMs = 0;
  return list.map(([name, durationMs]) => {
    const phase = { name, startMs, durationMs };
    startMs += durationMs;
    return phase;
  });
}

function keptOf(saves: readonly Save[], serving: number): ServiceBoard["builds"] {
  return saves
    .filter(({ outcome }) => outcome === "live")
    .slice(0, 8)
    .map(({ generation, at }, index) => ({
      generation,
      build: generation,
      builtAt: at,
      bytes: 9_412_608 - index * 3_712 + (index % 3) * 1_024,
      serving: generation === serving,
    }));
}

function editCause(): Cause {
  return {
    type: "files",
    count: 3,
    files: [
      {
        path: `${root}/api/entries.go`,
        kind: "go",
        change: "modified",
        edits: [
          { edit: "changed", name: "(*API).Create" },
          { edit: "added", name: "parseLimit" },
          { edit: "removed", name: "oldHelper" },
          { edit: "renamed", name: "(*API).List", from: "(*API).All" },
        ],
      },
      { path: `${root}/store/entry.go`, kind: "go", change: "created" },
      { path: `${root}/web/page.html`, kind: "embed", change: "modified" },
    ],
  };
}

function moduleCause(): Cause {
  const moduleEdits = [
    { edit: "added", name: "github.com/go-chi/chi/v5", to: "v5.1.0" },
    { edit: "changed", name: "golang.org/x/text", from: "v0.14.0", to: "v0.16.0" },
  ] as const;
  return {
    type: "files",
    count: 1,
    files: [{ path: `${root}/go.mod`, kind: "module", change: "modified", moduleEdits }],
  };
}

function plainCause(generation: number): Cause {
  const name = ["main.go", "api/entries.go", "store/store.go", "feed/hub.go"][generation % 4] ?? "";
  const edits = [{ edit: "changed", name: `handle${generation}` }] as const;
  return {
    type: "files",
    count: 1,
    files: [{ path: `${root}/${name}`, kind: "go", change: "modified", edits }],
  };
}

export function compileFailure(): ShownFailure {
  return {
    code: "BUILD_FAILED",
    message: "api does not compile: 2 errors",
    seen: [],
    hint: "The package golang.org/x/time/rate is missing in go.mod.",
    fix: ["get", "golang.org/x/time/rate"],
    places: [
      {
        file: `${root}/api/entries.go`,
        name: "api/entries.go",
        line: 42,
        column: 18,
        message: "undefined: parseLimits",
        own: true,
        frame: [
          "  40 | func (a *API) Create(w http.ResponseWriter, r *http.Request) {",
          "  41 |     ctx := r.Context()",
          '> 42 |     limit, err := parseLimits(r.URL.Query().Get("limit"))',
          "     |                   ^",
          "  43 |     if err != nil {",
          "  44 |         http.Error(w, err.Error(), http.StatusBadRequest)",
        ],
      },
      {
        file: `${root}/api/limit.go`,
        name: "api/limit.go",
        line: 9,
        column: 2,
        message: "no required module provides package golang.org/x/time/rate",
        own: true,
        frame: [
          "   7 | import (",
          '   8 |     "strconv"',
          '>  9 |     "golang.org/x/time/rate"',
          "     |     ^",
          "  10 | )",
        ],
      },
    ],
  };
}

function crashFailure(): ShownFailure {
  return {
    code: "CRASHED_IN_PROBATION",
    message: "the program crashed 12 ms after it was ready",
    seen: ["panic: runtime error: index out of range [3] with length 3"],
    hint: null,
    fix: null,
    places: [
      {
        file: `${root}/store/store.go`,
        name: "store/store.go",
        line: 17,
        column: 0,
        message: "store.(*Store).Page",
        own: true,
        frame: [],
      },
    ],
  };
}

function failedReport(): TestReport {
  const names = "List Create Delete Limit Page Render Feed Broadcast Session Token".split(" ");
  return {
    passed: names.length,
    failed: 1,
    skipped: 1,
    packages: 4,
    durationMs: 640,
    results: [
      {
        package: `${modulePath}/store`,
        name: "TestPage/last",
        outcome: "failed",
        durationMs: 12,
        failure: {
          message: "Page(3) is wrong",
          place: { file: `${root}/store/store_test.go`, line: 51 },
          difference: { want: "[ana bob cleo]", got: "[ana bob]" },
          output:
            "    store_test.go:51: Page(3) is wrong\n        want: [ana bob cleo]\n        got:  [ana bob]\n",
        },
      },
      {
        package: `${modulePath}/feed`,
        name: "TestBroadcastSlow",
        outcome: "skipped",
        durationMs: 0,
        failure: null,
      },
      ...names.map((name, index) => ({
        package: `${modulePath}/${["api", "store", "feed", "web"][index % 4] ?? ""}`,
        name: `Test${name}`,
        outcome: "passed" as const,
        durationMs: 140 - index * 13,
        failure: null,
      })),
    ],
    broken: [],
    coverage: [
      { package: `${modulePath}/api`, covered: 118, statements: 142 },
      { package: `${modulePath}/store`, covered: 61, statements: 64 },
    ],
    meanwhile: [],
  };
}

/** Lines of a program's output; some in colours, as programs write them. */
export function logLines(from: number, count: number): readonly LogLine[] {
  return Array.from({ length: count }, (_, index): LogLine => {
    const id = from + index;
    const kind = id % 23;
    const at = moment - 180_000 + id * 37;
    const base = { id, at, generation: 58 + (id % 2), stream: "stdout" as const };
    if (kind === 5) {
      return { ...base, level: "warn", text: `level=WARN msg="slow query" ms=${200 + (id % 90)}` };
    }
    if (kind === 11) {
      const text = `\u{1b}[31mERROR\u{1b}[0m write tcp 127.0.0.1:8080: broken pipe (request ${id})`;
      return { ...base, stream: "stderr", level: "error", text };
    }
    if (kind === 17)
      return { ...base, level: null, text: `  -> cache ${id} \u{1b}[32mhit\u{1b}[0m` };
    const text = `level=INFO msg="GET /entries" status=200 ms=${3 + (id % 11)} request=${id}`;
    return { ...base, level: "info", text };
  });
}

/** The packages of a program with so many of them, in layers. */
export function graphOf(count: number): PackageGraph {
  if (count <= guestbook.length) return { packages: withRebuilds(guestbook) };
  const next = chance(count);
  const packages = Array.from({ length: count }, (_, index): Bare => {
    const below = Math.floor(index * 0.8);
    const imports = new Set<string>();
    for (let many = 0; many < 3 && below > 0; many += 1) {
      imports.add(`pkg${Math.floor(next() * below)}`);
    }
    return [`pkg${index}`, [...imports]];
  });
  return { packages: withRebuilds(packages) };
}

type Bare = readonly [name: string, imports: readonly string[]];

const guestbook: readonly Bare[] = [
  ["internal/clock", []],
  ["internal/slug", []],
  ["internal/config", []],
  ["model", ["internal/slug"]],
  ["store", ["model", "internal/clock"]],
  ["feed", ["model", "internal/clock"]],
  ["mail", ["internal/config"]],
  ["web", ["model"]],
  ["api", ["store", "feed", "web", "mail"]],
  ["cmd/guestbook", ["api", "store", "internal/config"]],
];

function withRebuilds(packages: readonly Bare[]): readonly GraphPackage[] {
  const path = (name: string): string => `${modulePath}/${name}`;
  return packages.map(([name, imports]) => {
    const rebuilt = new Set([name]);
    for (const [other, needs] of packages) {
      if (needs.some((one) => rebuilt.has(one))) rebuilt.add(other);
    }
    return {
      path: path(name),
      dir: name,
      imports: imports.map(path),
      files: 1 + (name.length % 5),
      rebuilds: [...rebuilt].map(path),
    };
  });
}

export function diffOf(from: number, to: number): BuildDiff {
  return {
    from,
    to,
    bytes: { from: 9_408_896, to: 9_412_608 },
    packages: [
      { path: `${modulePath}/api`, from: 48_120, to: 50_912 },
      { path: `${modulePath}/store`, from: 20_816, to: 21_040 },
      { path: "golang.org/x/time/rate", from: 0, to: 6_208 },
    ],
    symbols: [
      { name: `${modulePath}/api.parseLimit`, from: 0, to: 1_312, change: "added" },
      { name: `${modulePath}/api.(*API).Create`, from: 2_208, to: 3_104, change: "changed" },
      { name: `${modulePath}/api.oldHelper`, from: 640, to: 0, change: "removed" },
    ],
  };
}
