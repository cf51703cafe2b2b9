import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type ModStatement, goModStatements } from "../../core/go-mod.ts";
import {
  type ModuleVersion,
  escapeModule,
  firstWords,
  requiredModules,
} from "../../core/required-modules.ts";

/** What `go env` has to be asked for. */
export const modulesEnv = ["GOMOD", "GOWORK", "GOMODCACHE", "GOFLAGS"] as const;

export interface Missing {
  readonly modules: readonly ModuleVersion[];
  /** Everything that the go.sum files know. */
  readonly sums: string;
  /** GOFLAGS without what is about the user's own module. */
  readonly goflags: string;
}

/**
 * Modules that go.mod (or go.work) names and that the module cache has not, by a look at the disk
 * alone. None where they are not taken from there: with a vendor directory, or another go.mod.
 */
export async function missingModules(json: string, flags: readonly string[]): Promise<Missing> {
  const env = JSON.parse(json) as Partial<Record<(typeof modulesEnv)[number], string>>;
  const { GOMOD = "", GOWORK = "", GOMODCACHE = "", GOFLAGS = "" } = env;
  const words = GOFLAGS.split(/\s+/).filter((word) => word !== "");
  const goflags = words.filter((word) => !/^--?(?:mod|modfile)=/.test(word)).join(" ");
  const none: Missing = { modules: [], sums: "", goflags };
  const work = GOWORK === "" || GOWORK === "off" ? null : await statements(GOWORK);
  const mods = work === null ? [GOMOD] : firstWords(work, "use").map((dir) => modIn(GOWORK, dir));
  if (GOMODCACHE === "" || mods.includes("") || (isNullDevice(GOMOD) && work === null)) return none;
  const root = dirname(work === null ? GOMOD : GOWORK);
  if (await elsewhere(root, [...words, ...flags])) return none;
  const read = await Promise.all(mods.map(statements));
  const required = requiredModules({ work, mods: read.map((one) => one ?? []) });
  const present = await Promise.all(required.map((one) => isCached(GOMODCACHE, one)));
  const sums = await Promise.all([...mods.map(sumOf), textOf(`${GOWORK}.sum`)]);
  return {
    modules: required.filter((_, index) => present[index] === false),
    sums: sums.join("\n"),
    goflags,
  };
}

const isNullDevice = (path: string): boolean => path === "/dev/null" || path === "NUL";

const modIn = (work: string, dir: string): string => join(resolve(dirname(work), dir), "go.mod");

const sumOf = (mod: string): Promise<string> => textOf(mod.replace(/\.mod$/, ".sum"));

async function statements(path: string): Promise<readonly ModStatement[] | null> {
  return goModStatements(await textOf(path));
}

/** Empty where it is not there: what that means is the go command's affair. */
async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

async function elsewhere(root: string, flags: readonly string[]): Promise<boolean> {
  if (flags.some((flag) => /^--?modfile=/.test(flag))) return true;
  const mode = flags.findLast((flag) => /^--?mod=/.test(flag))?.replace(/^.*=/, "");
  return mode === undefined ? exists(join(root, "vendor", "modules.txt")) : mode === "vendor";
}

async function isCached(cache: string, { path, version }: ModuleVersion): Promise<boolean> {
  const [name, number] = [escapeModule(path), escapeModule(version)];
  const files = join(cache, "cache", "download", name, "@v", number);
  if (await exists(`${files}.zip`)) return true;
  return (await exists(join(cache, `${name}@${number}`))) && !(await exists(`${files}.partial`));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
