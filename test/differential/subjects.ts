import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A program of somebody else's that is in the module proxy: enough packages, and all kinds of code. */
export interface PublicProgram {
  readonly module: string;
  readonly version: string;
  /** The main package, relative to the module. */
  readonly package: string;
}

export const publicPrograms: readonly PublicProgram[] = [
  { module: "golang.org/x/tools", version: "v0.52.0", package: "./cmd/callgraph" },
  { module: "github.com/mikefarah/yq/v4", version: "v4.54.3", package: "." },
  { module: "go.etcd.io/bbolt", version: "v1.5.0", package: "./cmd/bbolt" },
];

/** Copies a module into `dir`, as its own main module, and downloads what it needs. */
export async function copyProgram({ module, version }: PublicProgram, dir: string): Promise<void> {
  const run = promisify(execFile);
  const download = ["mod", "download", "-json", `${module}@${version}`];
  const { stdout } = await run("go", download, { cwd: "/" });
  const found: unknown = JSON.parse(stdout);
  if (typeof found !== "object" || found === null || !("Dir" in found)) throw new Error(stdout);
  await mkdir(dir, { recursive: true });
  await cp(String(found.Dir), dir, { recursive: true });
  // The module cache is read-only.
  await writable(dir);
  await run("go", ["mod", "download"], { cwd: dir });
}

async function writable(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await writable(path);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
}
