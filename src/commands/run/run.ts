import { join } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { printConfig } from "../../config/print.ts";
import type { Failure } from "../../core/failure.ts";
import { openProcesses } from "../../adapters/process/open-processes.ts";
import { findOrphans, reapOrphans, startTimeOf } from "../../adapters/process/orphans.ts";
import { type RunStore, openRunStore } from "../../adapters/store/run-store.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "../io.ts";
import { type Ui, openUi } from "./ui.ts";
import { findProject, newRunId, ownDirs, widenRoot } from "./project.ts";
import { openSession } from "./session.ts";

export interface RunArguments extends ConfigArguments {
  readonly json: boolean;
  readonly color: "auto" | "always" | "never" | null;
  readonly keys: boolean;
  readonly printConfig: boolean;
  /** Directory of gust's own package, where the keeper's sources are. */
  readonly packageDir: string;
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
  const ui = openUi(args, loaded);
  for (const warning of loaded.warnings) ui.warn(warning);
  const dirs = ownDirs(io.env);
  const runId = newRunId();
  const processes = await openProcesses({
    keeperDir: join(args.packageDir, "keeper"),
    runId,
    cacheDir: dirs.cacheDir,
    onProgress: (text) => ui.progress(text),
    onLost: (failure) => ui.warn(failure),
    ...backendOf(io),
  });
  try {
    const project = await findProject({
      loaded,
      processes,
      env: defined(io.env),
      choose: (mains) => ui.choose(mains),
    });
    if ("code" in project) return await refuseLate([project], ui);
    const store = await openRunStore({
      cacheDir: dirs.cacheDir,
      root: loaded.config.root,
      package: project.key,
      runId,
      pid: process.pid,
      startTimeOf,
    });
    if ("code" in store) return await refuseLate([store], ui);
    try {
      await reap(store, ui);
      const session = await openSession({
        args,
        io,
        ui,
        processes,
        project,
        store,
        loaded: widenRoot(loaded, project.moduleDir),
        runtimeDir: dirs.runtimeDir,
      });
      return "code" in session ? await refuseLate([session], ui) : await session.done;
    } finally {
      await store.close();
    }
  } finally {
    await processes.close();
    await ui.close(0);
  }
}

/** What a gust that was killed has left is ended before it holds a port of ours. */
async function reap(store: RunStore, ui: Ui): Promise<void> {
  if (store.previous === null) return;
  const { runId, processes } = store.previous;
  const known = processes.flatMap(({ pid, startTime }) =>
    startTime === null ? [] : [{ pid, startTime }],
  );
  const orphans = await findOrphans({ runId, processes: known });
  if (orphans.length === 0) return;
  const left = await reapOrphans(orphans);
  ui.say(
    left.length === 0
      ? `ended ${orphans.length} process${orphans.length === 1 ? "" : "es"} of an earlier run`
      : `could not end ${left.map((one) => one.pid).join(", ")} of an earlier run`,
  );
}

function refuse(failures: readonly Failure[], io: CommandIo): number {
  for (const failure of failures) io.stderr(failureText("error", failure));
  return 2;
}

async function refuseLate(failures: readonly Failure[], ui: Ui): Promise<number> {
  for (const failure of failures) ui.error(failure);
  await Promise.resolve();
  return failures.some((failure) => failure.code === "ALREADY_RUNNING" || isSystem(failure)) ? 1 : 2;
}

const isSystem = (failure: Failure): boolean =>
  failure.code === "DISK_FULL" || failure.code === "IO_FAILED";

/** `GUST_BACKEND=node` tries how gust works where the keeper cannot be built. */
function backendOf(io: CommandIo): { backend?: "keeper" | "node" } {
  const backend = io.env["GUST_BACKEND"];
  return backend === "node" || backend === "keeper" ? { backend } : {};
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

