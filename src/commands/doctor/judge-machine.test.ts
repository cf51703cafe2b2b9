import assert from "node:assert/strict";
import { test } from "node:test";
import type { Toolchain } from "../../adapters/go/toolchain.ts";
import type { InotifyUse } from "../../adapters/machine/inotify.ts";
import type { WatchReport } from "../../engine/ports.ts";
import type { Capabilities } from "../../engine/processes.ts";
import type { Fact, FilesFact, InotifyFact } from "./facts.ts";
import { judge } from "./judge.ts";

/** One finding as a line: verdict, name, what was seen, and the hint in brackets. */
function check(fact: Fact, expected: string): void {
  const lines = judge(fact).map(
    ({ verdict, name, seen, hint }) =>
      `${verdict} ${name}: ${seen}${hint === null ? "" : ` [${hint}]`}`,
  );
  assert.deepEqual(lines, [expected]);
}

const toolchain: Toolchain = {
  go: "/usr/local/go/bin/go",
  version: "go1.26.8",
  goos: "linux",
  goarch: "arm64",
  goroot: "/usr/local/go",
  gocache: "/c",
  gomodcache: "/m",
  goflags: "",
  gomod: "/app/go.mod",
  gowork: "",
};

test("Go is named with its version and place, and its absence is a problem", () => {
  const minimum = "1.21";
  check(
    { type: "go", found: toolchain, minimum },
    "ok go: go1.26.8 for linux/arm64, /usr/local/go/bin/go (1.21 or newer is needed)",
  );
  check(
    {
      type: "go",
      minimum,
      found: {
        code: "GO_MISSING",
        message: "Go is not installed",
        seen: "PATH=/bin",
        hint: "get it",
      },
    },
    "problem go: Go is not installed [get it]",
  );
  check(
    {
      type: "go",
      minimum,
      found: {
        code: "BUILD_FAILED",
        message: "/bin/go cannot be used here",
        seen: "go.mod:3: unknown directive\nmore",
      },
    },
    "problem go: /bin/go cannot be used here: go.mod:3: unknown directive",
  );
});

test("Node is compared by its first two numbers", () => {
  const hint = "[install a newer Node from https://nodejs.org]";
  check(node("v20.19.0"), "ok node: v20.19.0 (20.19 or newer is needed)");
  check(node("v24.1.0"), "ok node: v24.1.0 (20.19 or newer is needed)");
  const old = "is older than 20.19, which gust is made for";
  check(node("v20.9.1"), `problem node: v20.9.1 ${old} ${hint}`);
  check(node("v18.30.0"), `problem node: v18.30.0 ${old} ${hint}`);
});

const all: Capabilities = {
  backend: "keeper",
  sockets: true,
  treeProof: true,
  terminal: true,
  parentDeath: true,
  loss: null,
};

test("the keeper is said to be new or cached, and what its absence costs", () => {
  const place = { path: "/c/keeper", built: true };
  check(
    { type: "keeper", capabilities: all, place },
    "ok keeper: built before, cached in /c/keeper",
  );
  check(
    { type: "keeper", capabilities: all, place: { ...place, built: false } },
    "ok keeper: built now, cached in /c/keeper",
  );
  check(
    { type: "keeper", capabilities: { ...all, sockets: false, loss: "no sockets" }, place },
    "advice keeper: built before, cached in /c/keeper; no sockets",
  );
  check(
    {
      type: "keeper",
      capabilities: { ...all, backend: "node", loss: "much is lost" },
      place: null,
    },
    "advice keeper: much is lost " +
      "[see `docs/platforms.md` for where the keeper runs; it is built with your `go`]",
  );
});

const events: WatchReport = { mode: "events", reason: null, directories: 3, failures: [] };

function files(changes: Partial<FilesFact>): FilesFact {
  return {
    type: "files",
    root: "/app",
    kind: { name: "ext4", events: true, mountPoint: "/" },
    report: events,
    pollIntervalMs: 250,
    forced: false,
    ...changes,
  };
}

test("a file system that reports no changes is polled, and said", () => {
  check(files({}), "ok files: /app is on ext4 mounted on /, which reports changes");
  check(
    files({ kind: { name: "unknown", events: true, mountPoint: null } }),
    "ok files: /app is on a file system, which reports changes",
  );
  const nfs = { name: "nfs4", events: false, mountPoint: "/app" };
  const polling: WatchReport = {
    ...events,
    mode: "polling",
    reason: "no file events arrive from nfs4 mounted on /app",
  };
  const polled = "it is polled every 250 ms: no file events arrive from nfs4 mounted on /app";
  check(
    files({ kind: nfs, report: polling }),
    `advice files: /app is on nfs4 mounted on /app; ${polled} [saves are live sooner from a local disk]`,
  );
  check(
    files({ kind: nfs, report: polling, forced: true }),
    `ok files: /app is on nfs4 mounted on /app; ${polled}`,
  );
  check(
    files({ report: { ...polling, reason: "asked for" }, forced: true }),
    "advice files: /app is on ext4 mounted on /; it is polled every 250 ms: asked for " +
      "[without `poll = true` gust would be told of changes here]",
  );
  check(
    files({ report: { ...polling, mode: "mixed", reason: "watches ran out" } }),
    "advice files: /app is on ext4 mounted on /; some directories are polled every 250 ms: " +
      "watches ran out [saves are live sooner from a local disk]",
  );
  check(
    files({ kind: nfs }),
    "advice files: /app is on nfs4 mounted on /app, which may not report every change " +
      "[set `poll = true` in [build] when saves are missed]",
  );
});

const use: InotifyUse = {
  maxWatches: 8192,
  maxInstances: 128,
  watches: 8000,
  instances: 3,
  hidden: 0,
};

function inotify(changes: Partial<InotifyUse>, rest: Partial<InotifyFact> = {}): InotifyFact {
  return { type: "inotify", use: { ...use, ...changes }, needed: 192, counted: false, ...rest };
}

test("inotify's limits are held against what is in use and what is needed", () => {
  const seen = "8000 of 8192 inotify watches and 3 of 128 instances in use";
  check(inotify({}), `ok watches: ${seen}; this project needs 192`);
  check(
    inotify({}, { needed: 193 }),
    `advice watches: ${seen}; this project needs 193 ` +
      "[what is beyond the limit is polled; sudo sysctl fs.inotify.max_user_watches=524288]",
  );
  check(inotify({}, { needed: 500, counted: true }), `ok watches: ${seen}; this project has 500`);
  check(inotify({}, { needed: null }), `ok watches: ${seen}`);
  check(
    inotify({ hidden: 2 }),
    `ok watches: ${seen}; this project needs 192; 2 processes could not be looked into`,
  );
  check(
    inotify({ instances: 128 }),
    "advice watches: 8000 of 8192 inotify watches and 128 of 128 instances in use; " +
      "this project needs 192 [sudo sysctl fs.inotify.max_user_instances=1024]",
  );
  check(
    inotify({ maxWatches: 600_000, watches: 599_999 }),
    "advice watches: 599999 of 600000 inotify watches and 3 of 128 instances in use; " +
      "this project needs 192 " +
      "[what is beyond the limit is polled; sudo sysctl fs.inotify.max_user_watches=2097152]",
  );
  check(
    { type: "inotify", use: null, needed: 3, counted: false },
    "ok watches: this system has no limit that gust could read",
  );
});

test("the cache has to take files, and space for some", () => {
  check(cache(82_600_000_000), "ok cache: /c can be written, 82.6 GB free");
  check(cache(500_000_000), "ok cache: /c can be written, 500 MB free");
  check(cache(null), "ok cache: /c can be written");
  check(
    cache(499_999_999),
    "advice cache: /c can be written, 499 MB free " +
      "[free some space, for example with `go clean -cache`]",
  );
  check(
    {
      type: "cache",
      dir: "/c",
      storage: {
        failure: { code: "IO_FAILED", message: "cannot write to /c", seen: "EACCES: no" },
        freeBytes: null,
      },
    },
    "problem cache: cannot write to /c: EACCES: no " +
      "[binaries are built there; set GUST_CACHE_DIR to a directory that can be written]",
  );
});

test("the place of the control socket is said", () => {
  check(
    { type: "socket", dir: "/run/gust", failure: null },
    "ok control: gust can be asked over a socket in /run/gust",
  );
  const failure = { code: "IO_FAILED", message: "/tmp/g is not yours", hint: "remove it" } as const;
  check(
    { type: "socket", dir: "/tmp/g", failure },
    "problem control: /tmp/g is not yours [remove it]",
  );
});

function node(version: string): Fact {
  return { type: "node", version, minimum: "20.19" };
}

function cache(freeBytes: number | null): Fact {
  return { type: "cache", dir: "/c", storage: { failure: null, freeBytes } };
}
