import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { buildFailure } from "../../core/build-failure.ts";
import type { Graph } from "../../core/graph.ts";
import type { GraphLoader } from "../../engine/ports.ts";
import type { Processes } from "../../engine/processes.ts";
import { runCommand } from "./command.ts";
import { flagsForList } from "./flags.ts";
import { graphOf, listFields, parseList } from "./listed-package.ts";

export interface GraphOptions {
  readonly processes: Processes;
  /** Absolute path of the `go` command. */
  readonly go: string;
  /** Absolute directory in which the build runs. */
  readonly dir: string;
  /** The main package, as `go build` takes it. */
  readonly package: string;
  /** Flags of the build, such as `-tags=dev`: they decide which files count. */
  readonly flags: readonly string[];
  readonly env: () => Promise<Readonly<Record<string, string>>>;
}

/** Asks `go list` what the build of the main package reads. Broken packages are in it too. */
export function openGraphLoader(options: GraphOptions): GraphLoader {
  return {
    load: (signal) =>
      loadGraph(options, signal).catch((error: unknown) =>
        graphFailed("`go list` could not be used", error instanceof Error ? error.message : ""),
      ),
  };
}

async function loadGraph(options: GraphOptions, signal: AbortSignal): Promise<Graph | Failure> {
  const env = await options.env();
  const run = (args: readonly string[]): ReturnType<typeof runCommand> =>
    runCommand({
      ...options,
      argv: [options.go, ...args],
      env,
      signal,
      timeoutMs: null,
      keep: "stdout",
    });
  const [listed, environment] = await Promise.all([
    run(["list", ...flagsForList(options.flags), "-deps", "-e", listFields, options.package]),
    run(["env", "-json", "GOMOD", "GOWORK"]),
  ]);
  if (listed.type === "failed") return listed.failure;
  if (listed.type !== "ended") return graphFailed("`go list` was cancelled", "");
  const packages = parseList(listed.kept);
  const files = environment.type === "ended" ? environment.kept : "{}";
  const graph = graphOf(packages, moduleFilesOf(files));
  if (graph.packageDirs.length > 0) return withOptionalFiles(graph);
  const said = packages.flatMap((listed) => listed.Error?.Err ?? []).join("\n");
  const context = { dir: options.dir, ownDirs: [options.dir], subject: "`go list`" };
  return { ...buildFailure(said === "" ? listed.text : said, context), code: "GRAPH_FAILED" };
}

/** The module and workspace files that `go env` names. */
function moduleFilesOf(json: string): readonly string[] {
  const names = JSON.parse(json) as Readonly<Record<string, string>>;
  const work = names["GOWORK"] ?? "";
  if (work === "" || work === "off") return [];
  return [work, `${work}.sum`];
}

/** go.sum, the vendor list and the profile of the main package matter only where they exist. */
async function withOptionalFiles(graph: Graph): Promise<Graph> {
  const roots = new Set(graph.moduleFiles.map((file) => dirname(file)));
  const vendor = await existing([...roots].map((root) => join(root, "vendor", "modules.txt")));
  const mainDir = graph.packageDirs.at(-1);
  const profile = mainDir === undefined ? [] : await existing([join(mainDir, "default.pgo")]);
  return {
    ...graph,
    moduleFiles: [...(await existing(graph.moduleFiles)), ...vendor],
    nativeFiles: [...graph.nativeFiles, ...profile],
  };
}

async function existing(files: readonly string[]): Promise<readonly string[]> {
  const seen = await Promise.all(
    files.map((file) =>
      stat(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => seen[index]);
}

function graphFailed(message: string, seen: string): Failure {
  return {
    code: "GRAPH_FAILED",
    message,
    seen,
    hint: "gust watches the whole directory until `go list` works",
  };
}
