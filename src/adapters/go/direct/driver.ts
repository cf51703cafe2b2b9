import { link as hardLink, mkdir, rm } from "node:fs/promises";
import { packagesOf } from "../../../core/build-plan.ts";
import type { Phase, Preparation } from "../../../core/event.ts";
import type { SourceChanges } from "../../../core/source-changes.ts";
import { type CompileJob, type CompiledPackage, compilePackages } from "./compile.ts";
import { sameGitState } from "./git-state.ts";
import { identityOfProgram, linkProgram } from "./link.ts";
import {
  type LoadedPlan,
  type PlanQuery,
  exportedObjects,
  loadPlan,
  sameTools,
  temporaryDir,
} from "./load-plan.ts";
import type { DirectOptions, Env } from "./options.ts";
import { sameObject, sameProgram } from "./same-content.ts";

export interface DirectBuild {
  readonly generation: number;
  readonly env: Env;
  /** Absolute path of the program to make. */
  readonly output: string;
  readonly signal: AbortSignal;
}

export type DirectResult =
  | { readonly type: "built"; readonly packages: number; readonly phases: readonly Phase[] }
  /** Mistakes in the sources, as `go build` words them. */
  | { readonly type: "failed"; readonly text: string; readonly phases: readonly Phase[] }
  /** The go command has to build, and why. */
  | { readonly type: "declined"; readonly reason: string }
  | { readonly type: "cancelled" };

export interface PlanRequest {
  readonly env: Env;
  /** Flags of the `go build` that has made the program. */
  readonly flags: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Builds by compiler and linker alone, as the go command does after it has found out what to do,
 * where a save has changed nothing but the content of known Go files. It is as new as what `note` and
 * `rebuilt` have told: it looks at no file that did not change.
 */
export class DirectDriver {
  readonly #options: DirectOptions;
  #loaded: LoadedPlan | null = null;
  /** Why there is no plan. */
  #lack = "it is the first build";
  /** Go files whose content has changed since their package was compiled. */
  readonly #changed = new Set<string>();
  /** What else has changed since the last full build; null: nothing. */
  #lapsed: string | null = null;
  /** Packages that were compiled without the go command. */
  #known: ReadonlyMap<string, CompiledPackage> = new Map();
  /** Those of them that the go command has compiled to the same. */
  readonly #checked = new Set<string>();
  /** The program that was built last, and what it was made from, where that is known. */
  #last: { readonly path: string; readonly identity: string | null } | null = null;
  /** What the program was made from that `kept` is going to be told of. */
  #identity: string | null = null;

  constructor(options: DirectOptions) {
    this.#options = options;
  }

  /** What has changed since the build before. */
  note({ modified, other }: SourceChanges): void {
    for (const path of modified) this.#changed.add(path);
    this.#lapsed ??= other;
  }

  /** The go command has built everything as it was on the disk after `note`. */
  async rebuilt(): Promise<void> {
    this.#changed.clear();
    this.#lapsed = null;
    await this.#forget("what the go command does has not been asked yet");
  }

  /** The program that was built last lies there. */
  kept(path: string): void {
    this.#last = { path, identity: this.#identity };
  }

  async build(build: DirectBuild): Promise<DirectResult> {
    const from = performance.now();
    this.#identity = null;
    const wanted = await this.#wanted(build.env);
    if ("reason" in wanted) return { type: "declined", reason: wanted.reason };
    const { loaded, packages } = wanted;
    const { generation, env, output, signal } = build;
    const options = this.#options;
    const { vcs } = loaded.plan;
    const stamp = vcs === null || sameGitState(options, env, vcs, signal);
    const job: CompileJob = { options, loaded, known: this.#known, generation, signal };
    const compiling = performance.now();
    const compiled = await compilePackages(job, packages);
    const linking = performance.now();
    const phases = [phase("plan", from, compiling), phase("compile", compiling, linking)];
    if (compiled.type === "failed") return { ...compiled, phases };
    if (compiled.type !== "compiled") return compiled;
    const known = new Map([...this.#known, ...compiled.packages]);
    const obstacle = await this.#link({ ...job, known }, output, stamp);
    if (signal.aborted) return { type: "cancelled" };
    if (obstacle !== null) return { type: "declined", reason: obstacle };
    await this.#take(known, compiled.packages);
    const all = [...phases, phase("link", linking, performance.now())];
    return { type: "built", packages: compiled.packages.size, phases: all };
  }

  /** Asks the go command what it does, or has it do the same once more, so that it knows it too. */
  async prepare({ env, flags, signal }: PlanRequest): Promise<Preparation> {
    const query = { options: this.#options, env, flags, signal };
    const { work } = this.#options;
    if (this.#loaded === null) await rm(work, { recursive: true, force: true });
    const temporary = temporaryDir(this.#options);
    await mkdir(temporary, { recursive: true });
    try {
      return await (this.#loaded === null ? this.#load(query) : this.#check(query));
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  async #load(query: PlanQuery): Promise<Preparation> {
    const loaded = await loadPlan(query);
    const { signal } = query;
    if (loaded === null || signal.aborted) return { type: "cancelled" };
    if (typeof loaded === "string") {
      this.#lack = loaded;
      return { type: "impossible", reason: loaded };
    }
    this.#loaded = loaded;
    return { type: "ready", packages: loaded.plan.packages.size };
  }

  /** What has to be compiled, or why the go command has to look. */
  async #wanted(
    env: Env,
  ): Promise<{ loaded: LoadedPlan; packages: readonly string[] } | { reason: string }> {
    const loaded = this.#loaded;
    if (loaded === null) return { reason: this.#lack };
    if (this.#lapsed !== null) return { reason: this.#lapsed };
    if (!sameEnv(env, loaded.askedIn)) return { reason: "the environment has changed" };
    if (!(await sameTools(loaded))) return { reason: "Go itself has changed" };
    const found = packagesOf(loaded.plan, this.#changed);
    return "reason" in found ? found : { loaded, packages: found.packages };
  }

  /** Null: the program lies there; else why it does not. */
  async #link(
    job: CompileJob,
    output: string,
    stamp: Promise<boolean> | boolean,
  ): Promise<string | null> {
    const identity = identityOfProgram(job);
    const last = this.#last;
    const same = last !== null && last.identity === identity;
    if (!same || !(await isLinked(last.path, output))) {
      const result = await linkProgram(job, { output, identity });
      if (result.type !== "ended" || result.code !== 0) return "the linker fails by itself";
      if (last !== null && (await sameProgram(last.path, output)))
        await isLinked(last.path, output);
    }
    if (!(await stamp)) return "the state of git, which the program tells, has changed";
    this.#identity = identity;
    return null;
  }

  async #take(
    known: ReadonlyMap<string, CompiledPackage>,
    fresh: ReadonlyMap<string, CompiledPackage>,
  ): Promise<void> {
    const old = [...fresh.keys()].flatMap((path) => this.#known.get(path)?.file ?? []);
    for (const path of fresh.keys()) this.#checked.delete(path);
    this.#known = known;
    this.#changed.clear();
    await removeAll(old);
  }

  /** The go command compiles what it has not seen, and must come to the same. */
  async #check(query: PlanQuery): Promise<Preparation> {
    const unchecked = [...this.#known.keys()].filter((path) => !this.#checked.has(path));
    const objects = await exportedObjects(query, unchecked);
    for (const path of unchecked) {
      const [own, theirs] = [this.#known.get(path)?.file ?? "", objects.get(path) ?? ""];
      const same = await sameObject(own, theirs);
      if (query.signal.aborted) return { type: "cancelled" };
      if (!same) {
        await this.#forget("the go command compiles something else");
        return { type: "doubtful", package: path };
      }
      this.#checked.add(path);
    }
    return { type: "checked", packages: unchecked.length };
  }

  async #forget(lack: string): Promise<void> {
    const old = [...this.#known.values()].map(({ file }) => file);
    this.#loaded = null;
    this.#lack = lack;
    this.#known = new Map();
    this.#checked.clear();
    await removeAll(old);
  }
}

/** Another name for the same file, in place of what had that name. */
async function isLinked(path: string, output: string): Promise<boolean> {
  try {
    await rm(output, { force: true });
    await hardLink(path, output);
    return true;
  } catch {
    // It may have been removed, or the file system knows no second names.
    return false;
  }
}

async function removeAll(files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

const sameEnv = (one: Env, other: Env): boolean => JSON.stringify(one) === JSON.stringify(other);

const phase = (name: string, from: number, to: number): Phase => ({ name, durationMs: to - from });
