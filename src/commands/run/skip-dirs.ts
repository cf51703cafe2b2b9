import { basename, sep } from "node:path";
import type { Config } from "../../config/config.ts";
import { excludedDirs } from "../../config/settings.ts";

export interface SkipOptions {
  readonly config: Config;
  readonly ignoresDir: (dir: string) => boolean;
  /** Directories that gust writes itself. */
  readonly own: readonly string[];
}

/**
 * Which directories below a root are not watched: hidden ones, dependencies of other languages, what
 * git ignores and what the configuration excludes. What the build reads in spite of that is added
 * from the package graph.
 */
export function skipDirs({ config, ignoresDir, own }: SkipOptions): (dir: string) => boolean {
  const excluded = new Set([...excludedDirs(config), ...own]);
  const included = config.build.includeDir;
  return (dir) => {
    if (excluded.has(dir)) return true;
    // A directory on the way to one that the user named must be walked through.
    if (included.some((one) => one === dir || one.startsWith(dir + sep))) return false;
    const name = basename(dir);
    return name.startsWith(".") || name === "node_modules" || ignoresDir(dir);
  };
}
