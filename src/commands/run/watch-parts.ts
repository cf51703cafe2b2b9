import { homedir } from "node:os";
import { dirname } from "node:path";
import type { Config, Loaded } from "../../config/config.ts";
import { toSettings } from "../../config/settings.ts";
import { loadEnv } from "../../adapters/env/env-files.ts";
import { findGitIgnore } from "../../adapters/files/find-git-ignore.ts";
import type { GitIgnore } from "../../adapters/files/git-ignore.ts";
import { openGraphLoader } from "../../adapters/go/graph.ts";
import { openWatcher } from "../../adapters/watch/open-watcher.ts";
import type { Failure } from "../../core/failure.ts";
import type { Settings } from "../../core/settings.ts";
import type { GraphLoader, Watcher } from "../../engine/ports.ts";
import type { Processes } from "../../engine/processes.ts";
import type { Project } from "./project.ts";
import { skipDirs } from "./skip-dirs.ts";

/** What has to be known to watch a project. */
export interface WatchFixed {
  /** gust's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly gitIgnore: GitIgnore | null;
  /** Directories that gust writes itself. */
  readonly own: readonly string[];
  /** Why two versions of the program cannot live at once, as an earlier run has found; else null. */
  readonly alone: string | null;
  readonly warn: (failure: Failure) => void;
  /** Told of every environment that commands and program get. */
  readonly onEnv?: (env: Readonly<Record<string, string>>) => void;
  /** Whether the build reads what lies there, though git ignores it or the configuration leaves it out. */
  readonly readsDir?: (path: string) => boolean;
}

/** The part of a run that tells what is watched; `gust doctor` has it as well. */
export interface WatchParts {
  readonly settings: Settings;
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  readonly watcher: Watcher;
  readonly skipDir: (dir: string) => boolean;
}

export function watchParts(
  loaded: Loaded,
  fixed: WatchFixed,
  change: (settings: Settings) => Settings = (settings) => settings,
): WatchParts {
  const { config } = loaded;
  const env = async (): Promise<Readonly<Record<string, string>>> => {
    const read = await loadEnv(fixed.env, config.envFiles);
    fixed.onEnv?.(read.env);
    for (const failure of read.failures) fixed.warn(failure);
    return read.env;
  };
  const settings = change(
    toSettings(config, {
      separator: process.platform === "win32" ? "\\" : "/",
      configFiles: loaded.files,
      outputs: fixed.own,
      alone: fixed.alone,
    }),
  );
  const ready = settings.classify.binaries !== undefined;
  const skipDir = ready
    ? () => true
    : skipDirs({
        config,
        ignoresDir: (dir) => fixed.gitIgnore?.ignoresDir(dir) === true,
        own: fixed.own,
      });
  const watcher = openWatcher({
    roots: settings.classify.roots,
    skipDir,
    ...(fixed.readsDir === undefined ? {} : { wantDir: fixed.readsDir }),
    extraDirs: ready ? [] : extraDirs(config),
    poll: config.build.poll ? "always" : "auto",
    pollIntervalMs: pollIntervalMs(config),
    platform: process.platform,
    followSymlinks: config.build.followSymlink,
    warn: fixed.warn,
  });
  return { settings, env, watcher, skipDir };
}

/** Time between two looks where files are polled; 0 in the configuration leaves it to gust. */
export function pollIntervalMs({ build }: Config): number {
  return build.pollIntervalMs > 0 ? build.pollIntervalMs : CHOSEN_INTERVAL_MS;
}

/** A save waits half of it on average; 1000 directories take a few per cent of a core. */
const CHOSEN_INTERVAL_MS = 250;

/** Tells what the build of the project's program reads. */
export function graphLoader(
  config: Config,
  project: Project,
  means: Pick<WatchParts, "env"> & { readonly processes: Processes },
): GraphLoader {
  const { build } = config;
  return openGraphLoader({
    processes: means.processes,
    go: project.toolchain.go,
    dir: project.dir,
    package: project.package === "" ? "." : project.package,
    flags: build.cmd === null ? build.flags : (build.goBuild?.flags ?? []),
    // `GOOS=… go build` in the build command decides which files count.
    env: async () => ({ ...(await means.env()), ...assignments(build.goBuild?.env ?? []) }),
  });
}

/** What git ignores in the work tree that holds this directory; null outside of one. */
export function gitIgnoreOf(dir: string, env: WatchFixed["env"]): GitIgnore | null {
  return findGitIgnore(dir, {
    home: env["HOME"] ?? homedir(),
    configHome: env["XDG_CONFIG_HOME"] ?? null,
  });
}

function assignments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
}

/** Single files that the user named may lie in directories that are not watched. */
function extraDirs(config: Config): readonly string[] {
  const files = [...config.envFiles, ...config.build.includeFile];
  return [...new Set(files.map((file) => dirname(file)))];
}
