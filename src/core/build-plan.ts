import type { BuildScript, CompileStep, LinkStep, ToolCommand } from "./build-script.ts";

/**
 * How to make the program again without the go command: what the last full build has compiled and
 * linked, and with what. `$WORK` in arguments stands for a directory that the driver chooses.
 */
export interface BuildPlan {
  /** Packages of the user's and what imports them, by import path; all others stay as they are. */
  readonly packages: ReadonlyMap<string, PlannedPackage>;
  /** Import path of the package that a Go file belongs to. Files are absolute. */
  readonly owners: ReadonlyMap<string, string>;
  /** Packages among `packages` that import one, by its import path. */
  readonly importers: ReadonlyMap<string, readonly string[]>;
  /** The compiled form of every package of the program, by import path. */
  readonly objects: ReadonlyMap<string, string>;
  readonly link: PlannedLink;
  /** Makes the profile that guides the compiler; it runs once. Null: none does. */
  readonly profile: ToolCommand | null;
  /** Absolute directory in which the go command runs the compiler. */
  readonly dir: string;
  /** What the binary tells of version control; null when it tells nothing. */
  readonly vcs: VcsStamp | null;
}

export interface PlannedPackage {
  readonly path: string;
  readonly dir: string;
  /** Its directory in `$WORK`. */
  readonly action: string;
  readonly compile: ToolCommand;
  /** Import paths of what it imports. */
  readonly imports: readonly string[];
  /** Lines of its import configuration that name no files. */
  readonly importcfg: readonly string[];
  /** JSON for `-embedcfg`; "" for none. */
  readonly embedcfg: string;
  /** Why only the go command can compile it; null: the compiler alone does. */
  readonly obstacle: string | null;
  /** Its place in an order in which packages come after what they import. */
  readonly order: number;
}

export interface PlannedLink {
  readonly command: ToolCommand;
  /** Import paths of the linked packages, the main package with its own. */
  readonly packages: readonly string[];
  /** Lines of its import configuration that name no files: `modinfo`. */
  readonly importcfg: readonly string[];
  /** Import path of the main package, whose object is the linker's argument. */
  readonly main: string;
}

export interface VcsStamp {
  /** `git`, `hg` and the like. */
  readonly system: string;
  readonly revision: string;
  readonly modified: boolean;
}

/** A package as `go list -export` tells it, in an order in which imports come first. */
export interface ExportedPackage {
  readonly path: string;
  readonly dir: string;
  readonly object: string;
  /** The user's own. */
  readonly local: boolean;
}

/** Puts script and list together, or says why a direct build is not possible. */
export function makePlan(
  script: BuildScript,
  listed: readonly ExportedPackage[],
): BuildPlan | string {
  if (script.link === null) return "the linker is not run as usual";
  const actions = actionsOf(script.link);
  const objects = new Map(listed.map(({ path, object }) => [path, object]));
  const packages = new Map<string, PlannedPackage>();
  for (const [order, one] of listed.entries()) {
    const action = actions.get(one.path);
    if (action === undefined) continue;
    const planned = plannedPackage(one, action, script.compiles.get(action), order);
    const isUser = planned.imports.some((path) => packages.has(path));
    if (one.local) packages.set(one.path, planned);
    else if (isUser) packages.set(one.path, { ...planned, obstacle: `${one.path} is not yours` });
  }
  const missing = [...actions.keys()].find((path) => (objects.get(path) ?? "") === "");
  if (missing !== undefined) return `the compiled form of ${missing} is not known`;
  const main = mainOf(script.link, actions);
  if (main === null) return "the linker is not run as usual";
  const { command, importcfg } = script.link;
  const others = importcfg.filter((line) => !line.startsWith("packagefile "));
  if (others.some((line) => line.startsWith("packageshlib "))) return "it links shared libraries";
  return {
    packages,
    owners: ownersOf(packages),
    importers: importersOf(packages),
    objects,
    link: { command, packages: [...actions.keys()], importcfg: others, main },
    profile: script.profile,
    dir: [...packages.values()].at(-1)?.compile.dir ?? "",
    vcs: vcsOf(others),
  };
}

/** Which packages have to be compiled for files that have changed, or why the go command has to. */
export function packagesOf(
  plan: BuildPlan,
  changed: Iterable<string>,
): { readonly packages: readonly string[] } | { readonly reason: string } {
  const found = new Set<string>();
  for (const file of changed) {
    const owner = plan.packages.get(plan.owners.get(file) ?? "");
    if (owner === undefined) return { reason: `${file} belongs to no package that was compiled` };
    if (owner.obstacle !== null) return { reason: owner.obstacle };
    found.add(owner.path);
  }
  return { packages: [...found] };
}

/**
 * Those of the packages to compile that need not wait for another: no package that they import, by
 * others or directly, is to be compiled itself.
 */
export function readyPackages(
  plan: BuildPlan,
  todo: ReadonlySet<string>,
  running: ReadonlySet<string>,
): readonly string[] {
  const waiting = new Set<string>();
  const queue = [...todo, ...running];
  for (const path of queue) {
    for (const importer of plan.importers.get(path) ?? []) {
      if (waiting.has(importer)) continue;
      waiting.add(importer);
      queue.push(importer);
    }
  }
  const orderOf = (path: string): number => plan.packages.get(path)?.order ?? 0;
  return [...todo]
    .filter((path) => !waiting.has(path) && !running.has(path))
    .toSorted((a, b) => orderOf(a) - orderOf(b));
}

/** `packagefile fmt=$WORK/b002/_pkg_.a` as ["fmt", "b002"]; null for other lines. */
function packageFile(line: string): readonly [path: string, action: string] | null {
  const found = /^packagefile ([^=]+)=\$WORK[\\/](b\d+)[\\/]_pkg_\.a$/.exec(line);
  return found === null ? null : [found[1] ?? "", found[2] ?? ""];
}

function actionsOf({ importcfg }: LinkStep): ReadonlyMap<string, string> {
  const actions = new Map<string, string>();
  for (const line of importcfg) {
    const found = packageFile(line);
    if (found !== null) actions.set(found[0], found[1]);
  }
  return actions;
}

/** The last argument of the linker is the object of the main package. */
function mainOf({ command }: LinkStep, actions: ReadonlyMap<string, string>): string | null {
  const action = /^\$WORK[\\/](b\d+)[\\/]_pkg_\.a$/.exec(command.argv.at(-1) ?? "")?.[1];
  for (const [path, of] of actions) if (of === action) return path;
  return null;
}

function plannedPackage(
  { path, dir }: ExportedPackage,
  action: string,
  step: CompileStep | undefined,
  order: number,
): PlannedPackage {
  const lines = step?.importcfg ?? [];
  return {
    path,
    dir,
    action,
    compile: step?.command ?? { env: {}, argv: [], dir: "" },
    imports: lines.flatMap((line) => packageFile(line)?.[0] ?? []),
    importcfg: lines.filter((line) => !line.startsWith("packagefile ")),
    embedcfg: step?.embedcfg ?? "",
    obstacle: step === undefined ? `${path} is not compiled as usual` : obstacleOf(path, step),
    order,
  };
}

/** Anything beside Go files, and sources that a tool has made of the user's. */
function obstacleOf(path: string, { command }: CompileStep): string | null {
  const { argv } = command;
  if (argv.some((arg) => arg === "-symabis" || arg === "-asmhdr")) return `${path} has assembly`;
  if (!argv.includes("-complete")) return `${path} has more than Go files`;
  if (argv.some((arg) => arg.startsWith("-coveragecfg"))) return "coverage is counted";
  // The directory of the script has been cut off there, or it has not: nobody knows.
  if (argv.some((arg) => / \.(?:[\\/ ]|$)/.test(arg))) return "its arguments have blanks in them";
  if (argv.some((arg) => arg.startsWith("$WORK") && arg.endsWith(".go"))) {
    return `${path} has sources that are generated for the build`;
  }
  return null;
}

function ownersOf(packages: ReadonlyMap<string, PlannedPackage>): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { path, compile } of packages.values()) {
    for (const arg of compile.argv) if (arg.endsWith(".go")) owners.set(arg, path);
  }
  return owners;
}

function importersOf(
  packages: ReadonlyMap<string, PlannedPackage>,
): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  for (const { path, imports } of packages.values()) {
    for (const imported of imports) {
      const known = importers.get(imported);
      if (known === undefined) importers.set(imported, [path]);
      else known.push(path);
    }
  }
  return importers;
}

/** The build information is a quoted string within 16 bytes that mark its ends. */
function vcsOf(lines: readonly string[]): VcsStamp | null {
  const info = lines.find((line) => line.startsWith("modinfo ")) ?? "";
  const revision = /vcs\.revision=([^\\]*)\\n/.exec(info)?.[1];
  const modified = /vcs\.modified=(true|false)\\n/.exec(info)?.[1];
  if (revision === undefined && modified === undefined) return null;
  const system = /\\tvcs=([^\\]*)\\n/.exec(info)?.[1] ?? "";
  return { system, revision: revision ?? "", modified: modified === "true" };
}
