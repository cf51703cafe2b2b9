import { basename, resolve, sep } from "node:path";
import { controlPath } from "../adapters/control/socket-place.ts";
import { listRuns } from "../adapters/store/list-runs.ts";
import type { Failure } from "../core/failure.ts";
import type { CommandIo } from "./io.ts";
import { ownDirs } from "./run/project.ts";

/**
 * The control socket of the gust that runs the project of this directory: the one with the nearest
 * root. Failures: NOT_RUNNING, also where several programs of the project run.
 */
export async function findRunning(
  io: CommandIo,
  root: string | null,
): Promise<{ readonly socketPath: string } | Failure> {
  const dirs = ownDirs(io.env);
  const dir = resolve(io.cwd, root ?? "");
  const runs = (await listRuns(dirs.cacheDir)).filter(
    (run) => isWithin(dir, run.root) || isWithin(run.root, dir),
  );
  const nearest = Math.max(0, ...runs.map((run) => run.root.length));
  const [run, ...others] = runs.filter((one) => one.root.length === nearest);
  if (run === undefined) {
    return {
      code: "NOT_RUNNING",
      message: `no gust runs for ${dir}`,
      hint: "start `gust` there, or name the project with --root",
    };
  }
  if (others.length > 0) {
    const keys = [run, ...others].map((one) => `${basename(one.dir)} (pid ${one.pid})`);
    return {
      code: "NOT_RUNNING",
      message: "several programs of this project run under gust",
      seen: keys.join("\n"),
      hint: "name the one you mean with --program",
    };
  }
  return { socketPath: controlPath(dirs.runtimeDir, basename(run.dir)) };
}

function isWithin(path: string, dir: string): boolean {
  return path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}
