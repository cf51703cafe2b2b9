import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModuleEdit } from "../../core/module-edits.ts";
import type { Failure } from "../../core/failure.ts";
import type { Cause, Notice } from "../../core/notice.ts";
import { samples } from "../../../test/world/notice-samples.ts";
import type { Samples } from "../../../test/world/notice-samples.ts";
import { PART_COLORS } from "./style.ts";
import type { WordOptions } from "./style.ts";
import { harmless } from "./text.ts";
import { noticeWords } from "./words.ts";

const plain: WordOptions = {
  colors: false,
  columns: null,
  verbose: false,
  root: "/app",
  airWords: false,
  footer: true,
  partColors: PART_COLORS,
  readSource: (file) => (file === "/app/store.go" ? "package main\n\tx\n}\n" : null),
};

function said(notice: Notice, options: WordOptions): string {
  return noticeWords(notice, options)
    .map((line) => line.text)
    .join("\n");
}

test("every notice has its words", () => {
  const check = (type: Notice["type"], expected: string): void => {
    assert.equal(said(samples[type], plain), expected);
    checked.add(type);
  };
  const checked = new Set<string>();
  check("build-started", "");
  check("build-cancelled", "");
  check("built", "");
  check("prepared", "");
  check("linker", "");
  check("live", "#12 live in 318 ms  compile 61 · link 190 · start 1.2 s  main.go");
  check(
    "awaiting-swap",
    "#14 built and waiting in 262 ms  build 251  main.go\n  #12 serves on; r or `gust swap` makes it live",
  );
  check(
    "failed",
    [
      "#13 is not live: build failed  main.go",
      "  store.go:2:2: undefined: x",
      "      1 | package main",
      "    > 2 |     x",
      "        |     ^",
      "      3 | }",
      "  /go/pkg/dep.go:9: bad",
      "      very bad",
      "  hint: declare it",
      "  #12 serves on",
    ].join("\n"),
  );
  check("warned", "#13 warning: no space");
  check("rolled-back", "rolled back to #12  #13 crashed");
  check("tests-started", "2 of 40 tests: (*Store).Get has changed");
  check("tests-cancelled", "");
  check(
    "tests-finished",
    [
      "1 test failed, 1 passed in 412 ms",
      "  FAIL TestGet  30 ms  store/store_test.go:12",
      "       Get() = 1; want 2",
      "       - 2",
      "       + 1",
      "  75.0% of app/store is covered",
    ].join("\n"),
  );
  check("tests-recorded", "app/store.TestOld fails");
  check("tests-unknown", "tests not run: go list -test failed");
  check("fetch-started", "");
  check("fetch-finished", "fetched 3 modules in 1.2 s");
  check("fix-started", "go mod tidy runs by itself: go.sum does not know example.com/words");
  check(
    "fix-finished",
    "go mod tidy done in 310 ms\n  go: warning: example.com/words@v1.2.0: retracted by module author",
  );
  check("finished", "#13 finished in 25 ms");
  check(
    "crashed",
    [
      "#13 ended: exit code 2",
      "  panic: boom",
      "  at main.handle store.go:2",
      "      1 | package main",
      "    > 2 |     x",
      "      3 | }",
      "  started again in 1.0 s",
    ].join("\n"),
  );
  check(
    "stopped",
    [
      "#11 did not stop in 5.0 s and was killed, 3 connections moved, 1 connection cut, 12 files open",
      "  2 goroutines in main.poll poll.go:9",
    ].join("\n"),
  );
  check(
    "state-news",
    [
      "#12 state: sessions has another type and starts anew",
      "#12 state: tree does not travel: it has a cycle",
    ].join("\n"),
  );
  check("told", "#12 says: 3 of 4 shards are loaded");
  check(
    "handoff-chosen",
    [
      "#12 two versions cannot run at once: it waits for the lock of /app/data.db",
      "  from now on the old one ends first, while clients wait (run.swap = handoff)",
    ].join("\n"),
  );
  check(
    "ends-at-once",
    "#11 ends at once on SIGTERM: it never calls Shutdown; main is in main.main main.go:30",
  );
  check(
    "held-back",
    "#13 waits: #12 is stopped in the debugger at store.go:2, and replaced when it goes on",
  );
  check("killed-leftovers", "#11 left 2 processes behind, killed");
  check("ignored", "");
  check("nothing-to-do", "main.go: only tests changed");
  check("rule-started", "");
  check("rule-finished", "templ done in 80 ms");
  check("rescanned", "looked at everything again (events were lost): 3 files changed");
  check("graph-failed", "packages not read: go list failed");
  check("paused", "paused: saves are collected, nothing is built");
  check("resumed", "goes on");
  check("config-reloaded", "configuration read again");
  check(
    "config-rejected",
    "configuration not read: gust.toml:3: unknown key `delai`\n  the earlier configuration stays",
  );
  check("refused", "not done: no build #3");
  check("stopping", "stopping #12  Ctrl-C forces");
  assert.deepEqual([...checked].toSorted(), Object.keys(samples).toSorted());
});

test("verbose mode says what was ignored, dropped and stopped", () => {
  checkVerbose(samples["build-started"], "#13 building  main.go");
  checkVerbose(samples["build-cancelled"], "#13 dropped: a newer save came");
  checkVerbose(samples.ignored, "ignored .main.go.swp: editor file");
  checkVerbose(samples["rule-started"], "templ runs");
  const clean = { moved: 2, closed: 1, cut: 0, goroutines: [], descriptors: null };
  const stopped = { ...samples.stopped, forced: false, ms: 12, drain: clean };
  checkVerbose(stopped, "#11 stopped in 12 ms, 2 connections moved, 1 stream closed in order");
  checkVerbose(
    { ...samples.rescanned, found: 0 },
    "looked at everything again (events were lost): nothing changed",
  );
  checkVerbose(
    { ...samples.live, phases: [] },
    "#12 live in 318 ms  main.go  http://localhost:8080  pid 41",
  );
});

test("verbose mode says who has built, and why", () => {
  const { built, prepared, linker } = samples;
  checkVerbose(built, "#12 built directly, 1 package compiled, linked by the linker that waited");
  checkVerbose(
    { ...built, route: { type: "direct", packages: 2, preloaded: false } },
    "#12 built directly, 2 packages compiled",
  );
  checkVerbose(linker, "a linker has loaded all packages but yours, and waits for the next save");
  checkVerbose(
    { ...linker, outcome: { type: "not-preloaded", reason: "debug information is kept" } },
    "no linker waits for saves: debug information is kept",
  );
  const route = { type: "go", reason: "go.mod has changed" } as const;
  checkVerbose({ ...built, route }, "#12 built by the go command: go.mod has changed");
  checkVerbose({ ...built, route: { type: "foreign" } }, "#12 built");
  checkVerbose(prepared, "saves in 3 packages are built directly from now on");
  checkVerbose(
    { ...prepared, outcome: { type: "checked", packages: 1 } },
    "go compiles to the same what was built directly (1 package)",
  );
  checkVerbose(
    { ...prepared, outcome: { type: "outdated", reason: "a.go has changed unseen" } },
    "the next save is built by the go command: a.go has changed unseen",
  );
  checkVerbose(
    { ...prepared, outcome: { type: "doubtful", package: "example.com/a" } },
    "go compiles example.com/a to something else: it is built again",
  );
  checkVerbose(
    { ...prepared, outcome: { type: "impossible", reason: "pre_cmd may write sources" } },
    "saves are built by the go command: pre_cmd may write sources",
  );
});

test("the words of a live version follow what it is and why it came", () => {
  checkLive({ cause: { type: "first" } }, "#12 live in 318 ms  http://localhost:8080");
  checkLive({ cause: { type: "request", origin: "key" } }, "#12 live in 318 ms  asked for by key");
  const control = { type: "request", origin: "control" } as const;
  checkLive({ cause: control }, "#12 live in 318 ms  asked for by gust swap");
  checkLive({ cause: { ...control, fix: true } }, "#12 live in 318 ms  asked for by gust fix");
  const browser = { type: "request", origin: "browser" } as const;
  checkLive({ cause: browser }, "#12 live in 318 ms  asked for by the dashboard");
  checkLive({ cause: { type: "crash" } }, "#12 live in 318 ms  after a crash");
  checkLive({ build: 9 }, "#12 live in 318 ms  build #9 again  main.go");
  checkLive({ downtimeMs: 22 }, "#12 live in 318 ms  down 22  main.go");
  checkLive(
    { missing: [{ network: "tcp", address: "127.0.0.1:9090" }] },
    "#12 live in 318 ms  main.go\n  no longer listens on tcp 127.0.0.1:9090",
  );
  const files = ["a.go", "b.go", "c.go", "d.go"].map((name) => ({
    path: `/app/${name}`,
    kind: "go" as const,
    change: "removed" as const,
  }));
  checkLive(
    { cause: { type: "files", files, count: 40 } },
    "#12 live in 318 ms  a.go removed, b.go removed, c.go removed +37",
  );
  checkLive(
    {
      cause: {
        type: "files",
        files: [{ path: "/lib/x.go", kind: "go", change: "created" }],
        count: 1,
      },
    },
    "#12 live in 318 ms  /lib/x.go new",
  );
});

test("a change of module files is told by what it says", () => {
  const bumped: ModuleEdit = { edit: "changed", name: "a.b/z", from: "v1.0.0", to: "v1.1.0" };
  checkModules("go.mod", [added("a.b/y"), bumped], "go.mod: + a.b/y v1.2.0, a.b/z v1.0.0 → v1.1.0");
  checkModules(
    "go.mod",
    [{ edit: "removed", name: "a.b/y", from: "v1.0.0" }],
    "go.mod: − a.b/y v1.0.0",
  );
  checkModules(
    "go.mod",
    ["a", "b", "c", "d", "e"].map(added),
    "go.mod: + a v1.2.0, + b v1.2.0, + c v1.2.0, +2 more",
  );
  checkModules("go.work", [{ edit: "added", name: "use ./lib" }], "go.work: + use ./lib");
  checkModules(
    "go.sum",
    [
      { edit: "added", name: "sum of a.b/y v1.2.0" },
      { edit: "added", name: "sum of a.b/y v1.2.0/go.mod" },
    ],
    "go.sum: 2 checksums",
  );
  checkModules("go.mod", [], "go.mod");
});

test("a failure tells who serves instead, and what was seen when there are no positions", () => {
  const failure: Failure = { code: "START_EXITED", message: "exited with code 1" };
  checkFailed(
    { failure, serving: null },
    "#13 is not live: exited with code 1  main.go\n  nothing runs; the next good save starts it",
  );
  const seen = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
  const tail = Array.from({ length: 20 }, (_, index) => `  │ line ${index + 10}`).join("\n");
  checkFailed(
    { failure: { ...failure, seen } },
    `#13 is not live: exited with code 1  main.go\n  │ 10 lines above\n${tail}\n  #12 serves on`,
  );
  const diagnostics = Array.from({ length: 12 }, (_, index) => ({
    file: "/app/a.go",
    line: index + 1,
    column: 1,
    message: "bad",
    own: true,
  }));
  const shown = diagnostics.slice(0, 10).map(({ line }) => `  a.go:${line}:1: bad`);
  checkFailed(
    { failure: { ...failure, diagnostics } },
    [
      "#13 is not live: exited with code 1  main.go",
      ...shown,
      "  and 2 errors more",
      "  #12 serves on",
    ].join("\n"),
  );
});

test("the words of air come where its configuration is used", () => {
  checkAir(samples["build-started"], "main.go has changed\nbuilding...");
  checkAir({ ...samples["build-started"], cause: { type: "first" } }, "building...");
  checkAir(samples.stopping, "cleaning...");
  checkAir(samples.live, said(samples.live, plain));
});

test("colours change nothing but the colours, and a narrow terminal loses no words", () => {
  for (const notice of Object.values(samples)) {
    const options = { ...plain, verbose: true };
    const coloured = noticeWords(notice, { ...options, colors: true });
    assert.equal(coloured.map((line) => harmless(line.text)).join("\n"), said(notice, options));
    const narrow = noticeWords(notice, { ...options, columns: 24 });
    assert.equal(
      squeezed(narrow.map((line) => line.text).join("")),
      squeezed(said(notice, options)),
    );
  }
});

test("names and messages from outside cannot reach the terminal as commands", () => {
  const evil = "\u{1b}[2Jx\n\u{9b}2J";
  const failure: Failure = {
    code: "BUILD_FAILED",
    message: evil,
    hint: evil,
    diagnostics: [{ file: `/app/${evil}`, line: 1, column: 1, message: evil, own: true }],
    crash: {
      kind: "panic",
      message: evil,
      frame: { function: evil, file: evil, line: 1 },
    },
  };
  const notices: readonly Notice[] = [
    { ...samples.failed, failure },
    { ...samples.crashed, failure: { code: "CRASHED", message: "exit", seen: evil } },
    { ...samples["rule-finished"], rule: evil },
    { ...samples["nothing-to-do"], reason: evil },
    { ...samples.ignored, files: [{ path: evil, reason: evil }] },
    { ...samples.built, route: { type: "go", reason: evil } },
    { ...samples.prepared, outcome: { type: "impossible", reason: evil } },
    { ...samples.prepared, outcome: { type: "doubtful", package: evil } },
    { ...samples.linker, outcome: { type: "not-preloaded", reason: evil } },
  ];
  for (const notice of notices) {
    for (const line of noticeWords(notice, { ...plain, verbose: true })) {
      assert.doesNotMatch(line.text, /\p{Cc}/u);
    }
  }
});

function checkVerbose(notice: Notice, expected: string): void {
  assert.equal(said(notice, { ...plain, verbose: true }), expected);
}

function checkLive(changed: Partial<Samples["live"]>, expected: string): void {
  assert.equal(said({ ...samples.live, phases: [], ...changed }, plain), expected);
}

function checkFailed(changed: Partial<Samples["failed"]>, expected: string): void {
  assert.equal(said({ ...samples.failed, ...changed }, plain), expected);
}

function checkAir(notice: Notice, expected: string): void {
  assert.equal(said(notice, { ...plain, airWords: true }), expected);
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

function checkModules(name: string, moduleEdits: readonly ModuleEdit[], expected: string): void {
  const file = { path: `/app/${name}`, kind: "module", change: "modified", moduleEdits } as const;
  const cause: Cause = { type: "files", files: [file], count: 1 };
  checkLive({ cause }, `#12 live in 318 ms  ${expected}`);
}

const added = (path: string): ModuleEdit => ({ edit: "added", name: path, to: "v1.2.0" });
