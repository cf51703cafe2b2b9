import type { Failure } from "../../src/core/failure.ts";
import type { Cause, Notice } from "../../src/core/notice.ts";
import type { TestReport } from "../../src/core/test-report.ts";

export type Samples = { readonly [Type in Notice["type"]]: Extract<Notice, { type: Type }> };

const cause: Cause = {
  type: "files",
  files: [{ path: "/app/main.go", kind: "go", change: "modified" }],
  count: 1,
};
const red: Failure = {
  code: "BUILD_FAILED",
  message: "build failed",
  hint: "declare it",
  diagnostics: [
    { file: "/app/store.go", line: 2, column: 2, message: "undefined: x", own: true },
    { file: "/go/pkg/dep.go", line: 9, column: 0, message: "bad\nvery bad", own: false },
  ],
};
const crash: Failure = {
  code: "CRASHED",
  message: "exit code 2",
  seen: "listening\n\u{1b}[31mpanic: boom\u{1b}[0m\n",
  crash: {
    kind: "panic",
    message: "panic: boom",
    frame: { function: "main.handle", file: "/app/store.go", line: 2 },
  },
};

const report: TestReport = {
  passed: 1,
  failed: 1,
  skipped: 0,
  packages: 1,
  durationMs: 412,
  results: [
    {
      package: "app/store",
      name: "TestGet",
      outcome: "failed",
      durationMs: 30,
      failure: {
        message: "Get() = 1; want 2",
        place: { file: "/app/store/store_test.go", line: 12 },
        difference: { want: "2", got: "1" },
        output: "    store_test.go:12: Get() = 1; want 2\n",
      },
    },
    { package: "app/store", name: "TestPut", outcome: "passed", durationMs: 10, failure: null },
  ],
  broken: [],
  coverage: [{ package: "app/store", covered: 3, statements: 4 }],
  meanwhile: [],
};

/** One of each: a notice that is missing here does not compile. */
export const samples: Samples = {
  "build-started": {
    type: "build-started",
    generation: 13,
    cause,
    lead: [{ name: "classify", durationMs: 4 }],
  },
  "build-cancelled": { type: "build-cancelled", generation: 13 },
  built: {
    type: "built",
    generation: 12,
    route: { type: "direct", packages: 1, preloaded: true },
    phases: [],
  },
  prepared: { type: "prepared", outcome: { type: "ready", packages: 3 } },
  "awaiting-swap": {
    type: "awaiting-swap",
    generation: 14,
    build: 14,
    cause,
    lead: [{ name: "classify", durationMs: 4 }],
    phases: [{ name: "build", durationMs: 251 }],
    totalMs: 262,
    serving: 12,
  },
  linker: { type: "linker", outcome: { type: "preloaded" } },
  live: {
    type: "live",
    generation: 12,
    build: 12,
    cause,
    lead: [{ name: "classify", durationMs: 4 }],
    swapMs: 3,
    phases: [
      { name: "compile", durationMs: 61.3 },
      { name: "link", durationMs: 190 },
      { name: "start", durationMs: 1220 },
    ],
    totalMs: 318,
    pid: 41,
    addresses: [{ network: "tcp", address: "0.0.0.0:8080" }],
    missing: [],
    opened: [],
    downtimeMs: 0,
  },
  failed: {
    type: "failed",
    generation: 13,
    cause,
    lead: [{ name: "classify", durationMs: 4 }],
    totalMs: 251,
    failure: red,
    serving: 12,
    phases: [],
  },
  warned: { type: "warned", generation: 13, failure: { code: "IO_FAILED", message: "no space" } },
  "tests-started": {
    type: "tests-started",
    generation: 12,
    gate: false,
    summary: {
      tests: 2,
      known: 40,
      packages: 1,
      names: ["TestGet", "TestPut"],
      reasons: [
        { reason: { type: "reached", function: "(*Store).Get", package: "app/store" }, tests: 2 },
      ],
    },
  },
  "tests-cancelled": { type: "tests-cancelled", generation: 12 },
  "tests-finished": { type: "tests-finished", generation: 12, gate: false, report },
  "tests-recorded": {
    type: "tests-recorded",
    outcome: { type: "recorded", tests: 40, failed: ["app/store.TestOld"] },
  },
  "tests-unknown": {
    type: "tests-unknown",
    failure: { code: "TESTS_UNKNOWN", message: "go list -test failed" },
  },
  "rolled-back": { type: "rolled-back", from: 13, to: 12, why: "crashed" },
  finished: { type: "finished", generation: 13, totalMs: 25 },
  crashed: { type: "crashed", generation: 13, failure: crash, restartMs: 1000 },
  stopped: {
    type: "stopped",
    generation: 11,
    ms: 5000,
    forced: true,
    drain: {
      moved: 3,
      closed: 0,
      cut: 1,
      goroutines: [{ count: 2, function: "main.poll", file: "/app/poll.go", line: 9 }],
      descriptors: 12,
    },
  },
  "state-news": {
    type: "state-news",
    generation: 12,
    news: {
      phase: "load",
      kept: ["hits", "sessions"],
      restored: ["hits"],
      lossy: [],
      changed: ["sessions"],
      unsaved: [{ name: "tree", reason: "it has a cycle" }],
      dropped: [],
      bytes: 120,
    },
  },
  told: {
    type: "told",
    generation: 12,
    told: { ready: true, stopping: false, status: "3 of 4 shards are loaded" },
  },
  "handoff-chosen": {
    type: "handoff-chosen",
    generation: 12,
    why: "it waits for the lock of /app/data.db",
  },
  "ends-at-once": {
    type: "ends-at-once",
    generation: 11,
    signal: "SIGTERM",
    main: { function: "main.main", file: "/app/main.go", line: 30 },
  },
  "held-back": {
    type: "held-back",
    generation: 13,
    serving: 12,
    place: { function: "main.handle", file: "/app/store.go", line: 2 },
  },
  "killed-leftovers": { type: "killed-leftovers", generation: 11, count: 2 },
  ignored: { type: "ignored", files: [{ path: "/app/.main.go.swp", reason: "editor file" }] },
  "nothing-to-do": { type: "nothing-to-do", cause, generation: null, reason: "only tests changed" },
  "rule-started": { type: "rule-started", rule: "templ" },
  "rule-finished": { type: "rule-finished", rule: "templ", durationMs: 80 },
  "fetch-started": { type: "fetch-started", total: 3, first: "example.com/words v1.2.0" },
  "fetch-finished": { type: "fetch-finished", count: 3, durationMs: 1200 },
  "fix-started": {
    type: "fix-started",
    command: ["mod", "tidy"],
    auto: true,
    why: "go.sum does not know example.com/words",
  },
  "fix-finished": {
    type: "fix-finished",
    command: ["mod", "tidy"],
    durationMs: 310,
    said: ["go: warning: example.com/words@v1.2.0: retracted by module author"],
  },
  rescanned: { type: "rescanned", reason: "events were lost", found: 3 },
  "graph-failed": {
    type: "graph-failed",
    failure: { code: "GRAPH_FAILED", message: "go list failed" },
  },
  paused: { type: "paused" },
  resumed: { type: "resumed" },
  "config-reloaded": { type: "config-reloaded" },
  "config-rejected": {
    type: "config-rejected",
    failure: { code: "CONFIG_INVALID", message: "gust.toml:3: unknown key `delai`" },
  },
  refused: { type: "refused", failure: { code: "NO_SUCH_BUILD", message: "no build #3" } },
  stopping: { type: "stopping", generation: 12 },
};
