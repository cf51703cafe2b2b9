import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { buildFailure } from "../../core/build-failure.ts";
import type { Graph } from "../../core/graph.ts";
import type { GraphLoader } from "../../engine/ports.ts";
import type { Processes } from "../../engine/processes.ts";
import { runCommand } from "./command.ts";
import { flagsForList } from "./flags.ts";
import {
  type ListedPackage,
  graphOf,
  importFields,
  listFields,
  parseList,
} from "./listed-package.ts";

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
  const listed = await listPackages(options, [options.package], signal);
  if ("code" in listed) return listed;
  const graph = graphOf(listed.packages, listed.moduleFiles);
  if (graph.packageDirs.length > 0) return withOptionalFiles(graph);
  const said = listed.packages.flatMap((one) => one.Error?.Err ?? []).join("\n");
  return noPackages(options.dir, said === "" ? listed.text : said);
}

/** Why `go list` told of no package. */
export function noPackages(dir: string, said: string): Failure {
  const context = { dir, ownDirs: [dir], subject: "`go list`" };
  return { ...buildFailure(said, context), code: "GRAPH_FAILED" };
}

/** What `go list` says of main packages and all that they import. */
export interface PackageList {
  readonly packages: readonly ListedPackage[];
  /** The module and workspace files that decide about them. */
  readonly moduleFiles: readonly string[];
  /** Everything that `go list` said. */
  readonly text: string;
}

export async function listPackages(
  options: Omit<GraphOptions, "package"> & {
    /** True: the list has what each package imports, too. */
    readonly imports?: boolean;
  },
  mains: readonly string[],
  signal: AbortSignal,
): Promise<PackageList | Failure> {
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
    run([
      "list",
      ...flagsForList(options.flags),
      "-deps",
      "-e",
      mains.length > 1 || options.imports === true ? `${listFields},${importFields}` : listFields,
      ...mains,
    ]),
    run(["env", "-json", "GOMOD", "GOWORK"]),
  ]);
  if (listed.type === "failed") return listed.failure;
  if (listed.type !== "ended") return graphFailed("`go list` was cancelled", "");
  // It says nothing where the go command itself cannot be used.
  const files = (environment.type === "ended" && environment.kept.trim()) || "{}";
  return {
    packages: parseList(listed.kept),
    moduleFiles: moduleFilesOf(files),
    text: listed.text,
  };
}

/** The module and workspace files that `go env` names. */
function moduleFilesOf(json: string): readonly string[] {
  const names = JSON.parse(json) as Readonly<Record<string, string>>;
  const work = names["GOWORK"] ?? "";
  if (work === "" || work === "off") return [];
  return [work, `${work}.sum`];
}

/** go.sum, the vendor list and the profile of the main package matter only where they exist. */
export async function withOptionalFiles(graph: Graph): Promise<Graph> {
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

export function graphFailed(message: string, seen: string): Failure {
  return {
    code: "GRAPH_FAILED",
    message,
    seen,
    hint: "gust watches the whole directory until `go list` works",
  };
}
