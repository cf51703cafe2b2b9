import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { findMain } from "../../src/adapters/go/main-packages.ts";
import type { FoundMain } from "../../src/adapters/go/main-packages.ts";
import { findGo, findToolchain, isOlder } from "../../src/adapters/go/toolchain.ts";
import { simpleProcesses } from "../world/simple-processes.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";
import type { Files } from "../world/temp-module.ts";

const mod = "module example.com/shop\n\ngo 1.21\n";
const main = "package main\n\nfunc main() {}\n";
const library = "package lib\n";

interface Asked {
  readonly found: FoundMain;
  readonly dir: string;
  /** How many commands were run. */
  readonly commands: number;
}

async function ask(t: TestContext, files: Files, named = "", below = ""): Promise<Asked> {
  const dir = await tempFiles(t, files);
  const processes = simpleProcesses();
  const env = goEnv();
  const go = await findGo(env, process.platform);
  assert.ok(typeof go === "string");
  const found = await findMain({
    processes,
    go,
    dir: join(dir, below),
    package: named,
    env,
    signal: new AbortController().signal,
  });
  return { found, dir, commands: processes.spawned.length };
}

async function checkOne(
  t: TestContext,
  files: Files,
  expected: { argument: string; dir: string; name: string; commands: number; below?: string },
  named = "",
): Promise<void> {
  const { found, dir, commands } = await ask(t, files, named, expected.below);
  assert.ok(found.type === "one", JSON.stringify(found));
  assert.deepEqual(
    { ...found.main, commands },
    {
      argument: expected.argument,
      dir: join(dir, expected.dir),
      moduleDir: dir,
      modulePath: "example.com/shop",
      name: expected.name,
      commands: expected.commands,
    },
  );
}

async function checkNone(
  t: TestContext,
  files: Files,
  expected: { code: string; says: RegExp },
  named = "",
): Promise<void> {
  const { found } = await ask(t, files, named);
  assert.ok(found.type !== "one", JSON.stringify(found));
  assert.equal(found.failure.code, expected.code);
  const { message, seen = "", hint = "" } = found.failure;
  assert.match(`${message}\n${seen}\n${hint}`, expected.says);
}

test("a directory that is a main package is recognised without running go", async (t) => {
  const files = {
    "go.mod": mod,
    "cmd/api/main.go": main,
    "cmd/api/gen.go": "//go:build ignore\n\npackage other\n",
    "cmd/api/main_test.go": "package main_test\n",
    "cmd/other/main.go": main,
  };
  const expected = { argument: ".", dir: "cmd/api", name: "api", commands: 0, below: "cmd/api" };
  await checkOne(t, files, expected);
});

test("the only main package below is found", async (t) => {
  const files = {
    "go.mod": mod,
    "shop.go": library,
    "gen.go": "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
    "cmd/api/main.go": main,
    "cmd/api/v2/lib.go": library,
    "testdata/tool/main.go": main,
  };
  await checkOne(t, files, { argument: "./cmd/api", dir: "cmd/api", name: "api", commands: 1 });
});

test("a main package with a syntax error is found all the same", async (t) => {
  const files = { "go.mod": mod, "cmd/api/main.go": "package main\n\nfunc main() {\n" };
  await checkOne(t, files, { argument: "./cmd/api", dir: "cmd/api", name: "api", commands: 1 });
});

test("the package in the start directory wins, also when constraints decide on it", async (t) => {
  const files = {
    "go.mod": mod,
    "main.go": `//go:build !never\n\n${main}`,
    "cmd/api/main.go": main,
  };
  const { found } = await ask(t, files);
  assert.equal(found.type === "one" && found.main.argument, ".");
});

test("several main packages are listed", async (t) => {
  const files = { "go.mod": mod, "cmd/api/main.go": main, "cmd/worker/main.go": main };
  const { found } = await ask(t, files);
  assert.ok(found.type === "several");
  assert.deepEqual(
    found.mains.map((one) => one.argument),
    ["./cmd/api", "./cmd/worker"],
  );
  assert.equal(found.failure.code, "SEVERAL_MAIN_PACKAGES");
  assert.match(found.failure.hint ?? "", /gust run \.\/cmd\/api/);
});

test("above the modules of a workspace their main packages count", async (t) => {
  const files = {
    "go.work": "go 1.21\n\n// services\nuse (\n\t./api\n\t./lib // shared\n)\n",
    "api/go.mod": mod,
    "api/main.go": main,
    "lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
    "lib/lib.go": library,
  };
  const { found } = await ask(t, files);
  assert.ok(found.type === "one", JSON.stringify(found));
  assert.equal(found.main.argument, "./api");
});

test("a named package is taken, with and without the dot", async (t) => {
  const files = { "go.mod": mod, "cmd/api/main.go": main, "cmd/worker/main.go": main };
  const expected = { argument: "./cmd/worker", dir: "cmd/worker", name: "worker", commands: 0 };
  await checkOne(t, files, expected, "./cmd/worker");
  await checkOne(t, files, expected, "cmd/worker");
  const { found } = await ask(t, files, "example.com/shop/cmd/api/v2");
  assert.deepEqual(found.type === "one" && [found.main.argument, found.main.name], [
    "example.com/shop/cmd/api/v2",
    "api",
  ]);
});

test("a named file is taken", async (t) => {
  const files = { "go.mod": mod, "cmd/api/main.go": main, "cmd/api/other.go": main };
  const expected = { argument: "./cmd/api/main.go", dir: "cmd/api", name: "main", commands: 0 };
  await checkOne(t, files, expected, "cmd/api/main.go");
});

test("what cannot be built is said before a build is tried", async (t) => {
  const files = { "go.mod": mod, "lib/lib.go": library, "docs/a.md": "" };
  await checkNone(t, files, { code: "NO_MAIN_PACKAGE", says: /no main package in/ });
  await checkNone(t, files, { code: "NO_MAIN_PACKAGE", says: /\.\/lib is a library/ }, "./lib");
  await checkNone(
    t,
    files,
    { code: "NO_MAIN_PACKAGE", says: /\.\/docs has no Go files/ },
    "./docs",
  );
  await checkNone(t, files, { code: "NO_MAIN_PACKAGE", says: /no package \.\/nope/ }, "./nope");
});

test("without a module the hint makes one, or names those below", async (t) => {
  await checkNone(t, { "main.go": main }, { code: "NO_MODULE", says: /go mod init example\.com/ });
  const below = { "backend/go.mod": mod, "backend/main.go": main };
  await checkNone(t, below, { code: "NO_MODULE", says: /--root backend/ });
});

test("a module file that cannot be read is told in Go's words", async (t) => {
  const files = { "go.mod": "modul x\n", "cmd/api/main.go": main };
  await checkNone(t, files, { code: "BUILD_FAILED", says: /unknown directive: modul/ });
});

test("the toolchain tells its version and the files it reads", async (t) => {
  const dir = await tempFiles(t, { "go.mod": mod, "main.go": main });
  const toolchain = await findToolchain({
    processes: simpleProcesses(),
    dir,
    env: goEnv({ GOFLAGS: "-mod=mod" }),
    platform: process.platform,
    signal: new AbortController().signal,
  });
  assert.ok("go" in toolchain, JSON.stringify(toolchain));
  assert.match(toolchain.version, /^go1\.\d+/);
  assert.equal(toolchain.gomod, join(dir, "go.mod"));
  assert.equal(toolchain.gowork, "");
  assert.equal(toolchain.goflags, "-mod=mod");
});

test("a missing and an old Go are failures with a hint", async (t) => {
  const dir = await tempFiles(t, {});
  const missing = await findGo({ PATH: dir }, process.platform);
  assert.equal(typeof missing === "string" || missing.code, "GO_MISSING");
  const script = '#!/bin/sh\necho \'{"GOVERSION":"go1.20.14","GOMOD":"/dev/null"}\'\n';
  await writeFile(join(dir, "go"), script);
  await chmod(join(dir, "go"), 0o755);
  const old = await findToolchain({
    processes: simpleProcesses(),
    dir,
    env: { PATH: dir },
    platform: process.platform,
    signal: new AbortController().signal,
  });
  assert.equal("code" in old && old.code, "GO_TOO_OLD");
});

test("versions are compared by their numbers", () => {
  for (const [version, minimum, expected] of [
    ["go1.20.14", "1.21", true],
    ["go1.9", "1.21", true],
    ["go1.21", "1.21", false],
    ["go1.21rc2", "1.21", false],
    ["go1.100.0", "1.21", false],
    ["go2.0", "1.21", false],
    ["devel go1.27-abcdef Mon", "1.21", false],
    ["devel +abcdef", "1.21", false],
  ] as const) {
    assert.equal(isOlder(version, minimum), expected, version);
  }
});
