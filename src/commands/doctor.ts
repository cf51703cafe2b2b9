import { definedOf } from "../adapters/env/env-files.ts";
import { join, resolve } from "node:path";
import { loadConfig } from "../config/load.ts";
import type { Loaded } from "../config/config.ts";
import { openProcesses } from "../adapters/process/open-processes.ts";
import { openSwapMemory } from "../adapters/store/swap-memory.ts";
import type { Failure } from "../core/failure.ts";
import type { SwapView } from "../core/view.ts";
import type { Processes } from "../engine/processes.ts";
import type { Fact, InotifyFact, KeeperFact, RunFact } from "./doctor/facts.ts";
import { counts, findingsJson, findingsText } from "./doctor/finding.ts";
import { judge } from "./doctor/judge.ts";
import {
  lookAtCache,
  lookAtGo,
  lookAtInotify,
  lookAtNode,
  lookAtSocket,
  lookForKeeper,
} from "./doctor/look-machine.ts";
import { lookAtEditor } from "./doctor/look-editor.ts";
import { lookAtProgram, lookAtWatching } from "./doctor/look-project.ts";
import { lookAtPorts, lookAtRuns } from "./doctor/look-runs.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "./io.ts";
import { backendOf, newRunId, ownDirs } from "./run/project.ts";

export interface DoctorArguments extends ConfigArguments {
  readonly json: boolean;
  /** Directory of gust's own package, where the keeper's sources are. */
  readonly packageDir: string;
}

/**
 * `gust doctor`: looks at everything that a run depends on, one line each. It changes nothing but
 * the cache, where the keeper is built if it is not there. Exit codes: 0 no problems, 1 problems,
 * 2 wrong use.
 */
export async function runDoctor(args: DoctorArguments, io: CommandIo): Promise<number> {
  const [word] = args.flags.args;
  if (word !== undefined) {
    const hint = "a main package is named by its path, as in `gust doctor ./cmd/api`";
    return refuse([{ code: "FLAG_INVALID", message: `${word} means nothing here`, hint }], io);
  }
  const loaded = await loadConfig(loadOptions(args, io));
  if (!("config" in loaded) && loaded.some(isWrongUse)) return refuse(loaded, io);
  const findings = (await examine(args, io, loaded)).flatMap(judge);
  // `--verbose` is a key of the configuration, and read as such.
  const verbose = args.flags.values.get("verbose") === true;
  io.stdout(args.json ? findingsJson(findings) : findingsText(findings, verbose));
  return counts(findings).problems === 0 ? 0 : 1;
}

type LoadResult = Loaded | readonly Failure[];

async function examine(
  args: DoctorArguments,
  io: CommandIo,
  loaded: LoadResult,
): Promise<readonly Fact[]> {
  const keeperDir = join(args.packageDir, "keeper");
  const dirs = ownDirs(io.env);
  const use = lookAtInotify();
  const place = await lookForKeeper(keeperDir, dirs);
  const processes = await openProcesses({
    keeperDir,
    runId: newRunId(),
    cacheDir: dirs.cacheDir,
    onProgress: (text) => io.stderr(`${text}\n`),
    ...backendOf(io.env),
  });
  const keeper: KeeperFact = { type: "keeper", capabilities: processes.capabilities, place };
  try {
    const dir = "config" in loaded ? loaded.config.dir : resolve(io.cwd, args.root ?? "");
    const machine: readonly Fact[] = [
      await lookAtGo(processes, dir, definedOf(io.env)),
      lookAtNode(),
      keeper,
      await lookAtCache(dirs),
      { type: "config", loaded },
    ];
    if (!("config" in loaded)) {
      return [...machine, { type: "inotify", use, needed: null, counted: false }];
    }
    return [...machine, ...(await examineProject(loaded, { processes, io, use }))];
  } finally {
    await processes.close();
  }
}

interface Means {
  readonly processes: Processes;
  readonly io: CommandIo;
  readonly use: InotifyFact["use"];
}

async function examineProject(
  loaded: Loaded,
  { processes, io, use }: Means,
): Promise<readonly Fact[]> {
  const dirs = ownDirs(io.env);
  const program = await lookAtProgram(loaded, processes, definedOf(io.env));
  const [watched, files] = await lookAtWatching(loaded, program, {
    processes,
    env: io.env,
    own: dirs.cacheDir,
  });
  const runs = await lookAtRuns(dirs, loaded.config.root);
  const needed = watched.report.directories;
  const key = program.found.type === "one" ? program.found.project.key : "none";
  return [
    program,
    watched,
    files,
    { type: "inotify", use, needed, counted: runs.some((run: RunFact) => run.alive) },
    await lookAtSocket(dirs, key),
    { type: "runs", runs },
    { type: "ports", ports: await lookAtPorts(loaded.config, runs, processes) },
    {
      type: "swap",
      mode: loaded.config.run.swap,
      held: processes.capabilities.held === true,
      running: swapOf(runs),
      learned: (await openSwapMemory(dirs.cacheDir, key)).last?.alone ?? null,
    },
    lookAtEditor(loaded.config, io.env),
  ];
}

/** How the program of a gust that runs here is swapped. */
function swapOf(runs: readonly RunFact[]): SwapView | null {
  const status = runs.find((run) => run.alive)?.status ?? null;
  return status === null || "code" in status ? null : status.state.swap;
}

/** What the command line names and is not there. A bad configuration is a finding instead. */
function isWrongUse({ code }: Failure): boolean {
  return code === "CONFIG_NOT_FOUND" || code === "ROOT_MISSING" || code === "FLAG_INVALID";
}

function refuse(failures: readonly Failure[], io: CommandIo): number {
  for (const failure of failures) io.stderr(failureText("error", failure));
  return 2;
}
