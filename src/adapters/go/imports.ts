import { relative } from "node:path";
import type { PackageGraph } from "../../core/dashboard.ts";
import type { Failure } from "../../core/failure.ts";
import { type OwnPackage, packageGraphOf } from "../../core/package-graph.ts";
import { type GraphOptions, listPackages } from "./graph.ts";
import { isLocal } from "./listed-package.ts";

export interface ImportsOptions extends Omit<GraphOptions, "package"> {
  /** Directories are named relative to it. */
  readonly root: string;
}

/** Asks the go command for the user's own packages that these main packages link. */
export async function packageGraph(
  options: ImportsOptions,
  mains: readonly string[],
): Promise<PackageGraph | Failure> {
  const { signal } = new AbortController();
  const listed = await listPackages({ ...options, imports: true }, mains, signal);
  if ("code" in listed) return listed;
  const own = listed.packages.filter(isLocal).map((one): OwnPackage => {
    const { GoFiles = [], CgoFiles = [], Imports = [], ImportMap = {} } = one;
    return {
      path: one.ImportPath,
      dir: relative(options.root, one.Dir ?? "") || ".",
      imports: Imports.map((name) => ImportMap[name] ?? name),
      files: GoFiles.length + CgoFiles.length,
    };
  });
  return packageGraphOf(own);
}
