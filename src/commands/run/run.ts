import { definedOf } from "../../adapters/env/env-files.ts";
import { join } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { printConfig } from "../../config/print.ts";
import type { Failure } from "../../core/failure.ts";
import type { Processes } from "../../engine/processes.ts";
import type { Loaded } from "../../config/config.ts";
import { openProcesses } from "../../adapters/process/open-processes.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "../io.ts";
import type { Face } from "../../adapters/terminal/face.ts";
import { type Ui, openUi } from "./ui.ts";
import { backendOf, findProject, newRunId, ownDirs, widenRoot } from "./project.ts";
import { openDashboard } from "./dashboard/open-dashboard.ts";
import type { Dashboard } from "./dashboard/dashboard.ts";
import { openDebugging } from "./debugging.ts";
import { environmentLine, refuseToWatch } from "./environment.ts";
import { LinkMemory, injectionFor, linkerFor } from "./linked.ts";
import { makeParts } from "./parts.ts";
import { refuseLate, supervise } from "./supervise.ts";
import { toolsOf } from "./trace.ts";

export interface RunArguments extends ConfigArguments {
  readonly json: boolean;
  readonly color: "auto" | "always" | "never" | null;
  readonly keys: boolean;
  readonly printConfig: boolean;
  /** `-x`: show the commands that gust runs. */
  readonly trace: boolean;
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
  const unwatched = refuseToWatch(loaded);
  if (unwatched !== null) return refuse([unwatched], io);
  const ui = openUi(args, loaded, args.version);
  const line = environmentLine(loaded);
  if (line !== null) ui.person?.presenter.say("main", line);
  for (const warning of loaded.warnings) ui.face.failure("warning", warning);
  const dirs = ownDirs(io.env);
  const runId = newRunId();
  const keeper = { face: ui.face };
  const processes = await openProcesses({
    keeperDir: join(args.packageDir, "keeper"),
    runId,
    cacheDir: dirs.cacheDir,
    onProgress: (text) => ui.person?.presenter.say("main", text),
    onLost: (failure) => keeper.face.failure("keeper", failure),
    ...backendOf(io.env),
  });
  const dashboard = openDashboard({ args, ui, loaded });
  let code = 1;
  const rescue = (): void => ui.face.rescue();
  process.on("uncaughtExceptionMonitor", rescue);
  try {
    code = await runProject({ args, io, ui, processes, keeper, loaded, runId, dashboard });
  } finally {
    await dashboard.close();
    await processes.close();
    await ui.face.close(code);
    process.off("uncaughtExceptionMonitor", rescue);
  }
  return code;
}

/** A run, once its configuration is read. */
export interface Run {
  readonly args: RunArguments;
  readonly io: CommandIo;
  readonly ui: Ui;
  readonly processes: Processes;
  /** Who tells that the keeper behind `processes` has ended. */
  readonly keeper: { face: Face };
  readonly loaded: Loaded;
  readonly runId: string;
  readonly dashboard: Dashboard;
}

async function runProject(run: Run): Promise<number> {
  const { io, ui, processes, loaded } = run;
  const tools = toolsOf(run);
  if (processes.capabilities.loss !== null) {
    ui.face.failure("keeper", { code: "KEEPER_UNAVAILABLE", message: processes.capabilities.loss });
  }
  if (loaded.config.services.length + loaded.config.processes.length > 0) {
    const { runSeveral } = await import("./services/run-several.ts");
    return runSeveral(run);
  }
  const project = await findProject({
    loaded,
    processes: tools,
    env: definedOf(io.env),
    choose: (mains) => ui.choose(mains),
  });
  if ("code" in project) return refuseLate(project, ui);
  const debugging = await openDebugging(loaded, run);
  if (debugging !== null && "code" in debugging) return refuseLate(debugging, ui);
  const links = new LinkMemory();
  const ended = supervise({
    ...run,
    project,
    programs: debugging?.processes ?? processes,
    loaded: widenRoot(loaded, project.moduleDir),
    service: false,
    member: null,
    makeParts: (now, fixed) => {
      const injection = injectionFor(now, {
        packageDir: run.args.packageDir,
        project,
        processes,
        links,
      });
      const linker = linkerFor(run.args.packageDir, io.env);
      const parts = makeParts(now, { ...fixed, processes: tools, project, injection, linker });
      return { ...parts, graph: links.watch(parts.graph) };
    },
  });
  try {
    return await ended;
  } finally {
    await debugging?.close();
  }
}

function refuse(failures: readonly Failure[], io: CommandIo): number {
  for (const failure of failures) io.stderr(failureText("error", failure));
  return 2;
}
