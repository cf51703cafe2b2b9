import { join } from "node:path";
import type { Loaded } from "../../config/config.ts";
import type { LinkerPlaces } from "../../adapters/go/direct/build-linker.ts";
import type { InjectionOptions, Linked } from "../../adapters/go/injection.ts";
import type { WantedFiles } from "../../adapters/go/shim-files.ts";
import type { Graph } from "../../core/graph.ts";
import type { GraphLoader } from "../../engine/ports.ts";
import type { Processes } from "../../engine/processes.ts";
import { type Project, ownDirs } from "./project.ts";

/** Remembers what the newest graph says about the program, for the builds that come after it. */
export class LinkMemory {
  private newest: Graph | null = null;
  private known: () => void = () => undefined;
  private readonly first: Promise<void> = new Promise((resolve) => {
    this.known = resolve;
  });

  /** Looks at what a loader loads. */
  watch(loader: GraphLoader): GraphLoader {
    return {
      load: async (signal) => {
        const result = await loader.load(signal);
        // A broken state of the sources tells less than the program is going to link.
        const worse = "code" in result || (!result.complete && this.newest !== null);
        if (!worse) this.newest = result;
        this.known();
        return result;
      },
    };
  }

  /** Waits for the first graph: the first build has to know what the program links. */
  async linked(): Promise<Linked | null> {
    await this.first;
    if (this.newest === null || this.newest.mainDir === "") return null;
    const { links, main, mainDir } = this.newest;
    return { ...links, mainDir, mainPath: main };
  }
}

export interface InjectionPlaces {
  readonly packageDir: string;
  readonly project: Project;
  readonly processes: Processes;
  readonly links: LinkMemory;
}

/**
 * What is added to the program: nothing for sockets where they cannot be held, or need not be, and
 * nothing for log lines where it is not asked for.
 */
export function injectionFor(loaded: Loaded, places: InjectionPlaces): InjectionOptions | null {
  const { run, log } = loaded.config;
  const sockets = places.processes.capabilities.held === true && run.swap !== "stop-start";
  if (!sockets && !log.context) return null;
  return injectionOf(places, { sockets, logContext: log.context });
}

/** Where gust's files for the linker are, and where it is kept. */
export function linkerFor(
  packageDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Omit<LinkerPlaces, "available"> {
  return { sources: join(packageDir, "linker"), cacheDir: ownDirs(env).cacheDir };
}

/** The same, wherever the program is going to run. */
export function injectionOf(
  { packageDir, project, links }: Omit<InjectionPlaces, "processes">,
  wanted: WantedFiles,
): InjectionOptions {
  return {
    wanted,
    shimDir: join(packageDir, "shim"),
    goos: project.toolchain.goos,
    goVersion: project.toolchain.version,
    goflags: project.toolchain.goflags,
    linked: () => links.linked(),
  };
}
