import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
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
import type { Failure } from "../../src/core/failure.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";

/** A program with gRPC, which is what all of gust's files are for. */
const program = resolve("test/fixtures/programs/grpc");
const linked = { net: true, http: true, grpc: true, fasthttp: false, mainDir: program };

test("gust's files are in order, together with those of a program with gRPC", async (t) => {
  const place = await tempFiles(t, {});
  const injection = await prepareInjection(place, [], options(resolve("shim")));
  assert.ok(injection.type === "overlay" && injection.grpc);
  const { text } = await go(["vet", `-overlay=${injection.file}`, "."]);
  assert.equal(text, "");
});

test("a part for gRPC that does not fit costs the other parts nothing", async (t) => {
  const { tried, warned, result } = await build(t, "_grpc/00_gust_grpc_linux.go");
  assert.deepEqual(tried.map(partsOf), ["all", "without gRPC"]);
  assert.deepEqual(
    warned.map(({ code, message }) => [code, /gRPC/.test(message)]),
    [["SWAP_WITH_GAP", true]],
  );
  assert.equal(result.code, 0);
});

test("files that do not fit cost nobody a build", async (t) => {
  const { tried, warned, result } = await build(t, "00_gust_drain_linux.go");
  assert.deepEqual(tried.map(partsOf), ["all", "without gRPC", "none"]);
  assert.equal(warned.length, 2);
  assert.match(warned[1]?.message ?? "", /gust's files/);
  assert.equal(result.code, 0);
});

const options = (shimDir: string) => ({
  shimDir,
  goos: "linux",
  goVersion: execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }),
  goflags: "",
  linked: () => Promise.resolve(linked),
});

/** Builds the program with this file of gust's broken. */
async function build(t: TestContext, broken: string) {
  const place = await tempFiles(t, {});
  const shim = join(place, "shim");
  await cp("shim", shim, { recursive: true });
  await appendFile(join(shim, broken), "\nvar gust__broken int = nothing\n");
  const tried: Injection[] = [];
  const overlays: string[] = [];
  const warned: Failure[] = [];
  const injector = new Injector(options(shim));
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

async function go(args: readonly string[]): Promise<Extract<CommandResult, { type: "ended" }>> {
  const env = goEnv({ GOOS: "linux", CGO_ENABLED: "0", GOWORK: "off" });
  const running = promisify(execFile)("go", args, { cwd: program, env });
  const end = await running.catch((error: unknown) => error);
  const text = end instanceof Error && "stderr" in end ? String(end.stderr) : "";
  const code = end instanceof Error ? 1 : 0;
  return { type: "ended", code, signal: null, stdout: "", text };
}
