import { readFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { readPackageClause } from "../../core/package-clause.ts";
import type { Processes } from "../../engine/processes.ts";
import { runCommand } from "./command.ts";

/** A package that can be built into a program. */
export interface MainPackage {
  /** What `go build` takes, relative to the start directory: `.`, `./cmd/api`, an import path. */
  readonly argument: string;
  /** Absolute directory; null when only an import path is known. */
  readonly dir: string | null;
  /** Directory of its go.mod, or of the go.work file where there is no module above. */
  readonly moduleDir: string;
  /** Import path of the module; "" where there is no go.mod. */
  readonly modulePath: string;
  /** What the program would be called. */
  readonly name: string;
}

export type FoundMain =
  | { readonly type: "one"; readonly main: MainPackage }
  | { readonly type: "several"; readonly mains: readonly MainPackage[]; readonly failure: Failure }
  | { readonly type: "none"; readonly failure: Failure };

export interface MainQuery {
  readonly processes: Processes;
  /** Absolute path of the `go` command. */
  readonly go: string;
  /** Absolute directory to look in: where gust was started. */
  readonly dir: string;
  /** What the user named, or "" for whatever is there. */
  readonly package: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Finds the program to build. A directory that is a main package itself is recognised without
 * running `go`; else every main package below counts.
 * Failures: NO_MODULE, NO_MAIN_PACKAGE, SEVERAL_MAIN_PACKAGES, BUILD_FAILED (go list failed).
 */
export async function findMain(query: MainQuery): Promise<FoundMain> {
  const moduleDir = await findModuleDir(query.dir, query.env);
  if (query.package !== "") return named(query, moduleDir);
  if (moduleDir === null) return { type: "none", failure: await noModule(query.dir) };
  if ((await packageKind(query.dir)) === "main") {
    return { type: "one", main: await mainAt(query.dir, query.dir, moduleDir) };
  }
  const listed = await listMains(query, moduleDir);
  if ("code" in listed) return { type: "none", failure: listed };
  const [first] = listed;
  if (first === undefined) return { type: "none", failure: noMain(query.dir) };
  if (listed.length === 1) return { type: "one", main: first };
  // The package in the start directory wins, where it took `go list` to see that it is one.
  const here = listed.find((main) => main.dir === query.dir);
  if (here !== undefined) return { type: "one", main: here };
  return { type: "several", mains: listed, failure: several(listed) };
}

/** Nearest directory, from `dir` upwards, with a go.mod; else the one with the go.work file. */
export async function findModuleDir(
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  for (const name of env["GOWORK"] === "off" ? ["go.mod"] : ["go.mod", "go.work"]) {
    for (let at = dir; ; at = dirname(at)) {
      if (await isFile(join(at, name))) return at;
      if (dirname(at) === at) break;
    }
  }
  return null;
}

async function named(query: MainQuery, moduleDir: string | null): Promise<FoundMain> {
  const path = resolve(query.dir, query.package);
  const isGoFile = path.endsWith(".go") && (await isFile(path));
  const dir = isGoFile ? dirname(path) : path;
  if (!isGoFile && !(await isDirectory(path))) {
    if (moduleDir === null) return { type: "none", failure: await noModule(query.dir) };
    if (looksLikePath(query.package)) {
      return { type: "none", failure: noSuchPackage(query.package, path) };
    }
    const main = {
      argument: query.package,
      dir: null,
      moduleDir,
      modulePath: await modulePathOf(moduleDir),
      name: programName(query.package),
    };
    return { type: "one", main };
  }
  const ownModule = await findModuleDir(dir, query.env);
  // A single file can be built outside a module; a package cannot.
  if (ownModule === null && !isGoFile) return { type: "none", failure: await noModule(dir) };
  const main = await mainAt(dir, query.dir, ownModule ?? dir);
  if (isGoFile) {
    const name = basename(path, ".go");
    return { type: "one", main: { ...main, argument: relativeArgument(path, query.dir), name } };
  }
  const kind = await packageKind(dir);
  if (kind === "none" || kind === "library") {
    return { type: "none", failure: notMain(query.package, kind) };
  }
  return { type: "one", main };
}

function looksLikePath(argument: string): boolean {
  return argument.startsWith(".") || isAbsolute(argument);
}

async function mainAt(dir: string, start: string, moduleDir: string): Promise<MainPackage> {
  return {
    argument: relativeArgument(dir, start),
    dir,
    moduleDir,
    modulePath: await modulePathOf(moduleDir),
    name: programName(dir),
  };
}

async function modulePathOf(moduleDir: string): Promise<string> {
  const text = await readText(join(moduleDir, "go.mod"));
  return /^\s*module\s+["`]?([^\s"`]+)/m.exec(text)?.[1] ?? "";
}

/** A path as `go build` takes it. Without the `./` it would be an import path. */
function relativeArgument(path: string, start: string): string {
  const steps = relative(start, path);
  if (steps === "") return ".";
  if (isAbsolute(steps)) return steps;
  return steps.startsWith("..") ? steps : `.${sep}${steps}`;
}

/** The last part that is not a major version: `example.com/tool/v2` is `tool`. */
function programName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== "");
  const last = parts.at(-1) ?? "";
  const name = /^v\d+$/.test(last) && parts.length > 1 ? (parts.at(-2) ?? last) : last;
  return name.replace(/[^\w.-]/g, "_") || "program";
}

/**
 * What the Go files of a directory make. `unsure`: files with build constraints decide, and only
 * `go list` knows those.
 */
async function packageKind(dir: string): Promise<"main" | "library" | "none" | "unsure"> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch {
    return "none";
  }
  const sources = names.filter((name) => name.endsWith(".go") && !name.endsWith("_test.go"));
  const built = sources.filter((name) => !name.startsWith("_") && !name.startsWith("."));
  if (built.length === 0) return "none";
  const kinds = new Set<string>();
  let constrained = false;
  for (const name of built) {
    const clause = readPackageClause(await readText(join(dir, name)));
    if (clause.constrained || /_[a-z0-9]+\.go$/.test(name)) constrained = true;
    else if (clause.name !== null) kinds.add(clause.name);
  }
  if (kinds.size === 1) return kinds.has("main") ? "main" : "library";
  return kinds.size === 0 && !constrained ? "none" : "unsure";
}

async function listMains(
  query: MainQuery,
  moduleDir: string,
): Promise<readonly MainPackage[] | Failure> {
  const patterns = await listPatterns(query.dir, moduleDir);
  const format = '{{if and (eq .Name "main") (or .GoFiles .CgoFiles)}}{{.Dir}}{{end}}';
  const result = await runCommand({
    ...query,
    argv: [query.go, "list", "-e", "-find", "-f", format, ...patterns],
    timeoutMs: null,
    keep: "stdout",
  });
  if (result.type !== "ended" || (result.code !== 0 && result.kept.trim() === "")) {
    return {
      code: "BUILD_FAILED",
      message: "`go list` failed, so the main packages are not known",
      ...(result.type === "ended" || result.type === "timed-out"
        ? { seen: result.text.trim() }
        : {}),
      hint: "run `go list ./...` here to see the same error",
    };
  }
  const dirs = result.kept.split(/\r?\n/).filter((line) => line !== "");
  return Promise.all(dirs.toSorted().map((dir) => mainAt(dir, query.dir, moduleDir)));
}

/** In a directory that is above the modules of a workspace, `./...` matches nothing. */
async function listPatterns(dir: string, moduleDir: string): Promise<readonly string[]> {
  if (await isFile(join(moduleDir, "go.mod"))) return ["./..."];
  const uses = workspaceUses(await readText(join(moduleDir, "go.work")));
  const below = uses
    .map((use) => resolve(moduleDir, use))
    .filter((use) => use === dir || use.startsWith(dir + sep));
  return below.map((use) => `${relativeArgument(use, dir)}${sep}...`);
}

/** Directories in the `use` directives of a go.work file. */
function workspaceUses(text: string): readonly string[] {
  const plain = text.replace(/\/\/.*$/gm, "");
  const uses: string[] = [];
  for (const block of plain.matchAll(/^\s*use\s*(?:\(([^)]*)\)|(\S+))/gm)) {
    const entries = (block[1] ?? block[2] ?? "").split(/\s+/);
    uses.push(...entries.map((entry) => entry.replace(/^["`]|["`]$/g, "")).filter(Boolean));
  }
  return uses;
}

async function noModule(dir: string): Promise<Failure> {
  const below = await modulesBelow(dir);
  const [first] = below;
  if (first !== undefined) {
    return {
      code: "NO_MODULE",
      message: `${dir} is in no Go module`,
      seen: `modules below: ${below.join(", ")}`,
      hint: `run gust in the module you mean, or \`gust --root ${first}\``,
    };
  }
  return {
    code: "NO_MODULE",
    message: `${dir} is in no Go module: there is no go.mod here or above`,
    hint: `run \`go mod init example.com/${programName(dir)}\``,
  };
}

/** Directories with a go.mod up to two levels below, relative; for a hint only. */
async function modulesBelow(dir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const first of await subdirectories(dir)) {
    if (await isFile(join(dir, first, "go.mod"))) found.push(first);
    for (const second of await subdirectories(join(dir, first))) {
      if (await isFile(join(dir, first, second, "go.mod"))) found.push(join(first, second));
    }
  }
  return found.toSorted().slice(0, 10);
}

async function subdirectories(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const dirs = entries.filter((entry) => entry.isDirectory());
    // A hint is not worth a long search, for example in a home directory.
    return dirs
      .map((entry) => entry.name)
      .filter((name) => !name.startsWith(".") && name !== "node_modules")
      .slice(0, 100);
  } catch {
    return [];
  }
}

function noMain(dir: string): Failure {
  return {
    code: "NO_MAIN_PACKAGE",
    message: `no main package in ${dir} or below`,
    hint: "gust runs programs: name the package, as in `gust run ./cmd/api`",
  };
}

function noSuchPackage(named: string, path: string): Failure {
  return {
    code: "NO_MAIN_PACKAGE",
    message: `there is no package ${named}`,
    seen: `${path} does not exist`,
    hint: "name a directory with a main package, or none to have it found",
  };
}

function notMain(named: string, kind: "library" | "none"): Failure {
  const what = kind === "none" ? "has no Go files" : "is a library, not a main package";
  return {
    code: "NO_MAIN_PACKAGE",
    message: `${named} ${what}`,
    hint: "name a directory with a main package, or none to have it found",
  };
}

function several(mains: readonly MainPackage[]): Failure {
  const [first] = mains;
  return {
    code: "SEVERAL_MAIN_PACKAGES",
    message: `there are ${mains.length} main packages, and gust runs one`,
    seen: mains.map((main) => main.argument).join("\n"),
    hint: `name one: \`gust run ${first?.argument ?? ""}\``,
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // A file that vanished or cannot be read says nothing; `go build` will name it.
    return "";
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (seen) => seen.isFile(),
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (seen) => seen.isDirectory(),
    () => false,
  );
}
