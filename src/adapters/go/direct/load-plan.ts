import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { type BuildPlan, type ExportedPackage, makePlan } from "../../../core/build-plan.ts";
import { type ToolCommand, readBuildScript } from "../../../core/build-script.ts";
import { type CommandResult, describeEnd, runCommand } from "../command.ts";
import { flagsForList } from "../flags.ts";
import { type ListedPackage, isLocal, parseList } from "../listed-package.ts";
import { inWork } from "./compile.ts";
import { dependsOn, dependsOnFields } from "./depends-on.ts";
import { gitTags } from "./git-state.ts";
import type { DirectOptions, Env } from "./options.ts";
import { type Witness, takeWitness } from "./witness.ts";

/** A plan with what it holds for: anything else, and the go command has to look again. */
export interface LoadedPlan {
  readonly plan: BuildPlan;
  /** Names what is linked and how, as far as it is not the user's own packages. */
  readonly key: string;
  /** The environment of the compiler and the linker. */
  readonly env: Env;
  /** The environment that the go command was asked in. */
  readonly askedIn: Env;
  /** Files and directories that the build depends on, as they were. */
  readonly witness: Witness;
  /** The tags of git, from which the version of the main module comes; null where it tells none. */
  readonly tags: string | null;
  /** Compiler, linker and the settings of `go env -w`, with what tells one version from another. */
  readonly tools: readonly Tool[];
}

interface Tool {
  readonly path: string;
  readonly mark: string;
}

export interface PlanQuery {
  readonly options: DirectOptions;
  readonly env: Env;
  /** Flags of the `go build` that has made the program. */
  readonly flags: readonly string[];
  readonly signal: AbortSignal;
}

/** The priority of what nobody waits for. */
export const idlePriority = 19;

/**
 * Asks the go command how it builds the program, and where its compiled packages lie. A string tells
 * why there is no plan; null: it was aborted.
 */
export async function loadPlan(query: PlanQuery): Promise<LoadedPlan | string | null> {
  const { options, flags } = query;
  // The clock of the file system may be behind by some milliseconds.
  const since = Date.now() - 50;
  const target = join(options.work, "program");
  const [listed, script, variables] = await Promise.all([
    listAll(query),
    run(query, ["build", ...flags, "-a", "-n", "-o", target, options.package], "stderr"),
    run(query, ["env", "-json", ...toolVariables]),
  ]);
  const failed = failureOf("go list", listed) ?? failureOf("go build -n", script);
  if (failed !== null) return failed === "" ? null : failed;
  const packages = parseList(keptOf(listed));
  const plan = makePlan(readBuildScript(keptOf(script)), packages.map(exportedPackage));
  if (typeof plan === "string") return plan;
  if (plan.vcs !== null && plan.vcs.system !== "git") {
    return `the build information tells the state of ${plan.vcs.system}`;
  }
  const { GOWORK: gowork = "", ...own } = JSON.parse(keptOf(variables) || "{}") as Env;
  const set = Object.entries(own).filter(([, value]) => value !== "");
  if (!isAbsolute(plan.dir)) return "the compiler is not run as usual";
  const env = { ...query.env, ...Object.fromEntries(set), PWD: plan.dir };
  const tools = await toolsOf(plan, own["GOENV"] ?? "");
  if (plan.profile !== null && !(await makeProfile(query, plan.profile, env))) {
    return "the profile for the compiler cannot be made";
  }
  const tags = plan.vcs === null ? null : await gitTags(query);
  const watched = dependsOn(plan, packages, gowork);
  const witness = await takeWitness({ packages: [...plan.packages.values()], ...watched }, since);
  return { plan, key: keyOf(plan), env, askedIn: query.env, tools, witness, tags };
}

const listAll = (query: PlanQuery): Promise<CommandResult> =>
  run(query, [
    "list",
    ...flagsForList(query.flags),
    "-deps",
    "-export",
    listFields,
    query.options.package,
  ]);

/** Whether compiler, linker and settings are still the same files. */
export async function sameTools({ tools }: LoadedPlan): Promise<boolean> {
  const marks = await Promise.all(tools.map(({ path }) => markOf(path)));
  return tools.every(({ mark }, index) => mark === marks[index]);
}

/** Reads the user's profile into the form that the compiler takes. */
async function makeProfile(
  { options, signal }: PlanQuery,
  { argv }: ToolCommand,
  env: Env,
): Promise<boolean> {
  const { processes, dir, work, timeoutMs, onProcess } = options;
  const own = argv.map((arg) => inWork(arg, work));
  await mkdir(dirname(own[own.indexOf("-o") + 1] ?? work), { recursive: true });
  const result = await runCommand({
    processes,
    argv: own,
    dir,
    env,
    signal,
    timeoutMs,
    nice: idlePriority,
    onProcess,
  });
  return result.type === "ended" && result.code === 0;
}

/**
 * The compiled form of all packages, which the go command makes where it has none; null where it
 * cannot be asked.
 */
export async function exportedObjects(
  query: PlanQuery,
): Promise<ReadonlyMap<string, string> | null> {
  const listed = await listAll(query);
  if (failureOf("go list", listed) !== null) return null;
  const packages = parseList(keptOf(listed)).map(exportedPackage);
  return new Map(packages.map(({ path, object }) => [path, object]));
}

/** Where the go command keeps what it makes on the way; it has to exist. */
export const temporaryDir = ({ work }: DirectOptions): string => join(work, "tmp");

const listFields = `-json=Export,Standard,DepOnly,${dependsOnFields}`;

function exportedPackage(listed: Exported): ExportedPackage {
  const { ImportPath: path, Dir: dir = "", Export: object = "" } = listed;
  return { path, dir, object, local: isLocal(listed) };
}

type Exported = ListedPackage & { readonly Export?: string };

function run(
  { options, env, signal }: PlanQuery,
  args: readonly string[],
  keep: "stdout" | "stderr" = "stdout",
): Promise<CommandResult> {
  const { processes, dir, go, onProcess } = options;
  return runCommand({
    processes,
    argv: [go, ...args],
    dir,
    // A go command that is killed leaves its work directory behind.
    env: { ...env, GOTMPDIR: temporaryDir(options) },
    signal,
    timeoutMs: null,
    keep,
    nice: idlePriority,
    onProcess,
  });
}

/** Null: it is good; "": it was aborted. */
function failureOf(what: string, result: CommandResult): string | null {
  if (result.type === "cancelled") return "";
  if (result.type === "failed") return result.failure.message;
  if (result.type === "timed-out") return `\`${what}\` does not end`;
  return result.code === 0 ? null : `\`${what}\` failed (${describeEnd(result)})`;
}

const keptOf = (result: CommandResult): string => (result.type === "ended" ? result.kept : "");

/** The go command sets these for the tools that it runs, unless they are set. */
const toolVariables =
  "GOENV GOWORK GOROOT GOOS GOARCH GOEXPERIMENT GOFIPS140 GO386 GOAMD64 GOARM GOARM64 GOMIPS GOMIPS64 GOPPC64 GORISCV64 GOWASM".split(
    " ",
  );

async function toolsOf({ packages, link }: BuildPlan, settings: string): Promise<readonly Tool[]> {
  const [first] = packages.values();
  const paths = [first?.compile.argv[0] ?? "", link.command.argv[0] ?? "", settings];
  return Promise.all(paths.map(async (path) => ({ path, mark: await markOf(path) })));
}

async function markOf(path: string): Promise<string> {
  return stat(path).then(
    ({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`,
    () => "",
  );
}

/** Names in the cache of the go command are hashes of the contents. */
function keyOf({ link, objects }: BuildPlan): string {
  const hash = createHash("sha256").update(JSON.stringify(link));
  for (const path of link.packages) hash.update(`${path} ${objects.get(path) ?? ""}\n`);
  return hash.digest("hex");
}
