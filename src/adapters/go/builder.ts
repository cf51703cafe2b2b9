import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Platform } from "../../core/binary-format.ts";
import { buildFailure } from "../../core/build-failure.ts";
import type { BuildOutcome, Phase } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { ioFailure } from "../../core/io-failure.ts";
import type { Artifact } from "../../core/version.ts";
import type { Builder } from "../../engine/ports.ts";
import type { Processes, TerminalSpec } from "../../engine/processes.ts";
import { writeBuildLog } from "./build-log.ts";
import { checkBinary } from "./check-binary.ts";
import { describeEnd, runCommand } from "./command.ts";
import type { CommandResult, OutputSink } from "./command.ts";
import { flagsForBuild } from "./flags.ts";
import { carriesShim } from "./find-shim.ts";
import type { Injection, InjectionOptions } from "./injection.ts";
import { Injector } from "./injector.ts";
import { injectedCommand, injectedFlags } from "./injection.ts";
import { commandNotFound, shellCommand } from "./shell.ts";
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
  /** Keep debug information (DWARF), which takes the linker a third of its time. */
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
}

/** Builds by `go build` or by the command that the user configured, and keeps the binary. */
export function openBuilder(options: BuilderOptions): GoBuilder {
  const injector = new Injector(options.injection, options.cmd === null ? "package" : "files");
  return {
    build: (generation, signal) => build(options, injector, generation, signal),
    prune: (keep) => options.kept.prune(keep),
    restore: async (artifact) => {
      if (artifact.path === null || options.target.type !== "file") return null;
      if (await isAt(options.target.path, artifact)) return null;
      return copyBeside(artifact.path, options.target.path, `gust-${artifact.build}`);
    },
  };
}

async function build(
  options: BuilderOptions,
  injector: Injector,
  generation: number,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const phases: Phase[] = [];
  let outcome: BuildOutcome;
  try {
    outcome = await attempt({ options, injector, generation, signal }, phases);
  } catch (error) {
    const failure = ioFailure(error, "build in", options.dir);
    outcome = { type: "failed", failure, phases };
  }
  // An abort wins over what came of it, be it a half-written file or a success too late.
  if (signal.aborted) outcome = { type: "cancelled" };
  if (outcome.type !== "built") await options.kept.discard(generation);
  return outcome;
}

async function attempt(
  task: Pick<RunStep, "options" | "injector" | "generation" | "signal">,
  phases: Phase[],
): Promise<BuildOutcome> {
  const { options, generation, signal } = task;
  const place = await options.kept.prepare(generation);
  if (typeof place !== "string") return { type: "failed", failure: place, phases };
  // A `go build` that is killed leaves its work directory behind, so that it gets one of ours.
  const work = join(place, ".work");
  await mkdir(work, { recursive: true });
  const env = { ...(await options.env()), GOTMPDIR: work };
  const warnings: Failure[] = [];
  const run: RunStep = { ...task, env, place, warnings, began: Date.now() };
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
      phases.push({ name, durationMs: performance.now() - from });
      if (signal.aborted) return { type: "cancelled" };
      if (result === null) continue;
      if ("code" in result) return { type: "failed", failure: result, phases };
      const log = await writeBuildLog(options.logFile, "", options.dir);
      return {
        type: "built",
        artifact: result,
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
  /** What went wrong without stopping the build. */
  readonly warnings: Failure[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
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

function preCommandFailure(options: BuilderOptions, line: string, result: CommandResult): Failure {
  const how =
    result.type === "ended" ? describeEnd(result) : `no end within ${options.timeoutMs} ms`;
  const seen = "text" in result ? result.text.trim() : "";
  const started = result.type !== "failed";
  return {
    code: "PRE_COMMAND_FAILED",
    message: `pre_cmd failed (${started ? how : result.failure.message}): ${line}`,
    ...(seen === "" ? {} : { seen }),
    hint: options.stopOnError
      ? "correct the command, or set `build.stop_on_error = false` to build all the same"
      : "the build goes on; `build.stop_on_error = true` would end it here",
  };
}

async function runBuildCommand(run: RunStep): Promise<Failure | null> {
  const { options } = run;
  const result = await run.injector.build(join(run.place, ".work"), flagsOf(options), {
    run: (injection) => runOnce(run, injection),
    warn: (failure) => void run.warnings.push(failure),
  });
  if (result.type === "cancelled") return null;
  if (result.type === "ended" && result.code === 0) return null;
  const failure = buildCommandFailure(options, result);
  const log = await writeBuildLog(
    options.logFile,
    "text" in result ? result.text : failure.message,
    options.dir,
  );
  if (log === null) return failure;
  return { ...failure, seen: `${failure.seen ?? ""}\n${log.message}`.trim() };
}

function buildCommandFailure(options: BuilderOptions, result: CommandResult): Failure {
  const command = options.cmd ?? "go build";
  if (result.type === "failed") return result.failure;
  if (result.type === "timed-out") {
    return {
      code: "BUILD_TIMEOUT",
      message: `the build took longer than ${options.timeoutMs / 1000} s and was ended: ${command}`,
      seen: result.text.trim(),
      hint: "allow it more time with `build.timeout`",
    };
  }
  if (result.type === "cancelled") {
    return { code: "BUILD_FAILED", message: `the build was cancelled: ${command}` };
  }
  const absent = options.cmd === null ? null : commandNotFound(result.text, result);
  if (absent !== null) return absent;
  return buildFailure(result.text, {
    dir: options.outputDir ?? options.dir,
    ownDirs: options.ownDirs(),
    modulePath: options.modulePath,
    subject: options.cmd === null ? "the build" : `\`${options.cmd}\``,
    end: describeEnd(result),
  });
}

const flagsOf = ({ cmd, flags }: BuilderOptions): readonly string[] =>
  cmd === null ? flagsForBuild(flags) : [];

function runOnce(run: RunStep, injection: Injection): Promise<CommandResult> {
  const { options } = run;
  const { goflags } = options;
  if (options.cmd === null) {
    const linkerFlags = options.debugInfo ? [] : ["-w"];
    return runGoBuild(run, injectedFlags(flagsOf(options), injection, goflags, linkerFlags));
  }
  const { line, env } = injectedCommand(options.cmd, injection, goflags);
  return runShell({ ...run, env: { ...run.env, ...env } }, line);
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
