import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Environment of every command and tool: nothing of the user's that makes builds differ. */
export function benchEnv(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(npm_|GUST_|air_wd$|PORT$)/.test(name)) env[name] = value;
  }
  // The copies lie in the work tree of this repository: without this every link would ask git
  // about all of it, which says nothing about the programs.
  return { ...env, GOFLAGS: "-buildvcs=false", GOWORK: "off", NO_COLOR: "1", GOCACHE: goCache };
}

/** Links without debug information, as gust does when it is not told otherwise. */
export const withoutDebugInfo: Readonly<Record<string, string>> = {
  GOFLAGS: "-buildvcs=false '-ldflags=-s -w'",
};

/** The user's build cache, which has the standard library, also where gust gets its own cache. */
const goCache = execFileSync("go", ["env", "GOCACHE"], { encoding: "utf8" }).trim();

/** Runs a go command and returns what it printed on both streams; throws when it fails. */
export async function runGo(
  args: readonly string[],
  options: { readonly dir: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const { stdout, stderr } = await execute("go", [...args], {
    cwd: options.dir,
    env: { ...benchEnv(), ...options.env },
    maxBuffer: 1 << 28,
  });
  return stdout + stderr;
}
