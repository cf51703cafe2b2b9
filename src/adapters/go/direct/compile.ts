import { createHash } from "node:crypto";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type PlannedPackage, readyPackages } from "../../../core/build-plan.ts";
import { readGoArchive } from "../../../core/go-archive.ts";
import { runCommand } from "../command.ts";
import type { LoadedPlan } from "./load-plan.ts";
import type { DirectOptions } from "./options.ts";
import { toolOutput } from "./tool-output.ts";

/** A compiled package. */
export interface CompiledPackage {
  /** Absolute path of the archive. */
  readonly file: string;
  /** Hash of the whole, which is the same for the same code. */
  readonly digest: string;
  /** Hash of what importers see. */
  readonly exports: string;
}

export interface CompileJob {
  readonly options: DirectOptions;
  readonly loaded: LoadedPlan;
  /** What has been compiled without the go command before; all else is as in the plan. */
  readonly known: ReadonlyMap<string, CompiledPackage>;
  readonly generation: number;
  readonly signal: AbortSignal;
}

export type CompileResult =
  | { readonly type: "compiled"; readonly packages: ReadonlyMap<string, CompiledPackage> }
  /** Mistakes in the sources, as `go build` words them. */
  | { readonly type: "failed"; readonly text: string }
  | { readonly type: "declined"; readonly reason: string }
  | { readonly type: "cancelled" };

/**
 * Compiles these packages, and those that import them where what they see has changed: in the order
 * of their imports, and beside each other where none waits for another.
 */
export async function compilePackages(
  job: CompileJob,
  first: readonly string[],
): Promise<CompileResult> {
  const done = new Map<string, CompiledPackage>();
  const over = new AbortController();
  const signal = AbortSignal.any([job.signal, over.signal]);
  const running = new Map<string, Promise<readonly [string, OneResult]>>();
  const result = await compileInOrder({ ...job, signal }, first, { done, running });
  // Whatever ends this ends the compilers that still run: nobody waits for them.
  over.abort();
  await Promise.all(running.values());
  if (result.type !== "compiled") await removeObjects(done);
  return result;
}

interface Progress {
  readonly done: Map<string, CompiledPackage>;
  readonly running: Map<string, Promise<readonly [string, OneResult]>>;
}

async function compileInOrder(
  job: CompileJob,
  first: readonly string[],
  { done, running }: Progress,
): Promise<CompileResult> {
  const { plan } = job.loaded;
  const todo = new Set(first);
  const failed = new Map<string, string>();
  const slots = availableParallelism();
  for (;;) {
    // What imports a package that failed is not compiled either: it waits for it in vain.
    const ready = readyPackages(plan, todo, new Set([...running.keys(), ...failed.keys()]));
    for (const path of ready.slice(0, slots - running.size)) {
      todo.delete(path);
      const one = plan.packages.get(path);
      if (one === undefined) return declined(`${path} is not known`);
      if (one.obstacle !== null) return declined(one.obstacle);
      const compiling = compileOne(job, one, done);
      running.set(
        path,
        compiling.then((result) => [path, result]),
      );
    }
    if (running.size === 0) break;
    const [path, result] = await Promise.race(running.values());
    running.delete(path);
    if (result.type === "failed") failed.set(path, result.text);
    else if (result.type !== "compiled") return result;
    else {
      done.set(path, result.made);
      if (result.seen) for (const other of plan.importers.get(path) ?? []) todo.add(other);
    }
  }
  if (failed.size > 0) return { type: "failed", text: [...failed.values()].join("") };
  return todo.size > 0
    ? declined("packages wait for each other")
    : { type: "compiled", packages: done };
}

/** Of a build that came to nothing, or that a newer one has replaced. */
export async function removeObjects(objects: ReadonlyMap<string, CompiledPackage>): Promise<void> {
  await Promise.all([...objects.values()].map(({ file }) => rm(file, { force: true })));
}

type OneResult =
  /** `seen`: importers see a difference. */
  | { readonly type: "compiled"; readonly made: CompiledPackage; readonly seen: boolean }
  | Exclude<CompileResult, { readonly type: "compiled" }>;

async function compileOne(
  job: CompileJob,
  one: PlannedPackage,
  fresh: ReadonlyMap<string, CompiledPackage>,
): Promise<OneResult> {
  const { options, loaded, generation, signal } = job;
  const { processes, timeoutMs, onProcess, work } = options;
  const { dir } = loaded.plan;
  const place = join(work, one.action);
  const file = join(place, `_pkg_.${generation}.a`);
  const objects = one.imports.map(
    (path) => [path, fresh.get(path)?.file ?? objectOf(job, path)] as const,
  );
  await mkdir(place, { recursive: true });
  const lines = objects.map(([path, object]) => `packagefile ${path}=${object}\n`);
  const importcfg = one.importcfg.map((line) => `${line}\n`);
  await writeFile(join(place, "importcfg"), [...importcfg, ...lines].join(""));
  if (one.embedcfg !== "") await writeFile(join(place, "embedcfg"), one.embedcfg);
  const [before, result] = await Promise.all([
    exportsBefore(job, one.path),
    runCommand({
      processes,
      argv: argumentsOf(one, work, file),
      dir,
      env: { ...loaded.env, ...one.compile.env, TOOLEXEC_IMPORTPATH: one.path },
      signal,
      timeoutMs,
      onProcess,
    }),
  ]);
  if (result.type === "cancelled") return result;
  if (result.type === "failed") return declined(result.failure.message);
  if (result.type === "timed-out") return declined("the compiler takes too long");
  if (result.code === 0) {
    const made = await examine(file);
    if (made === null) return declined(`${one.path} is not compiled as usual`);
    return { type: "compiled", made, seen: before !== made.exports };
  }
  const sources = one.compile.argv.filter((arg) => arg.endsWith(".go"));
  const read = [...objects.map(([, object]) => object), ...sources];
  if (result.code === null) return declined("the compiler was killed");
  if (!(await allThere(read))) return declined("what the compiler reads is not there any more");
  const { text } = result;
  // A full disk is no mistake in the sources, and the go command knows of new directives.
  if (!position.test(text)) return declined("the compiler complains of something else");
  if (text.includes("go:embed")) return declined("the compiler complains of go:embed");
  const said = { package: one.path, dir: one.dir, from: dir, work, text };
  return { type: "failed", text: await toolOutput(said) };
}

const position = /^\S.*?:\d+(?::\d+)?: /m;

/** Where the compiled form of a package lies. */
export const objectOf = ({ known, loaded }: CompileJob, path: string): string =>
  known.get(path)?.file ?? loaded.plan.objects.get(path) ?? "";

/** The command of the plan, with its own output and all processors for the compiler. */
function argumentsOf({ compile }: PlannedPackage, work: string, file: string): readonly string[] {
  const concurrency = Math.min(4, availableParallelism());
  let next: string | null = null;
  return compile.argv.map((arg) => {
    const given = next;
    next = arg === "-o" ? file : null;
    if (given !== null) return given;
    // Not all flags go with more than one, and then the go command gives none.
    return /^-c=(?!1$)\d+$/.test(arg) ? `-c=${concurrency}` : inWork(arg, work);
  });
}

/** `$WORK` as it stands in the plan, which may be within an argument. */
export const inWork = (arg: string, work: string): string => arg.replaceAll("$WORK", () => work);

/** What importers saw of a package so far; null where that cannot be told. */
async function exportsBefore({ known, loaded }: CompileJob, path: string): Promise<string | null> {
  const own = known.get(path);
  if (own !== undefined) return own.exports;
  const object = loaded.plan.objects.get(path);
  if (object === undefined) return null;
  return (await examine(object))?.exports ?? null;
}

async function examine(file: string): Promise<CompiledPackage | null> {
  const bytes = await readFile(file).catch(() => null);
  const archive = bytes === null ? null : readGoArchive(bytes);
  if (bytes === null || archive === null) return null;
  const { start, end } = archive.exports;
  return { file, digest: sha256(bytes), exports: sha256(bytes.subarray(start, end)) };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function allThere(files: readonly string[]): Promise<boolean> {
  return Promise.all(files.map((file) => stat(file))).then(
    () => true,
    () => false,
  );
}

const declined = (reason: string) => ({ type: "declined", reason }) as const;
