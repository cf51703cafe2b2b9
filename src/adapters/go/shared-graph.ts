import type { Graph } from "../../core/graph.ts";
import type { Failure } from "../../core/failure.ts";
import type { GraphLoader } from "../../engine/ports.ts";
import {
  type GraphOptions,
  type PackageList,
  graphFailed,
  listPackages,
  noPackages,
  withOptionalFiles,
} from "./graph.ts";
import { type ListedPackage, graphOf } from "./listed-package.ts";

export type SharedGraphOptions = Omit<GraphOptions, "package">;

/**
 * Graphs of several main packages from one `go list`: those that are asked for at the same time are
 * listed together, and each gets what its own package imports.
 */
export class SharedGraph {
  private readonly options: SharedGraphOptions;
  private asked: Asked[] = [];

  constructor(options: SharedGraphOptions) {
    this.options = options;
  }

  /** How one service sees it. */
  loader(main: string): GraphLoader {
    return {
      load: () =>
        new Promise((resolve) => {
          // All services hear of a change in the same turn of the event loop.
          if (this.asked.length === 0) setImmediate(() => void this.listAll());
          this.asked.push({ main, resolve });
        }),
    };
  }

  private async listAll(): Promise<void> {
    const asked = this.asked;
    this.asked = [];
    const mains = [...new Set(asked.map(({ main }) => main))];
    const listed = await listPackages(this.options, mains, new AbortController().signal).catch(
      (error: unknown) =>
        graphFailed("`go list` could not be used", error instanceof Error ? error.message : ""),
    );
    for (const { main, resolve } of asked) {
      resolve("code" in listed ? listed : await this.graphFor(main, mains, listed));
    }
  }

  private async graphFor(
    main: string,
    mains: readonly string[],
    listed: PackageList,
  ): Promise<Graph | Failure> {
    const roots = listed.packages.filter((one) => one.DepOnly !== true);
    const root = roots.find((one) => one.Match?.includes(main) === true) ?? roots.at(-1);
    const own =
      mains.length === 1 || root === undefined ? listed.packages : reachable(root, listed.packages);
    const graph = graphOf(own, listed.moduleFiles);
    if (graph.packageDirs.length > 0) return withOptionalFiles(graph);
    return noPackages(this.options.dir, root?.Error?.Err ?? listed.text);
  }
}

interface Asked {
  readonly main: string;
  readonly resolve: (result: Graph | Failure) => void;
}

/** The packages that one imports, in the order of the list, and that one itself last. */
function reachable(
  root: ListedPackage,
  packages: readonly ListedPackage[],
): readonly ListedPackage[] {
  const byPath = new Map(packages.map((listed) => [listed.ImportPath, listed]));
  const seen = new Set<string>();
  const stack = [root.ImportPath];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const listed = byPath.get(path);
    for (const name of listed?.Imports ?? []) stack.push(listed?.ImportMap?.[name] ?? name);
  }
  // Another main package that is imported nowhere is none of its.
  return packages
    .filter((listed) => seen.has(listed.ImportPath))
    .map((listed) => ({ ...listed, DepOnly: listed.ImportPath !== root.ImportPath }))
    .toSorted((a, b) => Number(!a.DepOnly) - Number(!b.DepOnly));
}
