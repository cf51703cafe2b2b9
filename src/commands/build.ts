import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { loadConfig } from "../config/load.ts";
import type { Loaded } from "../config/config.ts";
import { definedOf } from "../adapters/env/env-files.ts";
import type { KeptBuilds } from "../adapters/go/builder.ts";
import { copyBeside } from "../adapters/go/snapshot.ts";
import { openNodeProcesses } from "../adapters/process/node-processes.ts";
import { type TracedCommand, commandLine } from "../adapters/terminal/command-words.ts";
import type { Failure } from "../core/failure.ts";
import { noChanges } from "../core/source-changes.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "./io.ts";
import { LinkMemory, injectionOf } from "./run/linked.ts";
import { makeParts } from "./run/parts.ts";
import { findProject, newRunId } from "./run/project.ts";
import { traced } from "./run/trace.ts";

export interface BuildArguments extends ConfigArguments {
  /** `-o`: the file to write. */
  readonly output: string | null;
  readonly packageDir: string;
  /** `-x`: show the commands that gust runs. */
  readonly trace: boolean;
}

/**
 * `gust build`: builds the program once, as `gust run` does, and writes it to a file. Exit codes:
 * 0 it is there, 1 it does not build, 2 wrong use.
 */
export async function runBuild(args: BuildArguments, io: CommandIo): Promise<number> {
  const { output, flags } = args;
  if (output === null || output === "") return refuse([noOutput], io);
  const named = flags.package ?? flags.args[0] ?? null;
  const loaded = await loadConfig(
    loadOptions({ ...args, flags: { ...flags, package: named }, production: true }, io),
  );
  if (!("config" in loaded)) return refuse(loaded, io);
  for (const warning of loaded.warnings) io.stderr(failureText("warning", warning));
  const place = await mkdtemp(join(tmpdir(), "gust-build-"));
  try {
    const result = await buildInto(place, loaded, args, io);
    if ("code" in result) return refuse([result], io, exitCodeOf(result));
    const target = resolve(io.cwd, output);
    await mkdir(dirname(target), { recursive: true });
    const copied = await copyBeside(result.path, target, "gust-new");
    if (copied !== null) return refuse([copied], io, 1);
    io.stderr(`${output} is built${result.shim ? ", with gust's files in it" : ""}\n`);
    return 0;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

const noOutput: Failure = {
  code: "FLAG_INVALID",
  message: "`gust build` needs the name of the file to write",
  hint: "gust build -o server ./cmd/server",
};

async function buildInto(
  place: string,
  loaded: Loaded,
  args: BuildArguments,
  io: CommandIo,
): Promise<{ readonly path: string; readonly shim: boolean } | Failure> {
  const opened = openNodeProcesses({ runId: newRunId(), graceMs: 2000, reason: null });
  const show = (command: TracedCommand): void =>
    io.stderr(`${commandLine(command, io.cwd, process.platform)}\n`);
  const processes = args.trace ? traced(opened, io.env, show) : opened;
  try {
    const env = definedOf(io.env);
    const project = await findProject({ loaded, processes, env, choose: nobody });
    if ("code" in project) return project;
    const links = new LinkMemory();
    const { goos, goarch } = project.toolchain;
    // What goes somewhere else may need a debugger there; and nobody waits for it.
    const build = { ...loaded.config.build, debug: true };
    const parts = makeParts(
      { ...loaded, config: { ...loaded.config, build } },
      {
        env: io.env,
        gitIgnore: null,
        own: [],
        alone: null,
        warn: (failure) => io.stderr(failureText("warning", failure)),
        processes,
        kept: keptIn(place),
        ownDirs: () => [project.moduleDir ?? project.dir],
        output: (_, data) => io.stderr(Buffer.from(data).toString()),
        terminal: () => null,
        onProcess: () => undefined,
        cacheDir: place,
        project,
        injection: injectionOf(
          { packageDir: args.packageDir, project, links },
          { sockets: true, logContext: loaded.config.log.context },
        ),
        // It need not run here.
        machine: { os: goos, arch: goarch },
      },
    );
    const { signal } = new AbortController();
    await links.watch(parts.graph).load(signal);
    const outcome = await parts.builder.build(1, noChanges, signal);
    if (outcome.type === "failed") return outcome.failure;
    if (outcome.type === "cancelled") return nothingBuilt;
    for (const warning of outcome.warnings) io.stderr(failureText("warning", warning));
    const { path, shim } = outcome.artifact;
    return path === null ? nothingBuilt : { path, shim };
  } finally {
    await processes.close();
  }
}

/** Which of several programs is meant is said on the command line. */
const nobody = (): Promise<null> => Promise.resolve(null);

const nothingBuilt: Failure = {
  code: "BUILD_FAILED",
  message: "the build command does not tell which file it writes",
  hint: "name it in build.entrypoint",
};

function keptIn(place: string): KeptBuilds {
  return {
    dir: place,
    prepare: () => Promise.resolve(place),
    discard: () => Promise.resolve(),
    prune: () => Promise.resolve(),
  };
}

const exitCodeOf = ({ code }: Failure): number =>
  /^(?:BUILD|BINARY|MODULE|VENDOR)_|^PRE_COMMAND_FAILED$/.test(code) ? 1 : 2;

function refuse(failures: readonly Failure[], io: CommandIo, code = 2): number {
  for (const failure of failures) io.stderr(failureText("error", failure));
  return code;
}
