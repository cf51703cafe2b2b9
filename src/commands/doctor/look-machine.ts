import { controlPath, preparePlace } from "../../adapters/control/socket-place.ts";
import { findToolchain, minimumGo } from "../../adapters/go/toolchain.ts";
import { readInotifyUse } from "../../adapters/machine/inotify.ts";
import { tryStorage } from "../../adapters/machine/storage.ts";
import { findKeeper } from "../../adapters/process/build-keeper.ts";
import type { UserDirs } from "../../adapters/store/user-dirs.ts";
import type { Processes } from "../../engine/processes.ts";
import type { CacheFact, Fact, InotifyFact, KeeperFact } from "./facts.ts";

export async function lookAtGo(
  processes: Processes,
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<Extract<Fact, { readonly type: "go" }>> {
  const { platform } = process;
  const { signal } = new AbortController();
  const found = await findToolchain({ processes, dir, env, platform, signal });
  return { type: "go", found, minimum: minimumGo };
}

export function lookAtNode(): Extract<Fact, { readonly type: "node" }> {
  return { type: "node", version: process.version, minimum: MINIMUM_NODE };
}

/** Where the keeper is cached; to be asked before it is built. Null where it has no place. */
export async function lookForKeeper(
  keeperDir: string,
  dirs: UserDirs,
): Promise<KeeperFact["place"]> {
  try {
    return await findKeeper({ keeperDir, cacheDir: dirs.cacheDir, go: "go" });
  } catch {
    // Without Go, or without sources: the back end that is opened next tells the reason.
    return null;
  }
}

/** What other processes use is counted before gust watches anything itself. */
export function lookAtInotify(): InotifyFact["use"] {
  return process.platform === "linux" ? readInotifyUse() : null;
}

export async function lookAtCache(dirs: UserDirs): Promise<CacheFact> {
  return { type: "cache", dir: dirs.cacheDir, storage: await tryStorage(dirs.cacheDir) };
}

export async function lookAtSocket(
  dirs: UserDirs,
  key: string,
): Promise<Extract<Fact, { readonly type: "socket" }>> {
  const failure = await preparePlace(controlPath(dirs.runtimeDir, key));
  return { type: "socket", dir: dirs.runtimeDir, failure };
}

/** As package.json's `engines` says. */
const MINIMUM_NODE = "20.19";
