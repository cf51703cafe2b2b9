import { definedOf } from "../../adapters/env/env-files.ts";
import { join } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { printConfig } from "../../config/print.ts";
import type { Failure } from "../../core/failure.ts";
import type { Processes } from "../../engine/processes.ts";
import type { Loaded } from "../../config/config.ts";
import { openProcesses } from "../../adapters/process/open-processes.ts";
import { findOrphans, reapOrphans, startTimeOf } from "../../adapters/process/orphans.ts";
import { type RunStore, openRunStore } from "../../adapters/store/run-store.ts";
import { openSwapMemory } from "../../adapters/store/swap-memory.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "../io.ts";
import { type Ui, openUi } from "./ui.ts";
import { backendOf, findProject, newRunId, ownDirs, widenRoot } from "./project.ts";
import { openSession } from "./session.ts";

export interface RunArguments extends ConfigArguments {
  readonly json: boolean;
  readonly color: "auto" | "always" | "never" | null;
  readonly keys: boolean;
  readonly printConfig: boolean;
  /** Directory of gust's own package, where the keeper's sources are. */
  readonly packageDir: string;
  readonly version: string;
}

/**
 * `gust run`: finds the program, builds it, runs it, and makes every save live until it is told to
 * end. Returns the exit code: 0 after Ctrl-C, 2 for wrong use, 1 otherwise.
 */
export async function runGust(args: RunArguments, io: CommandIo): Promise<number> {
  const loaded = await loadConfig(loadOptions(args, io));
  if (!("config" in loaded)) return refuse(loaded, io);
  if (args.printConfig) {
    io.stdout(await printConfig(loaded));
    return 0;
  }
  const ui = openUi(args, loaded, args.version);
  for (const warning of loaded.warnings) ui.face.failure("warning", warning);
  const dirs = ownDirs(io.env);
  const runId = newRunId();
  const processes = await openProcesses({
    keeperDir: join(args.packageDir, "keeper"),
    runId,
    cacheDir: dirs.cacheDir,
    onProgress: (text) => ui.person?.presenter.say("main", text),
    onLost: (failure) => ui.face.failure("keeper", failure),
    ...backendOf(io.env),
  });
  let code = 1;
  const rescue = (): void => ui.face.rescue();
  process.on("uncaughtExceptionMonitor", rescue);
  try {
    code = await runProject({ args, io, ui, processes, loaded, runId });
  } finally {
    await processes.close();
    await ui.face.close(code);
    process.off("uncaughtExceptionMonitor", rescue);
  }
  return code;
}

interface Run {
  readonly args: RunArguments;
  readonly io: CommandIo;
  readonly ui: Ui;
  readonly processes: Processes;
  readonly loaded: Loaded;
  readonly runId: string;
}

async function runProject(run: Run): Promise<number> {
  const { io, ui, processes, loaded, runId } = run;
  const dirs = ownDirs(io.env);
  if (processes.capabilities.loss !== null) {
    ui.face.failure("keeper", { code: "KEEPER_UNAVAILABLE", message: processes.capabilities.loss });
  }
  const project = await findProject({
    loaded,
    processes,
    env: definedOf(io.env),
    choose: (mains) => ui.choose(mains),
  });
  if ("code" in project) return refuseLate(project, ui);
  const store = await openRunStore({
    cacheDir: dirs.cacheDir,
    root: loaded.config.root,
    package: project.key,
    runId,
    pid: process.pid,
    startTimeOf,
  });
  if ("code" in store) return refuseLate(store, ui);
  try {
    await reap(store, ui);
    const memory = await openSwapMemory(dirs.cacheDir, project.key);
    // Clients can wait from now on, though the first build has not begun.
    if (loaded.config.run.swap !== "stop-start") processes.listen?.(memory.last?.addresses ?? []);
    const session = await openSession({
      ...run,
      project,
      store,
      memory,
      loaded: widenRoot(loaded, project.moduleDir),
      runtimeDir: dirs.runtimeDir,
    });
    return "code" in session ? refuseLate(session, ui) : await session.done;
  } finally {
    await store.close();
  }
}

/** What a gust that was killed has left is ended before it holds a port of ours. */
async function reap(store: RunStore, ui: Ui): Promise<void> {
  if (store.previous === null) return;
  const { runId, processes } = store.previous;
  const known = processes.flatMap(({ pid, startTime }) =>
    startTime === null ? [] : [{ pid, startTime }],
  );
  const orphans = findOrphans({ runId, processes: known });
  if (orphans.length === 0) return;
  const left = await reapOrphans(orphans);
  const text =
    left.length === 0
      ? `ended ${orphans.length} process${orphans.length === 1 ? "" : "es"} of an earlier run`
      : `could not end ${left.map((one) => one.pid).join(", ")} of an earlier run`;
  ui.person?.presenter.say("main", text);
}

function refuse(failures: readonly Failure[], io: CommandIo): number {
  for (const failure of failures) io.stderr(failureText("error", failure));
  return 2;
}

function refuseLate(failure: Failure, ui: Ui): number {
  ui.face.failure("error", failure);
  return failure.code === "ALREADY_RUNNING" || isSystem(failure) ? 1 : 2;
}

const isSystem = (failure: Failure): boolean =>
  failure.code === "DISK_FULL" || failure.code === "IO_FAILED";
