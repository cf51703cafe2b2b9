import { dirname, join } from "node:path";
import type { BuildPlan } from "../../../core/build-plan.ts";
import { type ListedPackage, nativeFiles } from "../listed-package.ts";

/** The fields of `go list` that are read here. */
export const dependsOnFields =
  "ImportPath,Dir,Module,GoFiles,CgoFiles,CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles";

export interface Dependencies {
  readonly files: readonly string[];
  /** What would matter if it were there, or is known otherwise where it is. */
  readonly places: readonly string[];
}

/**
 * Files that decide on a build, apart from those of other people's modules: sources of all languages,
 * module files, the profile; also files that are not there and would change everything if they were.
 */
export function dependsOn(
  plan: BuildPlan,
  listed: readonly ListedPackage[],
  gowork: string,
): Dependencies {
  const files = new Set<string>();
  const places: string[] = [];
  const main = plan.packages.get(plan.link.main)?.dir ?? plan.dir;
  for (const one of listed) {
    const { Dir: dir, Module: module } = one;
    if (dir === undefined || !plan.packages.has(one.ImportPath)) continue;
    for (const names of [one.GoFiles, one.CgoFiles, ...nativeFiles(one)]) {
      for (const name of names ?? []) files.add(join(dir, name));
    }
    const root = module?.Dir;
    if (root === undefined) continue;
    for (const name of ["go.mod", "go.sum", join("vendor", "modules.txt")]) {
      files.add(join(root, name));
    }
    // A module that begins in between takes the package out of this one.
    for (let at = dirname(dir); at.length > root.length; at = dirname(at)) {
      files.add(join(at, "go.mod"));
    }
  }
  for (let at = main; ; at = dirname(at)) {
    for (const name of workspace) files.add(join(at, name));
    places.push(...versionControl.map((name) => join(at, name)));
    if (dirname(at) === at) break;
  }
  if (gowork !== "" && gowork !== "off") files.add(gowork).add(`${gowork}.sum`);
  const profile = plan.profile?.argv.at(-1);
  if (profile !== undefined) files.add(profile);
  return { files: [...files], places };
}

const workspace = ["go.work", "go.work.sum"];

/** A binary tells of it. What is inside of these directories has checks of its own. */
const versionControl = [".git", ".hg", ".svn", ".bzr", ".fslckout", "_FOSSIL_"];
