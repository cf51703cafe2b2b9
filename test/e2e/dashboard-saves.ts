import type { Save, SavePhase } from "../../src/core/dashboard.ts";
import type { Cause } from "../../src/core/notice.ts";
import type { ShownFailure } from "../../src/core/shown-failure.ts";

/*
 * Saves of a made-up program, the same each time.
 */

export const root = "/home/ana/guestbook";
/** The moment at which it stands still. */
export const moment = Date.UTC(2026, 4, 12, 10, 30, 0);
export const modulePath = "example.com/guestbook";

/** Saves up to generation `count`, the newest first. */
export function savesOf(count: number, seed: number): readonly Save[] {
  const next = chance(seed);
  const saves: Save[] = [];
  for (let generation = 1; generation <= count; generation += 1) {
    const at = moment - 200_000 - (count - generation) * 71_000;
    saves.unshift(saveOf({ generation, count, at }, next));
  }
  return saves;
}

function saveOf(
  { generation, count, at }: { generation: number; count: number; at: number },
  next: () => number,
): Save {
  const first = generation === 1;
  const last = generation === count;
  const dice = next();
  const outcome: Save["outcome"] =
    first || last || dice < 0.8
      ? "live"
      : dice < 0.88
        ? "failed"
        : dice < 0.94
          ? "superseded"
          : "nothing";
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
  const end = phases.at(-1);
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
    totalMs: (end?.startMs ?? 0) + (end?.durationMs ?? 0),
    downtimeMs: outcome === "live" ? 0 : null,
    failure: outcome === "failed" ? crashFailure() : null,
    route:
      outcome === "nothing" ? null : first ? "go: the first build" : "direct: 2 packages compiled",
  };
}

export function phasesOf(list: readonly (readonly [string, number])[]): readonly SavePhase[] {
  let startMs = 0;
  return list.map(([name, durationMs]) => {
    const phase = { name, startMs, durationMs };
    startMs += durationMs;
    return phase;
  });
}

export function editCause(): Cause {
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

/** Numbers that look like chance and are the same each time. */
export function chance(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}
