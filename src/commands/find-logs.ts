import { basename, join, resolve } from "node:path";
import { type ProgramLogs, listLogs } from "../adapters/logs/programs.ts";
import { callControl } from "../adapters/control/call.ts";
import { controlPath } from "../adapters/control/socket-place.ts";
import { listRuns } from "../adapters/store/list-runs.ts";
import type { Failure } from "../core/failure.ts";
import type { CommandIo } from "./io.ts";
import { isWithin, plainPackage } from "./paths.ts";
import { ownDirs } from "./run/project.ts";

export interface LogsQuery {
  /** `--root`, or null for the current directory. */
  readonly root: string | null;
  /** `--program`: a main package or a service, where a project has several. */
  readonly program: string | null;
}

/** Where the output of this program of gust's cache lies. */
export function logsDir(cacheDir: string, key: string): string {
  return join(cacheDir, "logs", key);
}

/** The kept output of the program of this directory, whether it runs or not: that of the nearest root. */
export async function findLogs(io: CommandIo, query: LogsQuery): Promise<ProgramLogs | Failure> {
  const dir = resolve(io.cwd, query.root ?? "");
  const isNear = ({ root }: { readonly root: string }): boolean =>
    isWithin(dir, root) || isWithin(root, dir);
  await settle(io, isNear);
  const all = (await listLogs(join(ownDirs(io.env).cacheDir, "logs"))).filter(isNear);
  const nearest = Math.max(0, ...all.map(({ root }) => root.length));
  const near = all.filter(({ root }) => root.length === nearest);
  const { program } = query;
  const meant = program === null ? near : near.filter((logs) => isCalled(logs, program));
  const [one, ...others] = meant;
  if (one !== undefined && others.length === 0) return one;
  const names = near
    .map(({ main, service }) => service ?? main)
    .toSorted()
    .join("\n");
  if (one !== undefined) {
    return {
      code: "NOT_RUNNING",
      message: "the output of several programs of this project is kept",
      seen: names,
      hint: "name the one you mean with --program",
    };
  }
  return {
    code: "NOT_RUNNING",
    message: `no output of ${program ?? "a program"} of ${dir} is kept`,
    ...(names === "" ? {} : { seen: `these have output:\n${names}` }),
    hint: "start `gust` there, or name the project with --root",
  };
}

/** A gust that runs writes in the background: what its program has said until now is to be there. */
async function settle(
  io: CommandIo,
  isNear: (run: { readonly root: string }) => boolean,
): Promise<void> {
  const { cacheDir, runtimeDir } = ownDirs(io.env);
  const runs = (await listRuns(cacheDir)).filter(isNear);
  // One that does not answer has ended, or is older, or its disk hangs: what is there is shown.
  await Promise.all(
    runs.map(({ dir }) =>
      callControl(controlPath(runtimeDir, basename(dir)), { type: "logs" }, PATIENCE_MS),
    ),
  );
}

const PATIENCE_MS = 2000;

function isCalled({ main, service }: ProgramLogs, name: string): boolean {
  return name === service || plainPackage(name) === plainPackage(main);
}
