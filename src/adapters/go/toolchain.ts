import { access, constants, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { buildFailure } from "../../core/build-failure.ts";
import type { Failure } from "../../core/failure.ts";
import type { Processes } from "../../engine/processes.ts";
import { type CommandResult, describeEnd, runCommand } from "./command.ts";

/** The oldest Go that gust builds with. */
export const minimumGo = "1.21";

/** The Go that the user's PATH leads to, and what `go env` says in the project. */
export interface Toolchain {
  /** Absolute path of the `go` command. */
  readonly go: string;
  /** As `go env GOVERSION` prints it: `go1.26.1`, `devel go1.27-abcdef`. */
  readonly version: string;
  readonly goos: string;
  readonly goarch: string;
  readonly goroot: string;
  readonly gocache: string;
  readonly gomodcache: string;
  readonly goflags: string;
  /** Absolute path of go.mod; "" outside a module. */
  readonly gomod: string;
  /** Absolute path of go.work; "" without a workspace. */
  readonly gowork: string;
}

export interface ToolchainQuery {
  readonly processes: Processes;
  /** Absolute directory of the project: go.mod may choose another toolchain. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
  readonly signal: AbortSignal;
}

/**
 * Finds Go and asks it for its version and settings. Failures: GO_MISSING, GO_TOO_OLD,
 * BUILD_FAILED when `go env` itself fails (a bad go.mod or go.work).
 */
export async function findToolchain(query: ToolchainQuery): Promise<Toolchain | Failure> {
  const go = await findGo(query.env, query.platform);
  if (typeof go !== "string") return go;
  const result = await runCommand({
    ...query,
    argv: [go, "env", "-json", ...variables],
    timeoutMs: 30_000,
    keep: "stdout",
  });
  if (result.type === "failed") return unusable(go, result.failure.seen ?? result.failure.message);
  if (result.type === "timed-out") return unusable(go, "`go env` does not end");
  if (result.type === "cancelled") return unusable(go, "cancelled");
  const values = parseVariables(result.kept);
  if (values === null) return whyUnusable(query, go, result);
  const toolchain: Toolchain = {
    go,
    version: values["GOVERSION"] ?? "",
    goos: values["GOOS"] ?? "",
    goarch: values["GOARCH"] ?? "",
    goroot: values["GOROOT"] ?? "",
    gocache: values["GOCACHE"] ?? "",
    gomodcache: values["GOMODCACHE"] ?? "",
    goflags: values["GOFLAGS"] ?? "",
    // Outside a module `go env` names the null device.
    gomod:
      values["GOMOD"] === "/dev/null" || values["GOMOD"] === "NUL" ? "" : (values["GOMOD"] ?? ""),
    gowork: values["GOWORK"] === "off" ? "" : (values["GOWORK"] ?? ""),
  };
  return tooOld(toolchain) ?? toolchain;
}

/** Looks `go` up in the PATH of `env`. The failure is GO_MISSING. */
export async function findGo(
  env: Readonly<Record<string, string>>,
  platform: NodeJS.Platform,
): Promise<string | Failure> {
  const path = env["PATH"] ?? env["Path"] ?? "";
  const name = platform === "win32" ? "go.exe" : "go";
  for (const dir of path.split(delimiter)) {
    // A relative entry would mean another program in another directory.
    if (dir === "" || dir === ".") continue;
    const candidate = join(dir, name);
    if (await isExecutableFile(candidate)) return candidate;
  }
  return {
    code: "GO_MISSING",
    message: "Go is not installed, or its `go` command is not in the PATH",
    seen: `PATH=${path}`,
    hint: "install Go from https://go.dev/dl/ or add its bin directory to the PATH",
  };
}

/** Compares versions such as `go1.21.3` and `1.21` by their first two numbers. */
export function isOlder(version: string, minimum: string): boolean {
  const seen = /(\d+)\.(\d+)/.exec(version);
  const wanted = /(\d+)\.(\d+)/.exec(minimum);
  // A version without numbers is a development build, which is new.
  if (seen === null || wanted === null) return false;
  const major = Number(seen[1]) - Number(wanted[1]);
  return major < 0 || (major === 0 && Number(seen[2]) < Number(wanted[2]));
}

const variables = [
  "GOVERSION",
  "GOOS",
  "GOARCH",
  "GOROOT",
  "GOCACHE",
  "GOMODCACHE",
  "GOFLAGS",
  "GOMOD",
  "GOWORK",
] as const;

function parseVariables(json: string): Readonly<Record<string, string>> | null {
  try {
    return JSON.parse(json) as Readonly<Record<string, string>>;
  } catch {
    return null;
  }
}

function tooOld(toolchain: Toolchain): Failure | null {
  if (!isOlder(toolchain.version, minimumGo)) return null;
  return {
    code: "GO_TOO_OLD",
    message: `${toolchain.version} is too old: gust needs Go ${minimumGo} or newer`,
    seen: toolchain.go,
    hint: "install a newer Go from https://go.dev/dl/",
  };
}

/** A toolchain that is missing, or a mistake in go.mod, is told as such. */
function whyUnusable(
  { dir }: ToolchainQuery,
  go: string,
  result: Extract<CommandResult, { type: "ended" }>,
): Failure {
  const failure = buildFailure(result.text, { dir, ownDirs: [dir] });
  if (failure.code !== "BUILD_FAILED") return failure;
  return unusable(go, result.text.trim() || describeEnd(result));
}

function unusable(go: string, seen: string): Failure {
  return {
    code: "BUILD_FAILED",
    message: `${go} cannot be used here`,
    seen,
    hint: "run `go env` in this directory to see the same error",
  };
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
