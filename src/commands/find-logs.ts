import { join, resolve } from "node:path";
import { type ProgramLogs, listLogs } from "../adapters/logs/programs.ts";
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
  const all = (await listLogs(join(ownDirs(io.env).cacheDir, "logs"))).filter(
    ({ root }) => isWithin(dir, root) || isWithin(root, dir),
  );
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

function isCalled({ main, service }: ProgramLogs, name: string): boolean {
  return name === service || plainPackage(name) === plainPackage(main);
}
