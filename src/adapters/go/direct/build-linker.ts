import { createHash, randomBytes } from "node:crypto";
import { access, constants, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandResult, describeEnd, runCommand } from "../command.ts";
import { editLinker } from "./edit-linker.ts";
import { type LoadedPlan, idlePriority } from "./load-plan.ts";
import type { DirectOptions, Env } from "./options.ts";

export interface LinkerPlaces {
  /** gust's files for the linker: absolute path of `linker/`. */
  readonly sources: string;
  /** Where gust keeps what can be made again. */
  readonly cacheDir: string;
  /** How much memory is free, in bytes. */
  readonly available: () => number;
}

export interface LinkerQuery {
  readonly options: DirectOptions;
  readonly places: LinkerPlaces;
  readonly loaded: LoadedPlan;
  readonly signal: AbortSignal;
}

/**
 * Returns the linker of the plan's Go with gust's files in it, built from Go's own sources if need
 * be: some seconds, once for each version of Go. A string tells why there is none; null: it was
 * aborted.
 */
export async function buildLinker(query: LinkerQuery): Promise<BuiltLinker | string | null> {
  // One is started after every save: nothing is read again for that.
  const known = linkers.get(query.loaded);
  if (known !== undefined && (await isExecutable(known.path))) return known;
  const result = await findOrBuild(query);
  if (result !== null && typeof result !== "string") linkers.set(query.loaded, result);
  return result;
}

const linkers = new WeakMap<LoadedPlan, BuiltLinker>();

async function findOrBuild(query: LinkerQuery): Promise<BuiltLinker | string | null> {
  const { loaded, places } = query;
  const goroot = loaded.env["GOROOT"] ?? "";
  const stock = loaded.plan.link.command.argv[0] ?? "";
  if (goroot === "" || !stock.startsWith(join(goroot, "pkg", "tool"))) {
    return "the linker is not the one of Go's own directory";
  }
  try {
    const known = await readAll(places.sources, goroot, stock);
    const edited = editLinker(known.theirs);
    if (typeof edited === "string") return edited;
    const dir = join(places.cacheDir, "linker", `${known.version}-${known.digest}`);
    const path = join(dir, "link");
    if (await isExecutable(path)) return { path };
    const failed = join(dir, "failed");
    const before = await recentText(failed);
    if (before !== null) return before;
    await mkdir(dir, { recursive: true });
    // Built beside its place and renamed into it, so that of two gusts each finds a whole file.
    const draft = join(dir, `draft-${process.pid}-${randomBytes(4).toString("hex")}`);
    try {
      const result = await build(query, { goroot, draft, edited, ours: known.ours });
      if (result.type === "cancelled") return null;
      if (result.type !== "ended" || result.code !== 0) {
        const text = `it cannot be built: ${wordsOf(result)}`;
        await writeFile(failed, text);
        return text;
      }
      await rename(join(draft, "link"), path);
      return { path };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  } catch (error) {
    return `it cannot be built: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export interface BuiltLinker {
  readonly path: string;
}

/** Where gust's files go, relative to cmd/link/internal. */
const ourFiles = ["ld/gust.go", "loader/gust.go"] as const;

async function readAll(sources: string, goroot: string, stock: string) {
  const internal = linkerDir(goroot);
  const [ld = "", loader = "", version = "", ...ours] = await Promise.all(
    [
      join(internal, "ld/lib.go"),
      join(internal, "loader/loader.go"),
      join(goroot, "VERSION"),
      ...ourFiles.map((name) => join(sources, name)),
    ].map((path) => readFile(path, "utf8")),
  );
  // The linker itself stands for all the rest of its sources.
  const hash = createHash("sha256").update(await readFile(stock));
  for (const text of [ld, loader, ...ours]) hash.update(`${text.length}\n${text}`);
  const name = (version.split("\n")[0] ?? "").replaceAll(/[^\w.-]/g, "_");
  return { theirs: { ld, loader }, ours, version: name, digest: hash.digest("hex").slice(0, 16) };
}

interface Order {
  readonly goroot: string;
  readonly draft: string;
  readonly edited: { readonly ld: string; readonly loader: string };
  readonly ours: readonly string[];
}

/** Go's own sources stay as they are: the go command is told to read others in their place. */
async function build({ options, loaded, signal }: LinkerQuery, order: Order) {
  const { goroot, draft, edited, ours } = order;
  const temporary = join(draft, "tmp");
  await mkdir(temporary, { recursive: true });
  const replace: Record<string, string> = {};
  const put = async (name: string, text: string): Promise<void> => {
    const path = join(draft, name.replaceAll("/", "-"));
    replace[join(linkerDir(goroot), name)] = path;
    await writeFile(path, text);
  };
  await put("ld/lib.go", edited.ld);
  await put("loader/loader.go", edited.loader);
  for (const [index, name] of ourFiles.entries()) await put(name, ours[index] ?? "");
  const overlay = join(draft, "overlay.json");
  await writeFile(overlay, JSON.stringify({ Replace: replace }));
  const go = join(goroot, "bin", "go");
  const flags = ["-buildvcs=false", "-ldflags=-s -w", "-overlay", overlay];
  return runCommand({
    processes: options.processes,
    argv: [go, "build", ...flags, "-o", join(draft, "link"), "cmd/link"],
    dir: draft,
    env: plainEnv(loaded.askedIn, temporary),
    signal,
    timeoutMs: null,
    nice: idlePriority,
    onProcess: options.onProcess,
  });
}

/** What is set for Go in the user's environment is meant for the program. */
function plainEnv(env: Env, temporary: string): Env {
  const plain = Object.entries(env).filter(([name]) => !/^(?:GO|CGO_)/.test(name));
  return {
    ...Object.fromEntries(plain),
    ...(env["GOCACHE"] === undefined ? {} : { GOCACHE: env["GOCACHE"] }),
    GOENV: "off",
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    GO111MODULE: "on",
    GOPROXY: "off",
    CGO_ENABLED: "0",
    GOTMPDIR: temporary,
    // A Go that was downloaded lies among modules, whose files no overlay may replace.
    GOMODCACHE: join(temporary, "mod"),
  };
}

const linkerDir = (goroot: string): string => join(goroot, "src/cmd/link/internal");

function wordsOf(result: Exclude<CommandResult, { type: "cancelled" }>): string {
  if (result.type === "failed") return result.failure.message;
  if (result.type === "timed-out") return "it takes too long";
  const said = result.text.split("\n").find((line) => line !== "" && !line.startsWith("#"));
  return said ?? describeEnd(result);
}

/** A failure is not tried again all the time, but now and then: the disk may have been full. */
async function recentText(file: string): Promise<string | null> {
  try {
    const { mtimeMs } = await stat(file);
    return Date.now() - mtimeMs < 24 * 3600 * 1000 ? await readFile(file, "utf8") : null;
  } catch {
    return null;
  }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
