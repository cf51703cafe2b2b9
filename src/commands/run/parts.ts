import type { Config, Loaded } from "../../config/config.ts";
import { toSettings } from "../../config/settings.ts";
import { loadEnv } from "../../adapters/env/env-files.ts";
import type { GitIgnore } from "../../adapters/files/git-ignore.ts";
import {
  type BuilderOptions,
  type GoBuilder,
  type KeptBuilds,
  openBuilder,
} from "../../adapters/go/builder.ts";
import { openGraphLoader } from "../../adapters/go/graph.ts";
import { openRuleRunner } from "../../adapters/go/rules.ts";
import { openWatcher } from "../../adapters/watch/open-watcher.ts";
import type { Failure } from "../../core/failure.ts";
import type { Settings } from "../../core/settings.ts";
import type { GraphLoader, RuleRunner, Watcher } from "../../engine/ports.ts";
import type { Processes, TerminalSpec } from "../../engine/processes.ts";
import type { Project } from "./project.ts";
import { skipDirs } from "./skip-dirs.ts";

/** What stays when the configuration changes. */
export interface Fixed {
  readonly project: Project;
  readonly processes: Processes;
  readonly kept: KeptBuilds;
  /** gust's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly gitIgnore: GitIgnore | null;
  /** Directories that gust writes itself. */
  readonly own: readonly string[];
  readonly ownDirs: () => readonly string[];
  readonly output: (stream: "stdout" | "stderr", data: Uint8Array) => void;
  readonly terminal: () => TerminalSpec | null;
  readonly warn: (failure: Failure) => void;
  readonly onProcess: (pid: number, alive: boolean) => void;
}

/** What is made from one configuration, and made anew from the next. */
export interface Parts {
  readonly config: Config;
  readonly settings: Settings;
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  readonly builder: GoBuilder;
  readonly graph: GraphLoader;
  readonly rules: RuleRunner;
  readonly watcher: Watcher;
  readonly skipDir: (dir: string) => boolean;
}

export function makeParts(loaded: Loaded, fixed: Fixed): Parts {
  const { config } = loaded;
  const { project, processes } = fixed;
  const env = async (): Promise<Readonly<Record<string, string>>> => {
    const read = await loadEnv(fixed.env, config.envFiles);
    for (const failure of read.failures) fixed.warn(failure);
    return read.env;
  };
  const skipDir = skipDirs({
    config,
    ignoresDir: (dir) => fixed.gitIgnore?.ignoresDir(dir) === true,
    own: fixed.own,
  });
  const settings = toSettings(config, {
    separator: process.platform === "win32" ? "\\" : "/",
    configFiles: loaded.files,
    outputs: fixed.own,
  });
  const flags =
    config.build.cmd === null ? config.build.flags : (config.build.goBuild?.flags ?? []);
  const graph = openGraphLoader({
    processes,
    go: project.toolchain.go,
    dir: project.dir,
    package: project.package === "" ? "." : project.package,
    flags,
    // `GOOS=… go build` in the build command decides which files count.
    env: async () => ({ ...(await env()), ...assignments(config.build.goBuild?.env ?? []) }),
  });
  const watcher = openWatcher({
    roots: settings.classify.roots,
    skipDir,
    extraDirs: extraDirs(config),
    poll: config.build.poll ? "always" : "auto",
    pollIntervalMs: config.build.pollIntervalMs,
    platform: process.platform,
    followSymlinks: config.build.followSymlink,
  });
  const { start } = config;
  const target =
    start.type === "file" || start.type === "built" ? start : ({ type: "none" } as const);
  const builder = openBuilder({
    ...shared(fixed, config, env),
    go: project.toolchain.go,
    machine: thisMachine,
    kept: fixed.kept,
    package: project.package,
    name: project.name,
    flags: config.build.flags,
    cmd: config.build.cmd,
    preCmd: config.build.preCmd,
    target,
    stopOnError: config.build.stopOnError,
    timeoutMs: config.build.timeoutMs,
    logFile: config.build.log,
  });
  const rules = openRuleRunner({ ...shared(fixed, config, env), rules: config.rules });
  return { config, settings, env, builder, graph, rules, watcher, skipDir };
}

function assignments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
}

type Shared = Pick<
  BuilderOptions,
  "processes" | "platform" | "dir" | "env" | "ownDirs" | "output" | "terminal" | "onProcess"
>;

function shared(fixed: Fixed, config: Config, env: Parts["env"]): Shared {
  const { processes, ownDirs, output, terminal, onProcess } = fixed;
  const { platform } = process;
  return { processes, platform, dir: config.dir, env, ownDirs, output, terminal, onProcess };
}

/** Single files that the user named may lie in directories that are not watched. */
function extraDirs(config: Config): readonly string[] {
  const files = [...config.envFiles, ...config.build.includeFile];
  return [...new Set(files.map((file) => file.slice(0, Math.max(1, file.lastIndexOf("/")))))];
}

/** This machine in Go's words, whatever GOOS and GOARCH say: the program has to run here. */
const thisMachine = {
  os: process.platform === "win32" ? "windows" : process.platform,
  arch: { x64: "amd64", ia32: "386" }[String(process.arch)] ?? process.arch,
};
