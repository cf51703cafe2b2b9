import type { Loaded } from "../../config/config.ts";
import { fsKindAt } from "../../adapters/watch/fs-kind-at.ts";
import type { MainPackage } from "../../adapters/go/main-packages.ts";
import { dirsOf } from "../../core/graph-load.ts";
import type { Processes } from "../../engine/processes.ts";
import { findProject, widenRoot } from "../run/project.ts";
import { shareOf } from "../run/services/member-config.ts";
import {
  type WatchFixed,
  gitIgnoreOf,
  graphLoader,
  pollIntervalMs,
  watchParts,
} from "../run/watch-parts.ts";
import type { FilesFact, ProgramFact, WatchedFact } from "./facts.ts";

/** The program of the project, as `gust run` would find it without asking anybody. */
export async function lookAtProgram(
  loaded: Loaded,
  processes: Processes,
  env: Readonly<Record<string, string>>,
): Promise<ProgramFact> {
  const { services } = loaded.config;
  if (services.length > 0) return lookAtServices(loaded, processes, env);
  const several: MainPackage[] = [];
  const found = await findProject({
    loaded,
    processes,
    env,
    choose: (mains) => {
      several.push(...mains);
      return Promise.resolve(null);
    },
  });
  const { cmd } = loaded.config.build;
  if (!("code" in found)) return { type: "program", found: { type: "one", project: found }, cmd };
  if (several.length > 0)
    return { type: "program", found: { type: "several", mains: several }, cmd };
  return { type: "program", found: { type: "none", failure: found }, cmd };
}

async function lookAtServices(
  loaded: Loaded,
  processes: Processes,
  env: Readonly<Record<string, string>>,
): Promise<ProgramFact> {
  const looks = loaded.config.services.map(async (service) => {
    const share = shareOf(loaded, { type: "service", service, rank: 0 });
    const project =
      "code" in share
        ? share
        : await findProject({ loaded: share, processes, env, choose: () => Promise.resolve(null) });
    return { name: service.name, project };
  });
  return {
    type: "program",
    found: { type: "services", services: await Promise.all(looks) },
    cmd: null,
  };
}

/**
 * Watches the project for a moment, with the same parts as a run, and tells what came of it. The
 * configuration comes with the root that is watched.
 */
export async function lookAtWatching(
  given: Loaded,
  { found }: ProgramFact,
  means: { readonly processes: Processes; readonly env: WatchFixed["env"]; readonly own: string },
): Promise<readonly [WatchedFact, FilesFact]> {
  const project = found.type === "one" ? found.project : null;
  const loaded = project === null ? given : widenRoot(given, project.moduleDir);
  const { config } = loaded;
  const parts = watchParts(loaded, {
    env: means.env,
    gitIgnore: gitIgnoreOf(config.root, means.env),
    own: [means.own],
    alone: null,
    warn: () => undefined,
  });
  const graph =
    project === null
      ? null
      : await graphLoader(config, project, { processes: means.processes, env: parts.env }).load(
          new AbortController().signal,
        );
  if (graph !== null && !("code" in graph)) parts.watcher.add(dirsOf(graph));
  const report = await parts.watcher.start({ touched: () => undefined, lost: () => undefined });
  await parts.watcher.close();
  const { classify: settings, ...rest } = parts.settings;
  return [
    { type: "watched", report, settings, rules: rest.rules, graph },
    {
      type: "files",
      root: config.root,
      kind: fsKindAt(config.root, process.platform),
      report,
      pollIntervalMs: pollIntervalMs(config),
      forced: config.build.poll,
    },
  ];
}
