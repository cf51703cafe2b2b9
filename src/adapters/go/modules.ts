import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildFailure } from "../../core/build-failure.ts";
import type { FetchProgress, ModulesOutcome } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { ioFailure } from "../../core/io-failure.ts";
import type { ModuleVersion } from "../../core/required-modules.ts";
import type { Modules } from "../../engine/ports.ts";
import type { Processes } from "../../engine/processes.ts";
import { type CommandResult, type CommandSpec, describeEnd, runCommand } from "./command.ts";
import {
  downloadErrors,
  downloadProgress,
  toolchainProgress,
  withoutRequests,
} from "./download-output.ts";
import { type Missing, modulesEnv, missingModules } from "./missing-modules.ts";

export interface ModuleOptions {
  readonly processes: Processes;
  /** Absolute path of the `go` command. */
  readonly go: string;
  /** Directory of the build; absolute. */
  readonly dir: string;
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  /** Flags of the build: `-mod=vendor`, `-modfile=…`. */
  readonly flags: readonly string[];
  readonly modulePath?: string | undefined;
  readonly ownDirs: () => readonly string[];
  /** A directory of gust's own, for what a download needs; absolute. */
  readonly place: string;
  readonly timeoutMs: number;
  readonly onProcess?: (pid: number, alive: boolean) => void;
}

/** Fetches modules by `go mod download`, and runs the go commands that change module files. */
export function openModules(options: ModuleOptions): Modules {
  return {
    run: async (job, progress, signal) => {
      const began = performance.now();
      const run: Run = { options, env: await options.env(), progress, signal, began };
      try {
        return job.type === "fetch" ? await fetchMissing(run) : await runFix(run, job.args);
      } catch (error) {
        const failure = ioFailure(error, "fetch modules into", options.place);
        return signal.aborted ? { type: "cancelled" } : { type: "failed", failure };
      }
    },
  };
}

interface Run {
  readonly options: ModuleOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly progress: (progress: FetchProgress) => void;
  readonly signal: AbortSignal;
  readonly began: number;
}

async function fetchMissing(run: Run): Promise<ModulesOutcome> {
  const { options, progress, signal, began } = run;
  let fetched = 0;
  // Whatever is asked of the go command, it fetches the toolchain first that go.mod names.
  const asked = await runGo(run, ["env", "-json", ...modulesEnv], {
    ...toolchainProgress((current) => {
      fetched = 1;
      progress({ done: 0, total: 1, current });
    }),
    keep: "stdout",
  });
  if (signal.aborted) return { type: "cancelled" };
  const failure = failureOf(options, asked, ["env"]);
  if (failure !== null) return { type: "failed", failure };
  const missing = await missingModules(asked.type === "ended" ? asked.kept : "{}", options.flags);
  if (missing.modules.length > 0) {
    const failed = await download(run, missing, fetched);
    if (signal.aborted) return { type: "cancelled" };
    if (failed !== null) return { type: "failed", failure: failed };
  }
  const count = fetched + missing.modules.length;
  return { type: "fetched", count, durationMs: performance.now() - began };
}

/**
 * In a module of its own: `go mod download` would add to the go.sum of the user's. It is given what
 * that knows, so that nothing else gets into the cache.
 */
async function download(run: Run, missing: Missing, before: number): Promise<Failure | null> {
  const { options, env, progress } = run;
  const { place } = options;
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "go.mod"), "module gust.invalid/download\n\ngo 1.21\n");
  await writeFile(join(place, "go.sum"), missing.sums);
  const total = before + missing.modules.length;
  let done = before;
  const [first] = missing.modules;
  progress({ done, total, current: first === undefined ? null : nameOf(first) });
  // A command line has its limits, on Windows soon.
  for (let at = 0; at < missing.modules.length; at += atOnce) {
    const part = missing.modules.slice(at, at + atOnce);
    const from = done;
    const result = await runGo(
      run,
      ["mod", "download", "-json", "-x", ...part.map(({ path, version }) => `${path}@${version}`)],
      {
        dir: place,
        env: { ...env, GOFLAGS: missing.goflags, GOWORK: "off" },
        ...downloadProgress(part, (count, current) => {
          done = from + count;
          progress({ done, total, current });
        }),
        keep: "stdout",
      },
    );
    if (run.signal.aborted) return null;
    const failure = failureOf(options, result, ["mod", "download"]);
    if (failure !== null) return failure;
    done = from + part.length;
  }
  return null;
}

const atOnce = 100;

const nameOf = ({ path, version }: ModuleVersion): string => `${path} ${version}`;

/** `go mod tidy` and its like, in the user's own module. */
async function runFix(run: Run, args: readonly string[]): Promise<ModulesOutcome> {
  const { options, signal, began } = run;
  const modfile = options.flags.filter((flag) => /^--?modfile=/.test(flag));
  const [group = "", ...rest] = args;
  // A flag stands behind the name of the command.
  const at = group === "mod" || group === "work" ? 1 : 0;
  const argv = [group, ...rest.slice(0, at), ...modfile, ...rest.slice(at)];
  const result = await runGo(run, argv, {});
  if (signal.aborted) return { type: "cancelled" };
  const failure = failureOf(options, result, args);
  if (failure !== null) return { type: "failed", failure };
  const text = result.type === "ended" ? result.text : "";
  const said = text.split("\n").filter((line) => /^go: (?!downloading|finding|found)/.test(line));
  return { type: "done", durationMs: performance.now() - began, said };
}

/** In the directory of the build and with its environment, where nothing else is said. */
function runGo(run: Run, args: readonly string[], more: GoRun): Promise<CommandResult> {
  const { processes, go, dir, timeoutMs, onProcess } = run.options;
  // A password that nobody is asked for would be waited for without end.
  const env = { GIT_TERMINAL_PROMPT: "0", GCM_INTERACTIVE: "never", ...run.env, ...more.env };
  const { signal } = run;
  return runCommand({
    processes,
    dir,
    signal,
    timeoutMs,
    onProcess,
    ...more,
    argv: [go, ...args],
    env,
  });
}

type GoRun = Partial<Pick<CommandSpec, "dir" | "env" | "keep" | "output">>;

/** Null: it has done what it should. */
function failureOf(
  options: ModuleOptions,
  result: CommandResult,
  args: readonly string[],
): Failure | null {
  const command = `go ${args.join(" ")}`;
  if (result.type === "failed") return result.failure;
  if (result.type === "cancelled") {
    return { code: "MODULE_COMMAND_FAILED", message: `\`${command}\` was cancelled` };
  }
  if (result.type === "timed-out") {
    return {
      code: "MODULE_COMMAND_FAILED",
      message: `\`${command}\` took longer than ${options.timeoutMs / 1000} s and was ended`,
      seen: result.text.trim(),
      hint: "check the network and GOPROXY, or allow it more time with `modules.timeout`",
    };
  }
  // With -json it ends well, whatever became of the modules.
  const errors = downloadErrors(result.kept);
  if (result.code === 0 && errors.length === 0) return null;
  const { dir, modulePath } = options;
  const text = errors.length > 0 ? errors.join("\n") : withoutRequests(result.text);
  const context = { dir, ownDirs: options.ownDirs(), modulePath, subject: `\`${command}\`` };
  const failure = buildFailure(text, { ...context, end: describeEnd(result) });
  return failure.code === "BUILD_FAILED" ? { ...failure, code: "MODULE_COMMAND_FAILED" } : failure;
}
