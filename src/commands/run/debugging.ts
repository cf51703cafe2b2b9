import { definedOf } from "../../adapters/env/env-files.ts";
import { debuggedProcesses } from "../../adapters/debug/debugged-processes.ts";
import { DebugDesk } from "../../adapters/debug/desk.ts";
import { findDlv } from "../../adapters/debug/dlv-command.ts";
import type { Loaded } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";
import type { Processes } from "../../engine/processes.ts";
import type { CommandIo } from "../io.ts";
import { ownDirs } from "./project.ts";
import type { Ui } from "./ui.ts";

/** A run in which every version of the program is started in a debugger. */
export interface Debugging {
  /** Starts the program; everything else is started without. */
  readonly processes: Processes;
  close(): Promise<void>;
}

/**
 * Opens the port for debuggers; null without `--debug`. Failures: DEBUGGER_MISSING,
 * DEBUGGER_PORT_TAKEN.
 */
export async function openDebugging(
  loaded: Loaded,
  given: { readonly io: CommandIo; readonly ui: Ui; readonly processes: Processes },
): Promise<Debugging | Failure | null> {
  const { debug, dir } = loaded.config;
  if (!debug.enabled) return null;
  const { io, ui, processes } = given;
  const dlv = findDlv(debug.dlv, { dir, env: definedOf(io.env) });
  if (typeof dlv !== "string") return dlv;
  const desk = new DebugDesk();
  const taken = await desk.listen(debug.port);
  if (taken !== null) {
    const owner = await processes.portOwner(debug.port);
    if (owner === null) return taken;
    return { ...taken, message: `${taken.message} by ${owner.name} (pid ${owner.pid})` };
  }
  ui.person?.presenter.say("main", `debuggers attach at 127.0.0.1:${debug.port}`);
  return {
    processes: debuggedProcesses({
      processes,
      desk,
      dlv,
      dir: ownDirs(io.env).runtimeDir,
      warn: (failure) => ui.face.failure("debugger", failure),
    }),
    close: () => desk.close(),
  };
}
