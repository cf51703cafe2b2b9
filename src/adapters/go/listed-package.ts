import { dirname, join } from "node:path";
import type { Graph } from "../../core/graph.ts";

/** The flag that makes `go list` print JSON with just the fields that are read here. */
export const listFields: string = `-json=${[
  "Dir,ImportPath,Name,Standard,Module,DepOnly,Error",
  "GoFiles,CgoFiles,IgnoredGoFiles,InvalidGoFiles",
  "CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles",
  "EmbedPatterns,EmbedFiles",
].join(",")}`;

/** What is asked besides where several main packages are listed at once. */
export const importFields = "Imports,ImportMap,Match";

/** What `go list` says of one package. Names of files are relative to `Dir`. */
export interface ListedPackage {
  readonly Dir?: string;
  readonly ImportPath: string;
  readonly Name?: string;
  readonly Standard?: boolean;
  readonly DepOnly?: boolean;
  readonly Module?: ListedModule;
  readonly Error?: { readonly Err: string };
  readonly GoFiles?: readonly string[];
  readonly CgoFiles?: readonly string[];
  readonly IgnoredGoFiles?: readonly string[];
  readonly InvalidGoFiles?: readonly string[];
  readonly CFiles?: readonly string[];
  readonly CXXFiles?: readonly string[];
  readonly MFiles?: readonly string[];
  readonly HFiles?: readonly string[];
  readonly FFiles?: readonly string[];
  readonly SFiles?: readonly string[];
  readonly SwigFiles?: readonly string[];
  readonly SwigCXXFiles?: readonly string[];
  readonly SysoFiles?: readonly string[];
  readonly EmbedPatterns?: readonly string[];
  readonly EmbedFiles?: readonly string[];
  readonly Imports?: readonly string[];
  /** Imports that mean another package: vendored ones of the standard library. */
  readonly ImportMap?: Readonly<Record<string, string>>;
  /** The arguments of `go list` that it was listed for. */
  readonly Match?: readonly string[];
}

interface ListedModule {
  readonly Path: string;
  readonly Main?: boolean;
  readonly Dir?: string;
  readonly GoMod?: string;
  readonly Replace?: ListedModule & { readonly Version?: string };
}

/** Parses the output of `go list -json`: objects one after the other, each begun in column 1. */
export function parseList(output: string): readonly ListedPackage[] {
  // No line within an object begins with a brace, because the output is indented.
  return JSON.parse(`[${output.replace(/^\}\r?\n\{/gm, "},\n{")}]`) as readonly ListedPackage[];
}

/** The graph of the local packages among these; the last one asked for is the main package. */
export function graphOf(packages: readonly ListedPackage[], extra: readonly string[]): Graph {
  const vendors = vendorDirs(packages, extra);
  const own = packages.filter(isLocal);
  const local = packages.filter((listed) => isLocal(listed) || isVendored(listed, vendors));
  const main = packages.findLast((listed) => listed.DepOnly !== true);
  const modules = new Map<string, ListedModule>();
  for (const listed of own) {
    const module = listed.Module;
    if (module?.Dir !== undefined) modules.set(module.Dir, module);
  }
  const links = (path: string) => packages.some((listed) => listed.ImportPath === path);
  const files = (pick: (listed: ListedPackage) => readonly (readonly string[] | undefined)[]) =>
    unique(
      local.flatMap((listed) =>
        pick(listed).flatMap((names) => (names ?? []).map((name) => join(listed.Dir ?? "", name))),
      ),
    );
  return {
    complete: packages.every(({ Error: error }) => error === undefined),
    main: main?.ImportPath ?? "",
    mainDir: main?.Dir ?? "",
    links: {
      net: links("net"),
      http: links("net/http"),
      grpc: links("google.golang.org/grpc"),
      fasthttp: links("github.com/valyala/fasthttp"),
      log: links("log"),
      slog: links("log/slog"),
    },
    packageDirs: unique(local.map((listed) => listed.Dir ?? "")),
    goFiles: files((listed) => [listed.GoFiles, listed.CgoFiles, listed.InvalidGoFiles]),
    ignoredGoFiles: files((listed) => [listed.IgnoredGoFiles]),
    nativeFiles: files(nativeFiles),
    embedFiles: files((listed) => [listed.EmbedFiles]),
    embedPatterns: local.flatMap((listed) =>
      (listed.EmbedPatterns ?? []).map((pattern) => ({
        dir: listed.Dir ?? "",
        pattern: pattern.replace(/^all:/, ""),
      })),
    ),
    moduleFiles: unique([...[...modules.values()].flatMap(filesOfModule), ...extra]),
    moduleDirs: [...modules.keys()],
  };
}

/** Names of sources in other languages than Go, by language. */
export function nativeFiles(listed: ListedPackage): readonly (readonly string[] | undefined)[] {
  const { CFiles, CXXFiles, MFiles, HFiles, FFiles, SFiles } = listed;
  const { SwigFiles, SwigCXXFiles, SysoFiles } = listed;
  return [CFiles, CXXFiles, MFiles, HFiles, FFiles, SFiles, SwigFiles, SwigCXXFiles, SysoFiles];
}

/** Of the main modules, of modules replaced by a directory, or outside every module. */
export function isLocal(listed: ListedPackage): boolean {
  if (listed.Standard === true || listed.Dir === undefined) return false;
  const module = listed.Module;
  if (module === undefined) return true;
  if (module.Main === true) return true;
  if (module.Replace === undefined || module.Replace.Version !== undefined) return false;
  // With a vendor directory the copy there is built, and the replaced directory is not read.
  return module.Dir !== undefined && isBelow(listed.Dir, module.Dir);
}

/** Where copies of other modules may lie: beside the go.mod of a main module, and beside go.work. */
function vendorDirs(
  packages: readonly ListedPackage[],
  extra: readonly string[],
): readonly string[] {
  const roots = packages.flatMap(({ Module }) =>
    Module?.Main === true && Module.Dir !== undefined ? [Module.Dir] : [],
  );
  return unique([...roots, ...extra.map((file) => dirname(file))]).map((dir) =>
    join(dir, "vendor"),
  );
}

/** A copy that the build reads is edited as the user's own code is: to find out something. */
function isVendored({ Dir, Standard }: ListedPackage, vendors: readonly string[]): boolean {
  return Dir !== undefined && Standard !== true && vendors.some((dir) => isBelow(Dir, dir));
}

function isBelow(path: string, dir: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (at === dir) return true;
    if (dirname(at) === at) return false;
  }
}

function filesOfModule(module: ListedModule): readonly string[] {
  const goMod = module.GoMod;
  if (goMod === undefined) return [];
  // Only the go.sum of a main module is read. It counts even before it exists.
  if (module.Main !== true) return [goMod];
  return [goMod, goMod.replace(/\.mod$/, ".sum")];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
