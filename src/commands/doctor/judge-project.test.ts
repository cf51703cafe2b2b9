import { wellState } from "../../../test/world/told-state.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MainPackage } from "../../adapters/go/main-packages.ts";
import type { StatusReply } from "../../adapters/control/protocol.ts";
import type { Graph } from "../../core/graph.ts";
import type { ClassifySettings } from "../../core/settings.ts";
import type { WatchReport } from "../../engine/ports.ts";
import type { Fact, PortFact, RunFact, WatchedFact } from "./facts.ts";
import { judge } from "./judge.ts";

/** The findings as lines: verdict, name, what was seen, and the hint in brackets. */
function check(fact: Fact, expected: readonly string[]): void {
  const lines = judge(fact).map(
    ({ verdict, name, seen, hint }) =>
      `${verdict} ${name}: ${seen}${hint === null ? "" : ` [${hint}]`}`,
  );
  assert.deepEqual(lines, expected);
}

test("each mistake in the configuration is a problem of its own", () => {
  check(
    {
      type: "config",
      loaded: [
        { code: "CONFIG_INVALID", message: "gust.toml:1:1: unknown key a", hint: "b?" },
        { code: "CONFIG_INVALID", message: "gust.toml:2:1: unknown key c" },
      ],
    },
    [
      "problem config: gust.toml:1:1: unknown key a [b?]",
      "problem config: gust.toml:2:1: unknown key c",
    ],
  );
});

function main(argument: string): MainPackage {
  return { argument, dir: `/app/${argument}`, moduleDir: "/app", modulePath: "app", name: "x" };
}

test("several programs are a matter of advice, none is a problem", () => {
  const mains = ["a", "b", "c", "d", "e", "f", "g"].map((name) => main(`./cmd/${name}`));
  check({ type: "program", found: { type: "several", mains }, cmd: null }, [
    "advice program: there are 7: ./cmd/a, ./cmd/b, ./cmd/c, ./cmd/d, ./cmd/e and 2 more; " +
      "gust asks which one [name it: `gust run ./cmd/a`, or `package` in gust.toml]",
  ]);
  const failure = { code: "NO_MODULE", message: "no go.mod", hint: "make one" } as const;
  check({ type: "program", found: { type: "none", failure }, cmd: null }, [
    "problem program: no go.mod [make one]",
  ]);
  const project = {
    toolchain: {
      go: "/go",
      version: "go1.26",
      goos: "linux",
      goarch: "amd64",
      goroot: "",
      gocache: "",
      gomodcache: "",
      goflags: "",
      gomod: "/app/go.mod",
      gowork: "",
    },
    mainDir: "/app/cmd/api",
    package: "./cmd/api",
    dir: "/app",
    moduleDir: "/app",
    modulePath: "app",
    name: "api",
    key: "app-1",
  };
  check({ type: "program", found: { type: "one", project }, cmd: null }, [
    "ok program: api: ./cmd/api in /app, built by gust's own go build",
  ]);
  const services = [
    { name: "api", project },
    { name: "worker", project: { ...project, package: "./worker" } },
  ];
  check({ type: "program", found: { type: "services", services }, cmd: null }, [
    "ok program: 2 services: api, worker",
  ]);
  const noMain = {
    code: "NO_MAIN_PACKAGE",
    message: "no main package",
    hint: "name one",
  } as const;
  const broken = [...services, { name: "web", project: noMain }];
  check({ type: "program", found: { type: "services", services: broken }, cmd: null }, [
    "problem program: service web: no main package [name one]",
  ]);
  const byMake = { ...project, package: "" };
  check({ type: "program", found: { type: "one", project: byMake }, cmd: "make build\n" }, [
    "ok program: api: whatever the build command builds in /app, built by `make build`",
  ]);
});

const graph: Graph = {
  complete: true,
  main: "app",
  mainDir: "",
  links: { net: true, http: true, grpc: false, fasthttp: false },
  packageDirs: ["/app", "/app/store", "/shared/log"],
  goFiles: ["/app/main.go", "/app/store/store.go", "/shared/log/log.go"],
  ignoredGoFiles: [],
  nativeFiles: [],
  embedFiles: ["/app/web/a.css"],
  embedPatterns: [],
  moduleFiles: ["/app/go.mod", "/shared/go.mod"],
  moduleDirs: ["/app", "/shared"],
};

const settings: ClassifySettings = {
  roots: ["/app", "/views"],
  separator: "/",
  runtimeExtensions: ["html", "tmpl"],
  staticExtensions: [],
  excludedDirs: ["/app/tmp"],
  excludedFiles: [],
  excludedPatterns: ["_gen\\.go$"],
  includedDirs: [],
  includedFiles: ["/app/data.json"],
  configFiles: ["/app/gust.toml"],
  envFiles: ["/app/.env"],
  outputs: [],
  opaqueBuild: false,
  semantic: true,
  buildWritesSources: false,
};

const report: WatchReport = { mode: "events", reason: null, directories: 12, failures: [] };

function watched(changes: Partial<WatchedFact>): WatchedFact {
  return { type: "watched", report, settings, rules: [], graph, ...changes };
}

test("what is watched is counted, and every reason is listed", () => {
  check(watched({}), [
    "ok watched: 12 directories (events), 3 packages, 3 Go files, 1 embedded file, 2 outside the root",
  ]);
  const [finding] = judge(watched({}));
  assert.deepEqual(finding?.details, [
    "root       /app",
    "and        /views",
    "package    .",
    "package    store",
    "package    /shared/log",
    "embedded   web/a.css",
    "module     go.mod",
    "module     /shared/go.mod",
    "config     gust.toml",
    "env        .env",
    "read       data.json",
    "run time   html tmpl",
    "static     none",
    "left out   tmp",
    "left out   _gen\\.go$",
  ]);
});

test("a build that gust cannot see into, rules and lost directories are said", () => {
  const rule = {
    name: "templ",
    inputs: ["^a$"],
    excludes: [],
    outputs: ["^b$"],
    timeoutMs: 1,
    atStart: true,
    only: false,
  };
  const limit = { code: "WATCH_LIMIT", message: "no more watches", hint: "sysctl" } as const;
  const fact = watched({
    graph: null,
    rules: [rule],
    settings: { ...settings, opaqueBuild: true },
    report: { ...report, mode: "mixed", failures: [limit] },
  });
  check(fact, [
    "ok watched: 12 directories (mixed), gust cannot know all that the build command reads, 1 rule",
    "advice watched: no more watches [sysctl]",
  ]);
  assert.equal(judge(fact)[0]?.details.at(-1), "rule       templ: ^a$ → ^b$");
  const broken = {
    code: "GRAPH_FAILED",
    message: "`go list` failed",
    seen: "no Go\nmore",
  } as const;
  check(watched({ graph: broken }), [
    "ok watched: 12 directories (events)",
    "problem watched: `go list` failed: no Go [run `go list -deps` to see the same error]",
  ]);
});

const ada = { pid: 7, name: "ada" };

function ports(port: Partial<PortFact>): Fact {
  const base: PortFact = { port: 80, why: "ready.ports", busy: true, owner: ada, of: "stranger" };
  return { type: "ports", ports: [{ ...base, ...port }] };
}

test("a port that a stranger has is a problem, and one of our own is none", () => {
  check({ type: "ports", ports: [] }, [
    "ok ports: none configured: gust sees where the program listens",
  ]);
  check(ports({ busy: false, owner: null, of: "nobody" }), ["ok ports: 80 (ready.ports) is free"]);
  check(ports({}), [
    "problem ports: 80 (ready.ports) is used by ada, pid 7 " +
      "[end it with `kill 7`, or choose another port]",
  ]);
  check(ports({ owner: null }), [
    "problem ports: 80 (ready.ports) is used by somebody " +
      "[find out who with `ss -ltnp` or `lsof -i`, or choose another port]",
  ]);
  check(ports({ of: "run" }), ["ok ports: 80 (ready.ports) is used by ada, pid 7, under gust"]);
  check(ports({ of: "orphan" }), [
    "advice ports: 80 (ready.ports) is used by ada, pid 7, left by an earlier run " +
      "[the next `gust` ends it]",
  ]);
});

const status: StatusReply = {
  pid: 5,
  cwd: "/app",
  root: "/app",
  main: "./cmd/api",
  environment: "dev",
  gust: "0.1.0",
  state: wellState(4, 4, [4]),
};

function runs(run: Partial<RunFact>): Fact {
  const base: RunFact = { pid: 5, root: "/app", alive: true, status, processes: [] };
  return { type: "runs", runs: [{ ...base, ...run }] };
}

test("a running gust tells what is live, and a killed one what it has left", () => {
  const nothing = "ok runs: no gust runs here, and none has left anything";
  check({ type: "runs", runs: [] }, [nothing]);
  check(runs({}), ["ok runs: gust (pid 5) runs ./cmd/api: #4 is live on 127.0.0.1:8080"]);
  const red = { ...status.state, newest: 5, live: false };
  check(runs({ status: { ...status, state: red } }), [
    "ok runs: gust (pid 5) runs ./cmd/api: #4 is live on 127.0.0.1:8080, #5 is not live",
  ]);
  check(runs({ status: { ...status, state: { ...red, serving: null } } }), [
    "ok runs: gust (pid 5) runs ./cmd/api: nothing serves",
  ]);
  check(runs({ status: { code: "IO_FAILED", message: "no answer in 5 s" } }), [
    "problem runs: gust (pid 5) runs in /app and does not answer: no answer in 5 s " +
      "[end it with `kill 5`]",
  ]);
  check(runs({ alive: false, status: null }), [nothing]);
  check(runs({ alive: false, status: null, processes: [8, 9] }), [
    "advice runs: a killed gust (pid 5) has left 2 processes: 8, 9 [the next `gust` ends what is left]",
  ]);
});
