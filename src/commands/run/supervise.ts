import { basename } from "node:path";
import { type OutputLog, openOutputLog } from "../../adapters/logs/output-log.ts";
import { findOrphans, reapOrphans, startTimeOf } from "../../adapters/process/orphans.ts";
import { type RunStore, openRunStore } from "../../adapters/store/run-store.ts";
import { openSwapMemory } from "../../adapters/store/swap-memory.ts";
import type { Failure } from "../../core/failure.ts";
import { logsDir } from "../find-logs.ts";
import { ownDirs } from "./project.ts";
import { type SessionOptions, openSession } from "./session.ts";
import type { Ui } from "./ui.ts";

/** Everything of a run that is decided before its record is opened. */
export interface Supervision extends Omit<
  SessionOptions,
  "store" | "memory" | "runtimeDir" | "kept"
> {}

/** Opens the record of the run, ends what an earlier one has left, and runs until gust ends. */
export async function supervise(supervision: Supervision): Promise<number> {
  const { io, ui, processes, loaded, project, runId } = supervision;
  const dirs = ownDirs(io.env);
  const store = await openRunStore({
    cacheDir: dirs.cacheDir,
    root: loaded.config.root,
    package: project.key,
    runId,
    pid: process.pid,
    startTimeOf,
  });
  if ("code" in store) return refuseLate(store, ui);
  let kept: OutputLog | null = null;
  try {
    await reap(store, ui);
    const memory = await openSwapMemory(dirs.cacheDir, project.key);
    // Clients can wait from now on, though the first build has not begun.
    if (loaded.config.run.swap !== "stop-start") processes.listen?.(memory.last?.addresses ?? []);
    kept = openKept(supervision, store, dirs.cacheDir);
    const session = await openSession({
      ...supervision,
      store,
      memory,
      kept,
      runtimeDir: dirs.runtimeDir,
    });
    return "code" in session ? refuseLate(session, ui) : await session.done;
  } finally {
    await kept?.close();
    await store.close();
  }
}

/** What the program writes is kept beside the run directory, as it is read after the run as well. */
function openKept(
  { loaded, project, ui, member }: Supervision,
  store: RunStore,
  cacheDir: string,
): OutputLog | null {
  const { keep, maxSize } = loaded.config.log;
  if (keep === 0) return null;
  return openOutputLog({
    dir: logsDir(cacheDir, basename(store.dir)),
    about: {
      root: loaded.config.root,
      main: project.package === "" ? project.name : project.package,
      ...(member === null ? {} : { service: member.name }),
    },
    keep,
    maxSize,
    now: () => Date.now(),
    lost: (failure) => ui.face.failure("logs", failure),
  });
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

/** Says why gust does not run, and returns the exit code for it. */
export function refuseLate(failure: Failure, ui: Ui): number {
  ui.face.failure("error", failure);
  return failure.code === "ALREADY_RUNNING" || isSystem(failure) ? 1 : 2;
}

const isSystem = (failure: Failure): boolean =>
  failure.code === "DISK_FULL" || failure.code === "IO_FAILED";
