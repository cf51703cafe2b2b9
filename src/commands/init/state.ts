import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { readPackageClause } from "../../core/package-clause.ts";
import { type CommandIo, failureText } from "../io.ts";

export interface InitStateArguments {
  /** Where the files go; null: to `internal/gust` of the module. */
  readonly dir: string | null;
  /** Overwrite files that are there and differ. */
  readonly force: boolean;
  /** `--root DIR`. */
  readonly root?: string;
  /** Where gust itself is installed. */
  readonly packageDir: string;
}

/**
 * `gust init --state`: writes the Go package by which a program keeps values for its next version.
 * Returns the exit code: 0, or 1 when nothing was written.
 */
export async function runInitState(args: InitStateArguments, io: CommandIo): Promise<number> {
  const base = resolve(io.cwd, args.root ?? "");
  const module = await findModule(args.dir === null ? base : resolve(base, args.dir));
  if (module === null) {
    return fail(io, {
      code: "NO_MODULE",
      message: "there is no go.mod here or above",
      hint: "`go mod init` makes one; `--root` names another directory",
    });
  }
  const target = args.dir === null ? join(module.dir, "internal", "gust") : resolve(base, args.dir);
  try {
    const files = await compare(join(args.packageDir, "state", "gust"), target);
    const problem = refusal(files, await otherPackage(target), args.force);
    if (problem !== null) return fail(io, problem);
    await mkdir(target, { recursive: true });
    const due = files.filter((file) => file.state !== "same");
    for (const { name, text } of due) await writeFile(join(target, name), text);
    const shown = slashes(relative(base, target)) || ".";
    for (const { name, state } of files) {
      io.stdout(`${state === "same" ? "unchanged" : "wrote"} ${shown}/${name}\n`);
    }
    io.stdout(howToImport(module, target));
    return 0;
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return fail(io, { code: "IO_FAILED", message: "the package could not be written", seen });
  }
}

interface Module {
  readonly dir: string;
  readonly path: string;
}

/** The module that a directory belongs to, which need not exist. */
async function findModule(start: string): Promise<Module | null> {
  for (let dir = start; ; dir = dirname(dir)) {
    const text = await readFile(join(dir, "go.mod"), "utf8").catch(() => "");
    const path = /^[ \t]*module[ \t]+["`]?([^\s"`]+)/m.exec(text)?.[1];
    if (path !== undefined) return { dir, path };
    if (dirname(dir) === dir) return null;
  }
}

interface PackageFile {
  readonly name: string;
  readonly text: string;
  /** What is at its place already. */
  readonly state: "missing" | "same" | "different";
}

async function compare(source: string, target: string): Promise<readonly PackageFile[]> {
  const names = (await readdir(source)).filter(isSource).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(source, name), "utf8");
      const there = await readFile(join(target, name), "utf8").catch(() => null);
      const state = there === null ? "missing" : there === text ? "same" : "different";
      return { name, text, state } as const;
    }),
  );
}

const isSource = (name: string): boolean => name.endsWith(".go") && !name.endsWith("_test.go");

/** The name of another package in a directory: a directory holds one only. */
async function otherPackage(dir: string): Promise<string | null> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter(isSource)) {
    const found = readPackageClause(await readFile(join(dir, name), "utf8"));
    if (found.name !== null && found.name !== "gust") return found.name;
  }
  return null;
}

function refusal(
  files: readonly PackageFile[],
  other: string | null,
  force: boolean,
): Failure | null {
  if (other !== null) {
    const message = `the directory holds package ${other} already`;
    return { code: "IO_FAILED", message, hint: "name another one: `gust init --state DIR`" };
  }
  const different = files.filter((file) => file.state === "different").map((file) => file.name);
  if (different.length === 0 || force) return null;
  return {
    code: "IO_FAILED",
    message: `${different.join(", ")} ${different.length === 1 ? "is" : "are"} there and ${different.length === 1 ? "differs" : "differ"} from gust's`,
    hint: "`gust init --state --force` overwrites what differs",
  };
}

function howToImport(module: Module, target: string): string {
  const below = slashes(relative(module.dir, target));
  const path = below === "" ? module.path : `${module.path}/${below}`;
  const name = basename(path) === "gust" ? "" : "gust ";
  return `
import ${name}"${path}"

gust.Keep("counter", &counter, &mu)   // before it is used: its value comes from the last version
gust.Context()                        // ends when this version begins to drain
`;
}

const slashes = (path: string): string => path.split(sep).join("/");

function fail(io: CommandIo, failure: Failure): number {
  io.stderr(failureText("error", failure));
  return 1;
}
