import type { Failure } from "../../core/failure.ts";
import type { Processes } from "../../engine/processes.ts";
import { buildKeeper } from "./build-keeper.ts";
import { type ServiceSockets, openKeeper } from "./keeper-processes.ts";
import { openNodeProcesses } from "./node-processes.ts";

export interface OpenProcessesOptions {
  /** The directory with the keeper's sources. */
  readonly keeperDir: string;
  /** Identity of this run; every child has it in its environment as GUST_RUN. */
  readonly runId: string;
  /** Where the built keeper is kept; see `userCacheDir`. */
  readonly cacheDir: string;
  readonly onProgress?: (text: string) => void;
  /** The keeper ended by itself; every child was reported gone before. */
  readonly onLost?: (failure: Failure) => void;
  /** Insists on one back end; without it the keeper is tried first. */
  readonly backend?: "keeper" | "node";
  /** A keeper that was built before, to be used instead of building one. */
  readonly keeper?: string;
  /** Listening sockets for programs that are served. */
  readonly sockets?: ServiceSockets;
  /** The go command that builds the keeper; `go` by default. */
  readonly go?: string;
  /** Milliseconds between SIGTERM and SIGKILL when gust ends or dies; 2000 by default. */
  readonly graceMs?: number;
}

/**
 * Opens the best back end that this machine can have. With `backend: "keeper"` it rejects with the
 * reason when the keeper cannot be had; otherwise the reason is part of `capabilities.loss`.
 */
export async function openProcesses(options: OpenProcessesOptions): Promise<Processes> {
  const graceMs = options.graceMs ?? 2000;
  const { runId } = options;
  if (options.backend === "node") return openNodeProcesses({ runId, graceMs, reason: null });
  try {
    if (process.platform === "win32") throw new Error("the keeper does not run on Windows");
    const path =
      options.keeper ??
      (await buildKeeper({
        keeperDir: options.keeperDir,
        cacheDir: options.cacheDir,
        go: options.go ?? "go",
        onProgress: options.onProgress ?? (() => {}),
      }));
    const onLost = options.onLost ?? (() => {});
    const { sockets } = options;
    return await openKeeper({
      path,
      runId,
      graceMs,
      onLost,
      ...(sockets === undefined ? {} : { sockets }),
    });
  } catch (error) {
    if (options.backend === "keeper") throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return openNodeProcesses({ runId, graceMs, reason: firstLine(reason) });
  }
}

function firstLine(text: string): string {
  // Output of go begins with the name of the package, which says nothing here.
  return text.split("\n").find((line) => line !== "" && !line.startsWith("#")) ?? text;
}
