import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { appendFile, cp, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import type { CommandResult } from "../../src/adapters/go/command.ts";
import {
  type Injection,
  injectedFlags,
  prepareInjection,
} from "../../src/adapters/go/injection.ts";
import { Injector } from "../../src/adapters/go/injector.ts";
import type { ShimForm } from "../../src/adapters/go/shim-overlay.ts";
import type { Failure } from "../../src/core/failure.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";

/** A program with gRPC, which is what all of gust's files are for. */
const program = resolve("test/fixtures/programs/grpc");
const links = { net: true, http: true, grpc: true, fasthttp: false };
const mainPath = execFileSync("go", ["list"], { cwd: program, encoding: "utf8" }).trim();
const linked = { ...links, mainDir: program, mainPath };

test("gust's files are in order, together with those of a program with gRPC", async (t) => {
  const place = await tempFiles(t, {});
  const injection = await prepareInjection(place, [], options(resolve("shim")), "files");
  assert.ok(injection.type === "overlay" && injection.grpc);
  const { text } = await go(["vet", `-overlay=${injection.file}`, "."]);
  assert.equal(text, "");
});

for (const form of ["package", "files"] as const) {
  const both = (title: string, body: (t: TestContext) => Promise<void>): void =>
    void test(`${title} (${form})`, body);

  both("a part for gRPC that does not fit costs the other parts nothing", async (t) => {
    const { tried, warned, result } = await build(t, form, "_grpc/00_gust_grpc_linux.go");
    assert.deepEqual(tried.map(partsOf), ["all", "without gRPC"]);
    assert.deepEqual(
      warned.map(({ code, message }) => [code, /gRPC/.test(message)]),
      [["SWAP_WITH_GAP", true]],
    );
    assert.equal(result.code, 0);
  });

  both("files that do not fit cost nobody a build", async (t) => {
    const { tried, warned, result, injector } = await build(t, form, "00_gust_drain_linux.go");
    assert.deepEqual(tried.map(partsOf), ["all", "without gRPC", "none"]);
    assert.equal(result.code, 0);
    assert.equal(await injector.isIn(never, (failure) => void warned.push(failure)), false);
    assert.deepEqual(
      warned.map(({ message }) => /gust's files/.test(message)),
      [true],
    );
  });
}

test("a mistake of the user's that also concerns gust's files costs one build only", async (t) => {
  const place = await tempFiles(t, {});
  const injector = new Injector(options(resolve("shim")), "package");
  const warned: Failure[] = [];
  const warn = (failure: Failure) => void warned.push(failure);
  const tried: Injection[] = [];
  // Without gust's files there is one package, though not one that can be run.
  const text = "found packages main (00_gust_linux.go) and mian (main.go) in /p";
  const run = (injection: Injection): Promise<CommandResult> => {
    tried.push(injection);
    const code = injection.type === "overlay" ? 1 : 0;
    return Promise.resolve({ type: "ended", code, signal: null, kept: "", text });
  };
  await injector.build(place, [], { run, warn });
  assert.deepEqual(tried.map(partsOf), ["all", "without gRPC", "none"]);
  await injector.build(place, [], {
    run: (injection) => {
      tried.push(injection);
      return Promise.resolve({ type: "ended", code: 0, signal: null, kept: "", text: "" });
    },
    warn,
  });
  assert.equal(partsOf(tried.at(-1) ?? { type: "needless" }), "all");
  assert.equal(await injector.isIn(() => Promise.resolve(true), warn), true);
  assert.deepEqual(warned, []);
});

const never = () => Promise.reject(new Error("nobody has to look"));

const options = (shimDir: string) => ({
  shimDir,
  goos: "linux",
  goVersion: execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }),
  goflags: "",
  linked: () => Promise.resolve(linked),
});

const hasC = spawnSync("gcc", ["--version"]).status === 0;

test(
  "the race detector finds nothing in those for log lines",
  {
    skip: hasC ? false : "it needs a C compiler",
  },
  async (t) => {
    const dir = await tempFiles(t, { "go.mod": "module m\n\ngo 1.21\n", "main.go": logProgram });
    const place = await tempFiles(t, {});
    const injection = await prepareInjection(
      place,
      [],
      {
        ...options(resolve("shim")),
        wanted: { sockets: false, logContext: true },
        linked: () => Promise.resolve({ ...logLinks, mainDir: dir, mainPath: "m" }),
      },
      "package",
    );
    const binary = join(place, "program");
    const flags = injectedFlags(["-race"], injection, "");
    const { text } = await go(["build", ...flags, "-o", binary, "."], dir, { CGO_ENABLED: "1" });
    assert.equal(text, "");
    const env = { GUST_LOG_CONTEXT: "1", GUST_ORIG_PID: "7", GUST_RELOAD_COUNT: "2" };
    const { stdout, stderr } = spawnSync(binary, { env, encoding: "utf8" });
    assert.match(stdout, /"orig_pid":7/);
    assert.equal(stderr, "");
  },
);

const logLinks = { net: false, http: false, grpc: false, fasthttp: false, log: true, slog: true };

const logProgram = `package main

import "log/slog"

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	time.Sleep(200 * time.Millisecond)
	slog.Info("hello")
}
`.replace('import "log/slog"', 'import (\n\t"log/slog"\n\t"os"\n\t"time"\n)');

for (const form of ["package", "files"] as const) {
  test(`a program without a network gets those for its log lines alone (${form})`, async (t) => {
    // What a program may be written in is older than what the file needs.
    const dir = await tempFiles(t, { "go.mod": "module m\n\ngo 1.16\n", "main.go": logProgram });
    const place = await tempFiles(t, {});
    const wanted = { sockets: true, logContext: true };
    const injector = new Injector(
      {
        ...options(resolve("shim")),
        wanted,
        linked: () => Promise.resolve({ ...logLinks, mainDir: dir, mainPath: "m" }),
      },
      form,
    );
    const warned: Failure[] = [];
    const warn = (failure: Failure) => void warned.push(failure);
    const binary = join(place, "program");
    const result = await injector.build(place, [], {
      run: async (injection) =>
        go(["build", ...injectedFlags([], injection, ""), "-o", binary, "."], dir),
      warn,
    });
    assert.deepEqual([result.type === "ended" && result.text, warned], ["", []]);
    // It cannot hand on what it has not.
    assert.equal(await injector.isIn(never, warn), false);
    const env = { GUST_LOG_CONTEXT: "1", GUST_ORIG_PID: "7", GUST_RELOAD_COUNT: "2" };
    const told = execFileSync(binary, { env, encoding: "utf8" });
    assert.match(told, /"msg":"hello","orig_pid":7,"reload_cnt":2\}$/m);
    // Without gust it is what it was.
    assert.match(execFileSync(binary, { env: {}, encoding: "utf8" }), /"msg":"hello"\}$/m);
    assert.deepEqual(warned, []);
  });
}

/** Builds the program with this file of gust's broken. */
async function build(t: TestContext, form: ShimForm, broken: string) {
  const place = await tempFiles(t, {});
  const shim = join(place, "shim");
  await cp("shim", shim, { recursive: true });
  await appendFile(join(shim, broken), "\nvar gust__broken int = nothing\n");
  const tried: Injection[] = [];
  const overlays: string[] = [];
  const warned: Failure[] = [];
  const injector = new Injector(options(shim), form);
  const result = await injector.build(place, [], {
    run: async (injection) => {
      tried.push(injection);
      if (injection.type === "overlay") overlays.push(await readFile(injection.file, "utf8"));
      const flags = injectedFlags([], injection, "");
      return go(["build", ...flags, "-o", join(place, "program"), "."]);
    },
    warn: (failure) => void warned.push(failure),
  });
  assert.deepEqual(
    overlays.map((overlay) => overlay.includes("00_gust_grpc_linux.go")),
    [true, false],
  );
  assert.ok(result.type === "ended");
  return { tried, warned, result, injector };
}

function partsOf(injection: Injection): string {
  if (injection.type !== "overlay") return "none";
  return injection.grpc ? "all" : "without gRPC";
}

async function go(
  args: readonly string[],
  cwd: string = program,
  changes: Readonly<Record<string, string>> = {},
): Promise<Extract<CommandResult, { type: "ended" }>> {
  const env = goEnv({ GOOS: "linux", CGO_ENABLED: "0", GOWORK: "off", ...changes });
  const running = promisify(execFile)("go", args, { cwd, env });
  const end = await running.catch((error: unknown) => error);
  const text = end instanceof Error && "stderr" in end ? String(end.stderr) : "";
  const code = end instanceof Error ? 1 : 0;
  return { type: "ended", code, signal: null, kept: "", text };
}
