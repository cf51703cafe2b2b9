import { basename, resolve } from "node:path";
import { callControl } from "../adapters/control/call.ts";
import { controlPath } from "../adapters/control/socket-place.ts";
import { type KnownRun, listRuns } from "../adapters/store/list-runs.ts";
import type { Failure } from "../core/failure.ts";
import type { CommandIo } from "./io.ts";
import { isWithin, plainPackage } from "./paths.ts";
import { ownDirs } from "./run/project.ts";

export interface RunningQuery {
  /** `--root`, or null for the current directory. */
  readonly root: string | null;
  /** `--program`: a main package, a service or the pid of a gust, where a project has several. */
  readonly program: string | null;
  /** All services of one gust may be meant at once. */
  readonly several: boolean;
}

export interface RunningPlace {
  readonly socketPath: string;
  /** Its name, where one gust runs several. */
  readonly service: string | null;
}

/**
 * The control socket of the gust that runs the project of this directory: the one with the nearest
 * root; or those of all its services. Failures: NOT_RUNNING, also where one program of several has to
 * be named.
 */
export async function findRunning(
  io: CommandIo,
  query: RunningQuery,
): Promise<readonly RunningPlace[] | Failure> {
  const dirs = ownDirs(io.env);
  const dir = resolve(io.cwd, query.root ?? "");
  const runs = (await listRuns(dirs.cacheDir)).filter(
    (run) => isWithin(dir, run.root) || isWithin(run.root, dir),
  );
  const nearest = Math.max(0, ...runs.map((run) => run.root.length));
  const near = runs.filter((one) => one.root.length === nearest);
  const known = await Promise.all(near.map((run) => lookAt(run, dirs.runtimeDir)));
  // A gust that was killed has left its record: only those that answer run.
  const alive = known.filter((one) => one !== null);
  const { program } = query;
  const meant = program === null ? alive : alive.filter((one) => isCalled(one, program));
  const [run, ...others] = meant;
  const together = meant.every((one) => one.service !== null && one.pid === run?.pid);
  if (run !== undefined && (others.length === 0 || (query.several && together))) {
    return meant.toSorted((a, b) => (a.service ?? "").localeCompare(b.service ?? ""));
  }
  const names = alive.map((one) => `${one.service ?? one.main} (pid ${one.pid})`);
  const programs = names.toSorted().join("\n");
  if (run !== undefined) {
    return {
      code: "NOT_RUNNING",
      message: "several programs of this project run under gust",
      seen: programs,
      hint: "name the one you mean with --program",
    };
  }
  return {
    code: "NOT_RUNNING",
    message: `no gust runs ${program ?? "a program"} of ${dir}`,
    ...(programs === "" ? {} : { seen: `these run:\n${programs}` }),
    hint: "start `gust` there, or name the project with --root",
  };
}

interface Running extends RunningPlace {
  readonly pid: number;
  readonly main: string;
}

async function lookAt(run: KnownRun, runtimeDir: string): Promise<Running | null> {
  const socketPath = controlPath(runtimeDir, basename(run.dir));
  const answer = await callControl(socketPath, { type: "status" }, patienceMs);
  if ("code" in answer) return null;
  // One that is too busy to answer runs all the same.
  if (answer.type !== "status") return { socketPath, pid: run.pid, main: "?", service: null };
  const { pid, main, service = null } = answer;
  return { socketPath, pid, main, service };
}

/** A gust that is alive answers at once. */
const patienceMs = 5000;

function isCalled({ pid, main, service }: Running, name: string): boolean {
  return name === String(pid) || name === service || plainPackage(name) === plainPackage(main);
}
