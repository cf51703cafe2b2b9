import { join } from "node:path";
import type { Platform } from "../../core/binary-format.ts";
import type { Config, Loaded } from "../../config/config.ts";
import {
  type BuilderOptions,
  type GoBuilder,
  type KeptBuilds,
  openBuilder,
} from "../../adapters/go/builder.ts";
import type { LinkerPlaces } from "../../adapters/go/direct/build-linker.ts";
import type { InjectionOptions } from "../../adapters/go/injection.ts";
import { openModules } from "../../adapters/go/modules.ts";
import { openRuleRunner } from "../../adapters/go/rules.ts";
import type { GraphLoader, Modules, RuleRunner, Tester } from "../../engine/ports.ts";
import type { Processes, TerminalSpec } from "../../engine/processes.ts";
import type { PackageGraph } from "../../core/dashboard.ts";
import type { Failure } from "../../core/failure.ts";
import type { Project } from "./project.ts";
import { lazyTester, withoutTests } from "./lazy-tester.ts";
import { type WatchFixed, type WatchParts, graphLoader, watchParts } from "./watch-parts.ts";

/** What stays when the configuration changes. */
export interface Fixed extends WatchFixed {
  readonly processes: Processes;
  readonly kept: KeptBuilds;
  readonly ownDirs: () => readonly string[];
  readonly output: (stream: "stdout" | "stderr", data: Uint8Array) => void;
  readonly terminal: () => TerminalSpec | null;
  readonly onProcess: (pid: number, alive: boolean) => void;
  /** gust's own, of all projects. */
  readonly cacheDir: string;
}

/** What a program that gust builds has besides. */
export interface FixedBuild extends Fixed {
  readonly project: Project;
  /** What gust adds to the program. */
  readonly injection: InjectionOptions | null;
  /** False: other parts of the same gust run the tests. */
  readonly tests?: boolean;
  /** Where gust's files for the linker are, and what is made from them. Without them none waits. */
  readonly linker?: Omit<LinkerPlaces, "available">;
  /** What the program is built for; this machine where it is not told. */
  readonly machine?: Platform;
}

/** What is made from one configuration, and made anew from the next. */
export interface Parts extends WatchParts {
  readonly config: Config;
  readonly builder: GoBuilder;
  readonly graph: GraphLoader;
  readonly modules: Modules;
  readonly rules: RuleRunner;
  readonly tester: Tester;
  /** The user's own packages, and who imports whom; asks the go command anew. */
  readonly imports: () => Promise<PackageGraph | Failure>;
}

export function makeParts(loaded: Loaded, fixed: FixedBuild): Parts {
  const { config } = loaded;
  const { project, processes } = fixed;
  const watch = watchParts(loaded, fixed);
  const { env } = watch;
  const graph = graphLoader(config, project, { processes, env });
  const { start } = config;
  const target =
    start.type === "file" || start.type === "built" ? start : ({ type: "none" } as const);
  const builder = openBuilder({
    ...shared(fixed, config, env),
    go: project.toolchain.go,
    machine: fixed.machine ?? thisMachine,
    kept: fixed.kept,
    package: project.package,
    name: config.build.name ?? project.name,
    modulePath: project.modulePath,
    outputDir: project.dir,
    flags: config.build.flags,
    cmd: config.build.cmd,
    preCmd: config.build.preCmd,
    target,
    injection: fixed.injection,
    goflags: project.toolchain.goflags,
    debugInfo: config.build.debug,
    direct: config.build.direct,
    preload:
      config.build.preload && fixed.linker !== undefined
        ? { ...fixed.linker, available: () => process.availableMemory() }
        : null,
    stopOnError: config.build.stopOnError,
    timeoutMs: config.build.timeoutMs,
    logFile: config.build.log,
  });
  const modules = openModules({
    ...shared(fixed, config, env),
    go: project.toolchain.go,
    dir: project.dir,
    flags: config.build.cmd === null ? config.build.flags : (config.build.goBuild?.flags ?? []),
    modulePath: project.modulePath,
    place: join(fixed.kept.dir, "modules"),
    timeoutMs: config.modules.timeoutMs,
  });
  const rules = openRuleRunner({ ...shared(fixed, config, env), rules: config.rules });
  const tested = fixed.tests === false ? withoutTests(watch) : watch;
  const tester = lazyTester(tested.settings, async () => {
    const { testerOf } = await import("./test-parts.ts");
    const { ownDirs, onProcess, cacheDir } = fixed;
    const means = { processes, env, ownDirs, onProcess, cacheDir };
    const { classify } = watch.settings;
    return testerOf({ ...means, config, project, classify, nice: 19, listed: 200 });
  });
  const imports = async (): Promise<PackageGraph | Failure> => {
    const { packageGraph } = await import("../../adapters/go/imports.ts");
    const { go } = project.toolchain;
    const { flags } = config.build;
    const main = project.package === "" ? "." : project.package;
    return packageGraph({ processes, env, go, flags, dir: project.dir, root: config.root }, [main]);
  };
  return { config, ...tested, builder, graph, modules, rules, tester, imports };
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

const goArch = new Map<string, string>([
  ["x64", "amd64"],
  ["ia32", "386"],
]);

/** This machine in Go's words, whatever GOOS and GOARCH say: the program has to run here. */
export const thisMachine: Platform = {
  os: process.platform === "win32" ? "windows" : process.platform,
  arch: goArch.get(process.arch) ?? process.arch,
};
