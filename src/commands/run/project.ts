import { randomBytes } from "node:crypto";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import type { Config, Loaded } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";
import { type MainPackage, findMain } from "../../adapters/go/main-packages.ts";
import { type Toolchain, findToolchain } from "../../adapters/go/toolchain.ts";
import { type UserDirs, projectKey, userDirs } from "../../adapters/store/user-dirs.ts";
import type { Processes } from "../../engine/processes.ts";

/** A project that gust builds. */
export interface Project extends Program {
  readonly toolchain: Toolchain;
  /** Directory of the main package; null where it is not known. */
  readonly mainDir: string | null;
}

/** Everything about the program that stays the same while gust runs. */
export interface Program {
  /** What `go build` takes; "" where the build command is not gust's and names none. */
  readonly package: string;
  /** Directory in which go commands run. */
  readonly dir: string;
  /** Root of the main module, or null outside of modules. */
  readonly moduleDir: string | null;
  readonly name: string;
  /** Import path of the main module, where there is one. */
  readonly modulePath: string | undefined;
  /** A file name for this program of this project. */
  readonly key: string;
  /** The Go that builds it, where gust does. */
  readonly toolchain?: Toolchain;
}

type Env = Readonly<Record<string, string | undefined>>;

export function ownDirs(env: Env): UserDirs {
  return userDirs({
    env,
    platform: process.platform,
    home: env["HOME"] ?? homedir(),
    tmp: tmpdir(),
    uid: process.getuid?.() ?? null,
  });
}

/** A name for this run that no other has; every child carries it in its environment. */
export const newRunId = (): string => randomBytes(8).toString("hex");

/** `GUST_BACKEND=node` tries how gust works where the keeper cannot be built. */
export function backendOf(env: Env): { backend?: "keeper" | "node" } {
  const backend = env["GUST_BACKEND"];
  return backend === "node" || backend === "keeper" ? { backend } : {};
}

export interface ProjectQuery {
  readonly loaded: Loaded;
  readonly processes: Processes;
  readonly env: Readonly<Record<string, string>>;
  /** Asks the user which of several programs is meant; null when nobody can be asked. */
  readonly choose: (mains: readonly MainPackage[]) => Promise<MainPackage | null>;
}

/** Finds Go, the module and the program. Every failure here is wrong use or a missing tool. */
export async function findProject(query: ProjectQuery): Promise<Project | Failure> {
  const { config } = query.loaded;
  const { processes, env } = query;
  const build = config.build.goBuild;
  const dir = build === null ? config.dir : join(config.dir, build.dir);
  const signal = new AbortController().signal;
  const toolchain = await findToolchain({
    processes,
    dir,
    env,
    platform: process.platform,
    signal,
  });
  if ("code" in toolchain) return toolchain;
  const found = await findMain({
    processes,
    go: toolchain.go,
    dir,
    package: config.package,
    env,
    signal,
  });
  if (found.type === "one") return project(config, dir, toolchain, found.main);
  if (found.type === "several") {
    const chosen = await query.choose(found.mains);
    return chosen === null ? found.failure : project(config, dir, toolchain, chosen);
  }
  // A command of the user's own may build what `go list` does not see from here.
  if (config.build.cmd === null) return found.failure;
  return {
    toolchain,
    mainDir: null,
    package: config.package,
    dir,
    moduleDir: toolchain.gomod === "" ? null : dirname(toolchain.gomod),
    name: basename(config.root),
    modulePath: undefined,
    key: projectKey(config.root, config.build.cmd),
  };
}

function project(config: Config, dir: string, toolchain: Toolchain, main: MainPackage): Project {
  return {
    toolchain,
    mainDir: main.dir,
    package: main.argument,
    dir,
    moduleDir: main.moduleDir,
    name: main.name,
    modulePath: main.modulePath ?? undefined,
    key: projectKey(config.root, relative(config.root, main.dir ?? main.argument)),
  };
}

/**
 * Without a configuration the whole module is watched, also from one of its directories: the build
 * reads packages beside the one that is started.
 */
export function widenRoot(loaded: Loaded, moduleDir: string | null): Loaded {
  const { config } = loaded;
  if (loaded.source !== "none" || moduleDir === null || moduleDir === config.root) return loaded;
  if (!config.root.startsWith(moduleDir)) return loaded;
  const moved = config.build.excludeDir.map((one) => join(moduleDir, relative(config.root, one)));
  const excludeDir = [...new Set([...config.build.excludeDir, ...moved])];
  return {
    ...loaded,
    config: { ...config, root: moduleDir, build: { ...config.build, excludeDir } },
  };
}
