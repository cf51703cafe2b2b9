import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { openBuilder } from "../../src/adapters/go/builder.ts";
import type { BuilderOptions, GoBuilder } from "../../src/adapters/go/builder.ts";
import { findGo } from "../../src/adapters/go/toolchain.ts";
import { openRunStore } from "../../src/adapters/store/run-store.ts";
import type { RunStore } from "../../src/adapters/store/run-store.ts";
import type { BuildOutcome } from "../../src/core/event.ts";
import type { Failure } from "../../src/core/failure.ts";
import { noChanges } from "../../src/core/source-changes.ts";
import { simpleProcesses } from "../world/simple-processes.ts";
import type { SimpleProcesses } from "../world/simple-processes.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";
import type { Afterwards, Files } from "../world/temp-module.ts";

export const mod = "module example.com/shop\n\ngo 1.21\n";

/** Prints a word and ends. */
export function saying(word: string): string {
  return `package main\n\nfunc main() { println("${word}") }\n`;
}

/** A project in a temporary directory, and a builder for it. */
export interface Workshop {
  readonly dir: string;
  readonly builder: GoBuilder;
  readonly store: RunStore;
  readonly processes: SimpleProcesses;
  /** What the custom commands wrote. */
  readonly output: () => string;
  build(generation: number, signal?: AbortSignal): Promise<BuildOutcome>;
}

export async function openWorkshop(
  t: Afterwards,
  files: Files,
  options: Partial<BuilderOptions> & { readonly bin?: string } = {},
): Promise<Workshop> {
  const top = await tempFiles(t, { "cache/.keep": "" });
  const dir = await tempFiles(t, files);
  const processes = simpleProcesses();
  const env = goEnv();
  const go = await findGo(env, process.platform);
  assert.ok(typeof go === "string");
  const store = await openRunStore({
    cacheDir: join(top, "cache"),
    root: dir,
    package: ".",
    runId: "test",
    pid: process.pid,
    startTimeOf: () => null,
  });
  assert.ok("dir" in store, JSON.stringify(store));
  const written: Uint8Array[] = [];
  const { bin, ...others } = options;
  const builder = openBuilder({
    processes,
    go,
    platform: process.platform,
    machine,
    dir,
    env: async () => env,
    kept: store,
    package: ".",
    name: "shop",
    modulePath: "example.com/shop",
    ownDirs: () => [dir],
    flags: [],
    cmd: null,
    preCmd: [],
    target: bin === undefined ? { type: "built" } : { type: "file", path: join(dir, bin) },
    stopOnError: false,
    injection: null,
    goflags: "",
    debugInfo: false,
    direct: true,
    preload: null,
    timeoutMs: 120_000,
    logFile: null,
    output: (_, data) => written.push(data),
    ...others,
  });
  t.after(() => builder.close());
  return {
    dir,
    builder,
    store,
    processes,
    output: () => Buffer.concat(written).toString(),
    build: (generation, signal = new AbortController().signal) =>
      builder.build(generation, noChanges, signal),
  };
}

/** Whether the linker of this system and of this Go can be made to wait. */
export async function linkersWait(): Promise<boolean> {
  const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION"], { env: goEnv() });
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1]);
  return process.platform === "linux" && minor >= 23;
}

/** gust's linker, which is built once for all tests. */
export const linkerPlaces = {
  sources: resolve("linker"),
  cacheDir: resolve("build/e2e-cache"),
  available: () => Infinity,
};

export function built(outcome: BuildOutcome): Extract<BuildOutcome, { type: "built" }> {
  assert.ok(outcome.type === "built", JSON.stringify(outcome));
  return outcome;
}

export function failed(outcome: BuildOutcome): Failure {
  assert.ok(outcome.type === "failed", JSON.stringify(outcome));
  return outcome.failure;
}

export const machine = {
  os: process.platform === "win32" ? "windows" : process.platform,
  arch: process.arch === "x64" ? "amd64" : process.arch,
};
