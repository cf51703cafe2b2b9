import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Platform } from "../../core/binary-format.ts";
import type { BuildOutcome, Phase, Preparation, Route } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { ioFailure } from "../../core/io-failure.ts";
import type { Artifact } from "../../core/version.ts";
import type { Builder } from "../../engine/ports.ts";
import type { Processes, TerminalSpec } from "../../engine/processes.ts";
import { writeBuildLog } from "./build-log.ts";
import { checkBinary } from "./check-binary.ts";
import { buildCommandFailure, preCommandFailure } from "./command-failures.ts";
import type { LinkerPlaces } from "./direct/build-linker.ts";
import { DirectDriver } from "./direct/driver.ts";
import { obstacleOf } from "./direct/obstacle.ts";
import { type CommandResult, type OutputSink, runCommand } from "./command.ts";
import { flagsForBuild, withoutNetwork } from "./flags.ts";
import { carriesShim } from "./find-shim.ts";
import { Injector } from "./injector.ts";
import { type Injection, type InjectionOptions, injectedCommand } from "./injection.ts";
import { injectedFlags } from "./injection.ts";
import { shellCommand } from "./shell.ts";
import { copyBeside, identityOf, snapshot } from "./snapshot.ts";

export interface BuilderOptions {
  readonly processes: Processes;
  /** Absolute path of the `go` command. */
  readonly go: string;
  readonly platform: NodeJS.Platform;
  /** What a binary must fit to be started here. */
  readonly machine: Platform;
  /** Absolute working directory of every command. */
  readonly dir: string;
  /** The environment of every command, asked for at each build. */
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  readonly kept: KeptBuilds;
  /** The main package, as `go build` takes it. */
  readonly package: string;
  /** What the binary is called. */
  readonly name: string;
  /** Path of the main module, for hints. */
  readonly modulePath?: string | undefined;
  /** Directories of the user's own code, asked for when a build has failed. */
  readonly ownDirs: () => readonly string[];
  /** Arguments of gust's own `go build`. */
  readonly flags: readonly string[];
  /** Shell line that builds instead of `go build`; null: gust runs `go build`. */
  readonly cmd: string | null;
  /** What positions in the output of `cmd` are relative to; `dir` where it is not given. */
  readonly outputDir?: string;
  /** Shell lines before every build. */
  readonly preCmd: readonly string[];
  /** What is kept: gust's own binary, a file that `cmd` writes, or nothing (an opaque command). */
  readonly target: BuildTarget;
  /** True: a pre-command that fails ends the build. */
  readonly stopOnError: boolean;
  /** `go env GOFLAGS`. */
  readonly goflags: string;
  /** Build without the go command where that is possible. */
  readonly direct: boolean;
  /** Where a linker comes from that loads before the save what no save changes; null: none does. */
  readonly preload: LinkerPlaces | null;
  /** Keep debug information (DWARF) and the table of symbols, which take the linker half of its time. */
  readonly debugInfo: boolean;
  /** What is added to the program by gust's own `go build`; null: nothing. */
  readonly injection: InjectionOptions | null;
  /** Limit of each command. */
  readonly timeoutMs: number;
  /** Gets the output of a failed build; null: none. */
  readonly logFile: string | null;
  /** Gets the output of custom commands as it comes. */
  readonly output: OutputSink;
  /** A pseudo-terminal for custom commands. */
  readonly terminal?: () => TerminalSpec | null;
  /** Told of every process that is started and gone. */
  readonly onProcess?: (pid: number, alive: boolean) => void;
}

export type BuildTarget =
  | { readonly type: "built" }
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "none" };

/** Where binaries are kept: one directory for each build. */
export interface KeptBuilds {
  /** The directory that they are in; absolute. */
  readonly dir: string;
  /** Makes the directory of a build, empty; absolute. */
  prepare(build: number): Promise<string | Failure>;
  /** Removes the directory of a build that failed. */
  discard(build: number): Promise<void>;
  /** Removes all builds but these. */
  prune(keep: readonly number[]): Promise<void>;
}

export interface GoBuilder extends Builder {
  /**
   * Puts a kept binary back where `build.cmd` writes it, unless it is there: for a rollback, and
   * where somebody else has removed or replaced it. Null: done.
   */
  restore(artifact: Artifact): Promise<Failure | null>;
  /** Ends what waits for the next build; there is none. */
  close(): Promise<void>;
}

/** Builds by `go build` or by the command that the user configured, and keeps the binary. */
export function openBuilder(options: BuilderOptions): GoBuilder {
  const injector = new Injector(options.injection, options.cmd === null ? "package" : "files");
  const { processes, go, dir, package: main, timeoutMs, onProcess } = options;
  const work = join(options.kept.dir, "direct");
  const obstacle = obstacleOf(options);
  const driver =
    obstacle === null
      ? new DirectDriver({ processes, go, dir, package: main, work, timeoutMs, onProcess })
      : null;
  return {
    build: (generation, changes, signal, offline = false) => {
      driver?.note(changes);
      return build({ options, injector, driver, generation, signal, offline });
    },
    prepare: async (signal) =>
      driver === null
        ? { type: "impossible", reason: obstacle ?? "" }
        : prepare(options, injector, driver, signal),
    preload: async (signal) =>
      driver === null || options.preload === null
        ? { type: "not-preloaded", reason: obstacle ?? "build.preload is false" }
        : driver.preload(options.preload, signal),
    prune: (keep) => options.kept.prune(keep),
    close: async () => driver?.close(),
    restore: async (artifact) => {
      if (artifact.path === null || options.target.type !== "file") return null;
      if (await isAt(options.target.path, artifact)) return null;
      return copyBeside(artifact.path, options.target.path, `gust-${artifact.build}`);
    },
  };
}

async function prepare(
  options: BuilderOptions,
  injector: Injector,
  driver: DirectDriver,
  signal: AbortSignal,
): Promise<Preparation> {
  try {
    const place = join(options.kept.dir, "overlay");
    await mkdir(place, { recursive: true });
    const injection = await injector.again(place, flagsOf(options));
    const flags = goBuildFlags(options, injection);
    return await driver.prepare({ env: await options.env(), flags, signal });
  } catch (error) {
    return { type: "impossible", reason: ioFailure(error, "use", options.kept.dir).message };
  }
}

type Task = Pick<RunStep, "options" | "injector" | "driver" | "generation" | "signal" | "offline">;

async function build(task: Task): Promise<BuildOutcome> {
  const { options, generation, signal } = task;
  const phases: Phase[] = [];
  let outcome: BuildOutcome;
  try {
    outcome = await attempt(task, phases);
  } catch (error) {
    const failure = ioFailure(error, "build in", options.dir);
    outcome = { type: "failed", failure, phases };
  }
  // An abort wins over what came of it, be it a half-written file or a success too late.
  if (signal.aborted) outcome = { type: "cancelled" };
  if (outcome.type !== "built") await options.kept.discard(generation);
  return outcome;
}

async function attempt(task: Task, phases: Phase[]): Promise<BuildOutcome> {
  const { options, generation, signal } = task;
  const place = await options.kept.prepare(generation);
  if (typeof place !== "string") return { type: "failed", failure: place, phases };
  const work = join(place, ".work");
  const warnings: Failure[] = [];
  const route: { taken: Route } = { taken: { type: "foreign" } };
  const env = { ...(await options.env()), ...(task.offline ? withoutNetwork : {}) };
  const run: RunStep = { ...task, env, place, warnings, phases, route, began: Date.now() };
  const steps: readonly [name: string, step: () => Promise<Failure | Artifact | null>][] = [
    ["pre", () => runPreCommands(run)],
    ["build", () => runBuildCommand(run)],
    ["check", () => keepBinary(run)],
  ];
  try {
    for (const [name, step] of steps) {
      if (name === "pre" && options.preCmd.length === 0) continue;
      const from = performance.now();
      const result = await step();
      // A direct build has phases of its own.
      if (name !== "build" || run.route.taken.type !== "direct") {
        phases.push({ name, durationMs: performance.now() - from });
      }
      if (signal.aborted) return { type: "cancelled" };
      if (result === null) continue;
      if ("code" in result) return { type: "failed", failure: result, phases };
      const log = await writeBuildLog(options.logFile, "", options.dir);
      return {
        type: "built",
        artifact: result,
        route: route.taken,
        phases,
        warnings: log === null ? warnings : [...warnings, log],
      };
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  throw new Error("the last step of a build gives an artifact or a failure");
}

/** One build under way. */
interface RunStep {
  readonly options: BuilderOptions;
  readonly injector: Injector;
  /** Builds without the go command where it can; null: it never may. */
  readonly driver: DirectDriver | null;
  /** Who has built; set when it is known. */
  readonly route: { taken: Route };
  /** What has been done so far. */
  readonly phases: Phase[];
  /** What went wrong without stopping the build. */
  readonly warnings: Failure[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly offline: boolean;
  /** Directory of this build, absolute. */
  readonly place: string;
  readonly generation: number;
  /** Milliseconds of the wall clock. */
  readonly began: number;
}

/** The first that fails ends the list; the build goes on unless it is told to stop. */
async function runPreCommands(run: RunStep): Promise<Failure | null> {
  for (const line of run.options.preCmd) {
    const result = await runShell(run, line);
    if (result.type === "cancelled") return null;
    if (result.type === "ended" && result.code === 0) continue;
    const failure = preCommandFailure(run.options, line, result);
    if (run.options.stopOnError) return failure;
    run.warnings.push(failure);
    return null;
  }
  return null;
}

async function runBuildCommand(run: RunStep): Promise<Failure | null> {
  const { options, driver } = run;
  const result = (await buildDirectly(run)) ?? (await buildByCommand(run));
  if (result.type === "cancelled") return null;
  if (result.type === "ended" && result.code === 0) {
    if (run.route.taken.type === "go") await driver?.rebuilt();
    return null;
  }
  const failure = buildCommandFailure(options, result);
  const log = await writeBuildLog(
    options.logFile,
    "text" in result ? result.text : failure.message,
    options.dir,
  );
  if (log === null) return failure;
  return { ...failure, seen: `${failure.seen ?? ""}\n${log.message}`.trim() };
}

/** Null: the command has to run, and `route` tells why. */
async function buildDirectly(run: RunStep): Promise<CommandResult | null> {
  const { driver, generation, env, signal } = run;
  if (driver === null) {
    // A command of the user's is nobody else's business.
    if (run.options.cmd === null)
      run.route.taken = { type: "go", reason: obstacleOf(run.options) ?? "" };
    return null;
  }
  const result = await driver.build({ generation, env, output: temporaryName(run), signal });
  switch (result.type) {
    case "cancelled":
      return result;
    case "declined":
      run.route.taken = { type: "go", reason: result.reason };
      return null;
    case "failed":
      run.route.taken = { type: "direct", packages: 0, preloaded: false };
      run.phases.push(...result.phases);
      return { type: "ended", code: 1, signal: null, kept: "", text: result.text };
    case "built":
      run.route.taken = { type: "direct", packages: result.packages, preloaded: result.preloaded };
      run.phases.push(...result.phases);
      return { type: "ended", code: 0, signal: null, kept: "", text: "" };
  }
}

async function buildByCommand(run: RunStep): Promise<CommandResult> {
  // A `go build` that is killed leaves its work directory behind, so that it gets one of ours.
  const work = join(run.place, ".work");
  await mkdir(work, { recursive: true });
  const env = { ...run.env, GOTMPDIR: work };
  return run.injector.build(work, flagsOf(run.options), {
    run: (injection) => runOnce({ ...run, env }, injection),
    warn: (failure) => void run.warnings.push(failure),
  });
}

const flagsOf = ({ cmd, flags }: BuilderOptions): readonly string[] =>
  cmd === null ? flagsForBuild(flags) : [];

function runOnce(run: RunStep, injection: Injection): Promise<CommandResult> {
  const { options } = run;
  if (options.cmd === null) return runGoBuild(run, goBuildFlags(options, injection));
  const { line, env } = injectedCommand(options.cmd, injection, options.goflags);
  return runShell({ ...run, env: { ...run.env, ...env } }, line);
}

/** The flags of gust's own `go build`. */
function goBuildFlags(options: BuilderOptions, injection: Injection): readonly string[] {
  const flags = flagsOf(options);
  // Who switches optimisations off is going to use a debugger.
  const debugged = options.debugInfo || flags.some((flag) => /(?:^|[\s=])-N\b/.test(flag));
  return injectedFlags(flags, injection, options.goflags, debugged ? [] : ["-s", "-w"]);
}

function runGoBuild(run: RunStep, flags: readonly string[]): Promise<CommandResult> {
  const { options } = run;
  return runCommand({
    processes: options.processes,
    argv: [options.go, "build", ...flags, "-o", temporaryName(run), options.package],
    dir: options.dir,
    env: run.env,
    signal: run.signal,
    timeoutMs: options.timeoutMs,
    onProcess: options.onProcess,
  });
}

function runShell(run: RunStep, line: string): Promise<CommandResult> {
  const { options } = run;
  return runCommand({
    processes: options.processes,
    argv: shellCommand(line, options.platform),
    dir: options.dir,
    env: run.env,
    signal: run.signal,
    timeoutMs: options.timeoutMs,
    terminal: options.terminal?.() ?? null,
    output: options.output,
    onProcess: options.onProcess,
  });
}

/** Checks the binary and gives it its name in the directory of this build. */
async function keepBinary(run: RunStep): Promise<Failure | Artifact> {
  const { options, generation } = run;
  if (options.target.type === "none") {
    return { build: generation, path: null, hash: null, sizeBytes: 0, shim: false };
  }
  const made = options.target.type === "built" ? temporaryName(run) : options.target.path;
  const failure = await checkBinary(made, options.machine, run.began);
  if (failure !== null) return failure;
  const name = options.target.type === "built" ? programFile(options) : basename(made);
  const path = join(run.place, name);
  const temporary = join(run.place, `.${name}.tmp`);
  if (options.target.type === "file") {
    const copied = await snapshot(made, temporary);
    if (copied !== null) return copied;
  }
  try {
    const hash = await identityOf(temporary);
    const { size } = await stat(temporary);
    // Every millisecond counts in gust's own build, which cannot have left them out.
    const look = async (): Promise<boolean> => options.cmd === null || carriesShim(temporary);
    const shim = await run.injector.isIn(look, (failure) => void run.warnings.push(failure));
    await rename(temporary, path);
    run.driver?.kept(path);
    return { build: generation, path, hash, sizeBytes: size, shim };
  } catch (error) {
    return ioFailure(error, "keep the binary as", path);
  }
}

async function isAt(path: string, artifact: Artifact): Promise<boolean> {
  try {
    const { size } = await stat(path);
    return size === artifact.sizeBytes && (await identityOf(path)) === artifact.hash;
  } catch {
    // Whatever is wrong with it, a copy of the kept binary takes its place.
    return false;
  }
}

/** Beside the final name, so that the rename stays in one file system. */
function temporaryName(run: RunStep): string {
  return join(run.place, `.${programFile(run.options)}.tmp`);
}

function programFile(options: BuilderOptions): string {
  return options.platform === "win32" ? `${options.name}.exe` : options.name;
}
