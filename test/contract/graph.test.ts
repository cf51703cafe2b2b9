import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { openGraphLoader } from "../../src/adapters/go/graph.ts";
import { findGo } from "../../src/adapters/go/toolchain.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { Graph } from "../../src/core/graph.ts";
import { simpleProcesses } from "../world/simple-processes.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";
import type { Files } from "../world/temp-module.ts";

interface Load {
  readonly below?: string;
  readonly package?: string;
  readonly flags?: readonly string[];
  readonly env?: Files;
  /** Run first, in the directory of the main module. */
  readonly go?: readonly string[];
}

async function load(
  t: TestContext,
  files: Files,
  how: Load = {},
): Promise<{ dir: string; result: Graph | Failure }> {
  const dir = await tempFiles(t, files);
  const env = goEnv(how.env);
  const go = await findGo(env, process.platform);
  assert.ok(typeof go === "string");
  const at = join(dir, how.below ?? "");
  if (how.go !== undefined) {
    const done = spawnSync(go, how.go, { cwd: at, env, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  }
  const loader = openGraphLoader({
    processes: simpleProcesses(),
    go,
    dir: at,
    package: how.package ?? ".",
    flags: how.flags ?? [],
    env: async () => env,
  });
  return { dir, result: await loader.load(new AbortController().signal) };
}

/** Compares the lists that are expected; paths are relative to the temporary directory. */
async function check(
  t: TestContext,
  files: Files,
  expected: Partial<Record<keyof Graph, readonly string[] | string | boolean>>,
  how: Load = {},
): Promise<void> {
  const { dir, result } = await load(t, files, how);
  assert.ok("main" in result, JSON.stringify(result));
  const relative = (path: string): string => path.replace(`${dir}/`, "").replace(dir, ".");
  const seen: Record<string, unknown> = {
    main: result.main,
    complete: result.complete,
    embedPatterns: result.embedPatterns
      .map((embed) => `${relative(embed.dir)} ${embed.pattern}`)
      .toSorted(),
  };
  for (const name of lists) seen[name] = result[name].map(relative).toSorted();
  const wanted = Object.keys(expected);
  assert.deepEqual(Object.fromEntries(wanted.map((name) => [name, seen[name]])), expected);
}

const lists = [
  "packageDirs",
  "goFiles",
  "ignoredGoFiles",
  "nativeFiles",
  "embedFiles",
  "moduleFiles",
  "moduleDirs",
] as const;

const mod = "module example.com/shop\n\ngo 1.21\n";
const needsLib = "\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n";
const libMod = "module example.com/lib\n\ngo 1.21\n";
const importing = (...paths: readonly string[]): string =>
  `package main\n\nimport (\n${paths.map((path) => `\t_ "${path}"\n`).join("")})\n\nfunc main() {}\n`;

test("the packages of the build are known, and what else is in their directories", async (t) => {
  await check(
    t,
    {
      "go.mod": mod,
      "go.sum": "",
      "main.go": importing("example.com/shop/store", "net/http"),
      "main_test.go": "package main\n",
      "store/store.go": "package store\n",
      "store/store_plan9.go": "package store\n",
      "store/dev.go": "//go:build dev\n\npackage store\n",
      "unused/unused.go": "package unused\n",
    },
    {
      main: "example.com/shop",
      packageDirs: [".", "store"],
      goFiles: ["main.go", "store/store.go"],
      ignoredGoFiles: ["store/dev.go", "store/store_plan9.go"],
      nativeFiles: [],
      embedFiles: [],
      embedPatterns: [],
      moduleFiles: ["go.mod", "go.sum"],
      moduleDirs: ["."],
    },
  );
});

test("build tags decide, from the flags and from GOFLAGS", async (t) => {
  const files = {
    "go.mod": mod,
    "main.go": "package main\n\nfunc main() {}\n",
    "dev.go": "//go:build dev\n\npackage main\n",
  };
  const expected = { goFiles: ["dev.go", "main.go"], ignoredGoFiles: [] };
  await check(t, files, expected, {
    flags: ["-tags", "dev", "-o", "x", "-ldflags=-s -w", "-race"],
  });
  await check(t, files, expected, { env: { GOFLAGS: "-tags=dev -mod=mod" } });
});

test("embedded files are known with their patterns", async (t) => {
  await check(
    t,
    {
      "go.mod": mod,
      "main.go": importing("example.com/shop/web"),
      "web/web.go":
        'package web\n\nimport "embed"\n\n//go:embed assets all:hidden "with space.txt"\nvar fs embed.FS\n',
      "web/assets/a.css": "",
      "web/assets/deep/b.js": "",
      "web/assets/.left-out": "",
      "web/hidden/.in": "",
      "web/with space.txt": "",
    },
    {
      embedFiles: [
        "web/assets/a.css",
        "web/assets/deep/b.js",
        "web/hidden/.in",
        "web/with space.txt",
      ],
      embedPatterns: ["web assets", "web hidden", "web with space.txt"],
    },
  );
});

test("C sources and headers beside cgo files are native files", async (t) => {
  await check(
    t,
    {
      "go.mod": mod,
      "main.go": importing("example.com/shop/fast"),
      "fast/fast.go": 'package fast\n\n// #include "fast.h"\nimport "C"\n',
      "fast/fast.c": '#include "fast.h"\n',
      "fast/fast.h": "",
      "default.pgo": "",
    },
    {
      goFiles: ["fast/fast.go", "main.go"],
      nativeFiles: ["default.pgo", "fast/fast.c", "fast/fast.h"],
    },
    { env: { CGO_ENABLED: "1" }, flags: ["-pgo=off"] },
  );
});

test("modules that are replaced by a directory are local", async (t) => {
  await check(
    t,
    {
      "app/go.mod": mod + needsLib,
      "app/main.go": importing("example.com/lib/deep"),
      "lib/go.mod": libMod,
      "lib/deep/deep.go": "package deep\n",
    },
    {
      packageDirs: ["app", "lib/deep"],
      moduleFiles: ["app/go.mod", "lib/go.mod"],
      moduleDirs: ["app", "lib"],
    },
    { below: "app" },
  );
});

test("with a vendor directory the copies are built, and its list is read", async (t) => {
  await check(
    t,
    {
      "app/go.mod": mod + needsLib,
      "app/main.go": importing("example.com/lib"),
      "lib/go.mod": libMod,
      "lib/lib.go": "package lib\n",
    },
    {
      packageDirs: ["app", "app/vendor/example.com/lib"],
      moduleFiles: ["app/go.mod", "app/vendor/modules.txt"],
      moduleDirs: ["app"],
    },
    { below: "app", go: ["mod", "vendor"] },
  );
});

test("every module of a workspace is local", async (t) => {
  await check(
    t,
    {
      "go.work": "go 1.21\n\nuse (\n\t./app\n\t./lib\n\t./other\n)\n",
      "app/go.mod": mod,
      "app/main.go": importing("example.com/lib"),
      "lib/go.mod": libMod,
      "lib/lib.go": "package lib\n",
      "other/go.mod": "module example.com/other\n\ngo 1.21\n",
    },
    {
      packageDirs: ["app", "lib"],
      moduleFiles: ["app/go.mod", "go.work", "lib/go.mod"],
      moduleDirs: ["app", "lib"],
    },
    { below: "app" },
  );
});

test("broken code does not hide what the build reads", async (t) => {
  await check(
    t,
    {
      "go.mod": mod,
      "main.go": importing("example.com/shop/a", "example.com/shop/gone", "github.com/x/y"),
      "broken.go": "package main\n\nfunc main( {\n",
      "a/a.go": 'package a\n\nimport _ "embed"\n\n//go:embed missing.txt\nvar s string\n',
    },
    {
      main: "example.com/shop",
      packageDirs: [".", "a"],
      complete: false,
      goFiles: ["a/a.go", "broken.go", "main.go"],
      embedPatterns: ["a missing.txt"],
    },
  );
  await check(
    t,
    { "go.mod": mod, "main.go": "package main\n\nfunc main() {}\n", "other.go": "package other\n" },
    { packageDirs: ["."], goFiles: ["main.go", "other.go"] },
  );
  await check(
    t,
    { "go.mod": mod, "main.go": "no clause at all\n", "ok.go": "package main\n" },
    { packageDirs: ["."], goFiles: ["main.go", "ok.go"] },
  );
});

test("where nothing can be listed the failure says why", async (t) => {
  for (const [files, says] of [
    [{ "go.mod": "modul x\n", "main.go": "package main\n" }, /go\.mod/],
    [{ "main.go": "package main\n" }, /no go\.mod/],
  ] as const) {
    const { result } = await load(t, files);
    assert.ok("code" in result, JSON.stringify(result));
    assert.equal(result.code, "GRAPH_FAILED");
    assert.match(result.message, says);
  }
  const { result } = await load(t, { "go.mod": mod }, { package: "./cmd/gone" });
  assert.ok("code" in result, JSON.stringify(result));
  assert.match(result.message, /cmd\/gone/);
});

test("an environment that cannot be had is a failure, not a rejection", async (t) => {
  const loader = openGraphLoader({
    processes: simpleProcesses(),
    go: "go",
    dir: await tempFiles(t, {}),
    package: ".",
    flags: [],
    env: () => Promise.reject(new Error("no environment")),
  });
  const result = await loader.load(new AbortController().signal);
  assert.ok("code" in result);
  assert.equal(result.code, "GRAPH_FAILED");
  assert.equal(result.seen, "no environment");
});

test("an aborted load leaves no process", async (t) => {
  const dir = await tempFiles(t, { "go.mod": mod, "main.go": importing("net/http") });
  const env = goEnv();
  const go = await findGo(env, process.platform);
  assert.ok(typeof go === "string");
  const processes = simpleProcesses();
  const controller = new AbortController();
  const loader = openGraphLoader({
    processes,
    go,
    dir,
    package: ".",
    flags: [],
    env: async () => env,
  });
  const loading = loader.load(controller.signal);
  await processes.nextOutput();
  controller.abort();
  const result = await loading;
  assert.ok("code" in result);
  assert.equal(processes.alive.size, 0);
});

test("it is known whether the program links the network, HTTP and loggers", async (t) => {
  const links = async (path: string): Promise<unknown> => {
    const { dir, result } = await load(t, { "go.mod": mod, "main.go": importing(path) });
    assert.ok("links" in result, JSON.stringify(result));
    assert.equal(result.mainDir, dir);
    return Object.entries(result.links).flatMap(([name, linked]) => (linked ? [name] : []));
  };
  assert.deepEqual(await links("fmt"), []);
  assert.deepEqual(await links("net"), ["net"]);
  assert.deepEqual(await links("net/http/httputil"), ["net", "http", "log"]);
  assert.deepEqual(await links("log"), ["log"]);
  assert.deepEqual(await links("log/slog"), ["log", "slog"]);
});
