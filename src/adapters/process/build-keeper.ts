import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, readFile, readdir, realpath, rename, rm } from "node:fs/promises";
import { constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export interface BuildKeeperOptions {
  /** The directory with the keeper's sources. */
  readonly keeperDir: string;
  /** Where gust keeps what can be made again; see `userCacheDir`. */
  readonly cacheDir: string;
  /** The go command: a path, or a name that is looked up in the PATH. */
  readonly go: string;
  /** Told when a build begins, which takes a second or more; not when the cache has it. */
  readonly onProgress: (text: string) => void;
}

/** Returns the keeper's executable, built if need be. Rejects with the words of go otherwise. */
export async function buildKeeper(options: BuildKeeperOptions): Promise<string> {
  const place = await keeperPlace(options);
  if (await isExecutable(place.path)) return place.path;

  options.onProgress(`building the keeper with ${place.version}, once`);
  const dir = dirname(place.path);
  await mkdir(dir, { recursive: true });
  // Built beside its place and renamed into it, so that of two gusts each finds a whole file.
  const draft = join(dir, `draft-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await run(place.go, ["build", "-o", draft, "."], {
      cwd: options.keeperDir,
      env: buildEnvironment(hostTarget()),
    });
    await rename(draft, place.path);
  } finally {
    await rm(draft, { force: true });
  }
  return place.path;
}

/** Where the keeper is cached, and whether it is there already. Rejects without Go. */
export async function findKeeper(
  options: Omit<BuildKeeperOptions, "onProgress">,
): Promise<{ readonly path: string; readonly built: boolean }> {
  const { path } = await keeperPlace(options);
  return { path, built: await isExecutable(path) };
}

/** Another Go or other sources make another keeper, which lies in a directory of its own. */
async function keeperPlace(
  options: Omit<BuildKeeperOptions, "onProgress">,
): Promise<{ readonly path: string; readonly go: string; readonly version: string }> {
  const target = hostTarget();
  const go = await findGo(options.go);
  const [version, hash] = await Promise.all([goVersion(go), hashSources(options.keeperDir)]);
  const name = `${version}-${target.os}-${target.arch}-${hash}`.replaceAll(/[^\w.-]/gu, "_");
  const file = process.platform === "win32" ? "keeper.exe" : "keeper";
  return { path: join(options.cacheDir, "keeper", name, file), go, version };
}

/** Where gust keeps what can be made again, after the custom of the system. */
export function userCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const home = homedir();
  const named = env["XDG_CACHE_HOME"];
  if (named !== undefined && named.startsWith("/")) return join(named, "gust");
  if (process.platform === "darwin") return join(home, "Library", "Caches", "gust");
  if (process.platform === "win32") {
    return join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "gust", "cache");
  }
  return join(home, ".cache", "gust");
}

interface Target {
  readonly os: string;
  readonly arch: string;
}

const SYSTEMS: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: "amd64",
  ia32: "386",
  ppc64: process.platform === "aix" ? "ppc64" : "ppc64le",
};

/** This machine: a GOOS in the user's environment is meant for the program, not for the keeper. */
function hostTarget(): Target {
  return {
    os: SYSTEMS[process.platform] ?? process.platform,
    arch: ARCHITECTURES[process.arch] ?? process.arch,
  };
}

/**
 * The flags are go's defaults, so that the packages of the standard library that the user's own
 * builds have compiled already serve here too. GOFLAGS is set rather than emptied: an empty one
 * would let the value of `go env -w` through.
 */
function buildEnvironment(target: Target): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GOOS: target.os,
    GOARCH: target.arch,
    GOFLAGS: "-buildvcs=false",
    GOWORK: "off",
    GO111MODULE: "on",
    GOTOOLCHAIN: "local",
    // Package net would ask for a C compiler.
    CGO_ENABLED: "0",
  };
}

async function findGo(go: string): Promise<string> {
  if (go.includes("/") || go.includes("\\")) return go;
  const suffixes = process.platform === "win32" ? [".exe", ""] : [""];
  for (const dir of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const suffix of suffixes) {
      const path = join(dir, go + suffix);
      if (dir !== "" && (await isExecutable(path))) return path;
    }
  }
  throw new Error(`${go} was not found in the PATH`);
}

/** Reads the VERSION file beside the go command, which is much faster than to ask go. */
async function goVersion(go: string): Promise<string> {
  try {
    const text = await readFile(join(dirname(dirname(await realpath(go))), "VERSION"), "utf8");
    const [first = ""] = text.split("\n");
    if (first.startsWith("go")) return first.trim();
  } catch {
    // The command is a wrapper (asdf, mise, goenv), so it has to be asked.
  }
  return (await run(go, ["env", "GOVERSION"], { env: process.env })).trim();
}

async function hashSources(dir: string): Promise<string> {
  const names = (await readdir(dir)).filter(isSource).toSorted();
  if (names.length === 0) throw new Error(`${dir} holds no sources of the keeper`);
  const hash = createHash("sha256");
  for (const name of names) {
    const content = await readFile(join(dir, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

function isSource(name: string): boolean {
  return name === "go.mod" || (name.endsWith(".go") && !name.endsWith("_test.go"));
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { ...options, windowsHide: true }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.trim() === "" ? error.message : stderr.trim()));
    });
  });
}
