import { link as hardLink, mkdir, rename, rm } from "node:fs/promises";
import { packagesOf } from "../../../core/build-plan.ts";
import type { Phase, Preparation } from "../../../core/event.ts";
import { ioFailure } from "../../../core/io-failure.ts";
import type { SourceChanges } from "../../../core/source-changes.ts";
import {
  type CompileJob,
  type CompiledPackage,
  compilePackages,
  removeObjects,
} from "./compile.ts";
import { sameGitState } from "./git-state.ts";
import type { LinkerPlaces } from "./build-linker.ts";
import { type LinkOrder, identityOfProgram, linkProgram } from "./link.ts";
import {
  type LoadedPlan,
  type PlanQuery,
  exportedObjects,
  loadPlan,
  sameTools,
  temporaryDir,
} from "./load-plan.ts";
import type { DirectOptions, Env } from "./options.ts";
import { linkByWaiting, prepareLinker } from "./prepare-linker.ts";
import { sameObject, sameProgram } from "./same-content.ts";
import type { WaitingLinker } from "./waiting-linker.ts";
import { marksOf, remember, whatChanged } from "./witness.ts";

export interface DirectBuild {
  readonly generation: number;
  readonly env: Env;
  /** Absolute path of the program to make. */
  readonly output: string;
  readonly signal: AbortSignal;
}

export type DirectResult =
  | {
      readonly type: "built";
      readonly packages: number;
      /** By a linker that had loaded all other packages before. */
      readonly preloaded: boolean;
      readonly phases: readonly Phase[];
    }
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
 * where a save has changed nothing but the content of known Go files. What that is `note` tells; that
 * nothing else has changed is seen beside the compiler.
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
  /** What the go command has compiled to the same, and where it keeps that, by import path. */
  readonly #checked = new Map<string, string>();
  /** The program that was built last, and what it was made from, where that is known. */
  #last: { readonly path: string; readonly identity: string | null } | null = null;
  /** It has loaded the packages of the plan that are not the user's. */
  #linker: WaitingLinker | null = null;
  /** Why no linker waits with this plan. */
  #unfit: { readonly loaded: LoadedPlan; readonly reason: string } | null = null;
  #closed = false;
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
    // From before they are compiled: what changes later is seen as a difference. The look at everything
    // comes behind it, as the compiler waits for this one.
    const marks = await marksOf(this.#changed);
    const over = new AbortController();
    const git = { options, env, signal: AbortSignal.any([signal, over.signal]) };
    const unseen = Promise.all([
      whatChanged(loaded.witness, this.#changed),
      vcs === null || sameGitState(git, vcs, loaded.tags),
    ]);
    const job: CompileJob = { options, loaded, known: this.#known, generation, signal };
    const compiling = performance.now();
    const compiled = await compilePackages(job, packages);
    const linking = performance.now();
    const phases = [phase("plan", from, compiling), phase("compile", compiling, linking)];
    if (compiled.type === "failed") {
      // Perhaps something is missing that has come unseen.
      const [changed] = await unseen;
      return changed === null ? { ...compiled, phases } : { type: "declined", reason: changed };
    }
    if (compiled.type !== "compiled") {
      over.abort();
      await unseen;
      return compiled;
    }
    const known = new Map([...this.#known, ...compiled.packages]);
    const linked = await this.#link({ ...job, known }, output, unseen);
    const { obstacle, preloaded } = linked;
    if (signal.aborted || obstacle !== null) await removeObjects(compiled.packages);
    if (signal.aborted) return { type: "cancelled" };
    if (obstacle !== null) return { type: "declined", reason: obstacle };
    remember(loaded.witness, marks);
    await this.#take(known, compiled.packages);
    const all = [...phases, phase("link", linking, performance.now())];
    return { type: "built", packages: compiled.packages.size, preloaded, phases: all };
  }

  /** Has a linker load what no save changes, and wait. */
  async preload(places: LinkerPlaces, signal: AbortSignal): Promise<Preparation> {
    try {
      return await this.#preload(places, signal);
    } catch (error) {
      return { type: "not-preloaded", reason: ioFailure(error, "use", this.#options.work).message };
    }
  }

  async #preload(places: LinkerPlaces, signal: AbortSignal): Promise<Preparation> {
    const loaded = this.#loaded;
    if (loaded === null) return { type: "not-preloaded", reason: this.#lack };
    if (this.#unfit?.loaded === loaded) {
      return { type: "not-preloaded", reason: this.#unfit.reason };
    }
    if (this.#linker?.waits !== true) {
      await this.#dismiss();
      const made = await prepareLinker({ options: this.#options, places, loaded, signal });
      if (made === null) return { type: "cancelled" };
      if (typeof made === "string") {
        this.#unfit = { loaded, reason: made };
        return { type: "not-preloaded", reason: made };
      }
      this.#linker = made;
      if (this.#closed) await this.#dismiss();
    }
    return { type: "preloaded" };
  }

  /** Ends the linker that waits; it is not used any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#dismiss();
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

  /** An obstacle: why the program does not lie there. */
  async #link(
    job: CompileJob,
    output: string,
    unseen: Promise<readonly [string | null, boolean]>,
  ): Promise<{ readonly obstacle: string | null; readonly preloaded: boolean }> {
    const identity = identityOfProgram(job);
    let preloaded = false;
    const failed = (obstacle: string) => ({ obstacle, preloaded });
    const last = this.#last;
    const same = last !== null && last.identity === identity;
    if (!same || !(await putInPlace(last.path, output))) {
      preloaded = await this.#linkPreloaded(job, { output, identity });
      const result = preloaded ? null : await linkProgram(job, { output, identity });
      if (result !== null && (result.type !== "ended" || result.code !== 0)) {
        return failed("the linker fails by itself");
      }
      if (last !== null && (await sameProgram(last.path, output))) {
        await putInPlace(last.path, output);
      }
    }
    const [changed, sameGit] = await unseen;
    if (changed !== null) return failed(changed);
    if (!sameGit) return failed("the state of git, which the program tells, has changed");
    this.#identity = identity;
    return { obstacle: null, preloaded };
  }

  /** It links once. Where it does not come to an end by itself, the usual linker has to say why. */
  async #linkPreloaded(job: CompileJob, order: LinkOrder): Promise<boolean> {
    const linker = this.#linker;
    if (linker === null) return false;
    this.#linker = null;
    const result = await linkByWaiting(linker, job, order);
    if (result === "refused") this.#unfit = { loaded: job.loaded, reason: linker.refusal };
    return result === "linked";
  }

  async #dismiss(): Promise<void> {
    const linker = this.#linker;
    this.#linker = null;
    await linker?.close();
  }

  async #take(
    known: ReadonlyMap<string, CompiledPackage>,
    fresh: ReadonlyMap<string, CompiledPackage>,
  ): Promise<void> {
    const old = [...this.#known].filter(([path]) => fresh.has(path));
    for (const path of fresh.keys()) this.#checked.delete(path);
    this.#known = known;
    this.#changed.clear();
    await removeObjects(new Map(old));
  }

  /**
   * The go command compiles what it has not seen, and must come to the same; and all other packages
   * must be as they were, since somebody may have changed one and nobody told.
   */
  async #check(query: PlanQuery): Promise<Preparation> {
    const planned = this.#loaded?.plan.objects ?? new Map<string, string>();
    const objects = await exportedObjects(query);
    if (query.signal.aborted) return { type: "cancelled" };
    if (objects === null) return this.#outdated("`go list` fails");
    let checked = 0;
    for (const [path, theirs] of objects) {
      const own = this.#known.get(path);
      const ours = own?.file ?? planned.get(path) ?? "";
      if (ours === theirs || this.#checked.get(path) === theirs) continue;
      // Importers of what has changed are compiled anew by the go command, and come to the same.
      const same = await sameObject(ours, theirs);
      if (query.signal.aborted) return { type: "cancelled" };
      if (!same) return this.#doubt(path);
      this.#checked.set(path, theirs);
      checked += own === undefined ? 0 : 1;
    }
    return { type: "checked", packages: checked };
  }

  /** What the go command has compiled may be newer than what anybody has told of. */
  async #doubt(path: string): Promise<Preparation> {
    const { witness } = this.#loaded ?? {};
    const changed = witness === undefined ? null : await whatChanged(witness, this.#changed);
    if (changed !== null) return this.#outdated(changed);
    await this.#forget("the go command compiles something else");
    return { type: "doubtful", package: path };
  }

  async #outdated(reason: string): Promise<Preparation> {
    await this.#forget(reason);
    return { type: "outdated", reason };
  }

  async #forget(lack: string): Promise<void> {
    const old = this.#known;
    this.#loaded = null;
    this.#lack = lack;
    this.#known = new Map();
    this.#checked.clear();
    await this.#dismiss();
    await removeObjects(old);
  }
}

/** Another name for the same file, in place of what has that name; false where that cannot be. */
async function putInPlace(path: string, output: string): Promise<boolean> {
  const aside = `${output}.same`;
  try {
    await hardLink(path, aside);
    await rename(aside, output);
    return true;
  } catch {
    // It may have been removed meanwhile, or the file system knows no second names.
    await rm(aside, { force: true });
    return false;
  }
}

const sameEnv = (one: Env, other: Env): boolean => JSON.stringify(one) === JSON.stringify(other);

const phase = (name: string, from: number, to: number): Phase => ({ name, durationMs: to - from });
