import { join } from "node:path";
import { buildFailure } from "../../../core/build-failure.ts";
import type { Failure } from "../../../core/failure.ts";
import type { TestPackage } from "../../../core/test-model.ts";
import { runCommand } from "../command.ts";
import { flagsForList } from "../flags.ts";
import { type ListedPackage, isLocal, nativeFiles, parseList } from "../listed-package.ts";
import { listedFlags } from "./test-flags.ts";
import type { TesterOptions } from "./tester.ts";

/** What `go list -test` says besides. */
interface Listed extends ListedPackage {
  readonly ForTest?: string;
  readonly Imports?: readonly string[];
  readonly TestGoFiles?: readonly string[];
  readonly XTestGoFiles?: readonly string[];
  readonly TestEmbedFiles?: readonly string[];
  readonly XTestEmbedFiles?: readonly string[];
}

const fields = `-json=${[
  "Dir,ImportPath,Name,Standard,Module,DepOnly,Error,ForTest,Imports",
  "GoFiles,CgoFiles,InvalidGoFiles,TestGoFiles,XTestGoFiles",
  "CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles",
  "EmbedFiles,TestEmbedFiles,XTestEmbedFiles",
].join(",")}`;

/** Asks the go command for all local packages, and for what the tests of each link. */
export async function listTestPackages(
  options: TesterOptions,
  signal: AbortSignal,
): Promise<readonly TestPackage[] | Failure | null> {
  const env = await options.env();
  const patterns = await patternsOf(options, env, signal);
  const flags = [...flagsForList(options.flags), ...listedFlags(options.testFlags)];
  const listed = await runCommand({
    ...options,
    argv: [options.go, "list", ...flags, "-e", "-deps", "-test", fields, ...patterns],
    env,
    signal,
    nice: options.nice,
    timeoutMs: null,
    keep: "stdout",
  });
  if (listed.type === "cancelled") return null;
  if (listed.type === "failed") return listed.failure;
  const all = listed.type === "ended" ? parseTests(listed.kept) : [];
  const packages = packagesOf(all);
  if (packages.length > 0) return packages;
  const said = all.flatMap((one) => one.Error?.Err ?? []).join("\n");
  const context = { dir: options.dir, ownDirs: options.ownDirs(), subject: "`go list -test`" };
  return { ...buildFailure(said === "" ? listed.text : said, context), code: "TESTS_UNKNOWN" };
}

/** `./...` is of one module; a workspace has several. */
async function patternsOf(
  options: TesterOptions,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (options.packages.length > 0) return options.packages;
  const argv = [options.go, "list", "-m", "-f", "{{.Dir}}"];
  const listed = await runCommand({
    ...options,
    argv,
    env,
    signal,
    timeoutMs: null,
    keep: "stdout",
  });
  const dirs = listed.type === "ended" && listed.code === 0 ? listed.kept.split(/\r?\n/) : [];
  const found = dirs.filter((dir) => dir.trim() !== "").map((dir) => join(dir, "..."));
  return found.length > 0 ? found : ["./..."];
}

const parseTests = (output: string): readonly Listed[] => parseList(output);

function packagesOf(all: readonly Listed[]): readonly TestPackage[] {
  const nodes = new Map(all.map((one) => [one.ImportPath, one]));
  const local = new Set(
    all
      .filter((one) => isLocal(one) && one.ForTest === undefined)
      .map(({ ImportPath }) => ImportPath),
  );
  const gone = gonePackages(all);
  for (const { path } of gone) local.add(path);
  const there = all.flatMap((one): TestPackage[] => {
    const { ImportPath: path, Dir: dir } = one;
    if (!local.has(path) || dir === undefined || path.endsWith(".test")) return [];
    const files = (...lists: readonly (readonly string[] | undefined)[]): readonly string[] =>
      lists.flatMap((names) => names ?? []).map((name) => join(dir, name));
    const asked = one.DepOnly !== true;
    const testFiles = asked ? files(one.TestGoFiles, one.XTestGoFiles) : [];
    const links = testFiles.length === 0 ? [] : linksOf(`${path}.test`, nodes, local);
    return [
      {
        path,
        dir,
        goFiles: files(one.GoFiles, one.CgoFiles, one.InvalidGoFiles),
        testFiles,
        otherFiles: [...files(...nativeFiles(one), one.EmbedFiles), ...moduleFiles(one)],
        otherTestFiles: files(one.TestEmbedFiles, one.XTestEmbedFiles),
        links: testFiles.length === 0 ? [] : [...new Set([path, ...links])],
        asked,
        broken: one.Error?.Err ?? null,
      },
    ];
  });
  return [...there, ...gone];
}

/**
 * Packages of these modules that are imported and are not there, such as one that has just been
 * deleted: it belongs to what a test binary is made of, or nobody would notice that it is gone.
 */
function gonePackages(all: readonly Listed[]): readonly TestPackage[] {
  const modules = new Map<string, string>();
  for (const one of all.filter(isLocal)) {
    const { Path: path, Dir: dir } = one.Module ?? {};
    if (path !== undefined && dir !== undefined) modules.set(path, dir);
  }
  return all.flatMap(({ ImportPath: path, Dir: dir, Error: error }): TestPackage[] => {
    if (error === undefined || dir !== undefined) return [];
    // The innermost module that it may be in.
    const owners = [...modules].filter(([module]) => path.startsWith(`${module}/`));
    const [owner] = owners.toSorted(([a], [b]) => b.length - a.length);
    if (owner === undefined) return [];
    const [module, root] = owner;
    const place = join(root, path.slice(module.length + 1));
    return [{ ...nothing, path, dir: place, broken: error.Err }];
  });
}

const nothing: Omit<TestPackage, "path" | "dir" | "broken"> = {
  goFiles: [],
  testFiles: [],
  otherFiles: [],
  otherTestFiles: [],
  links: [],
  asked: false,
};

/** Other versions of other modules are another program. */
function moduleFiles({ Module: module }: Listed): readonly string[] {
  const goMod = module?.GoMod;
  return goMod === undefined ? [] : [goMod, goMod.replace(/\.mod$/, ".sum")];
}

/** Local packages that are reached from a test binary, whatever they are compiled for. */
function linksOf(
  start: string,
  nodes: ReadonlyMap<string, Listed>,
  local: ReadonlySet<string>,
): readonly string[] {
  const seen = new Set([start]);
  const found = new Set<string>();
  for (const node of seen) {
    const plain = node.replace(/ \[.*\]$/, "");
    if (local.has(plain)) found.add(plain);
    const listed = nodes.get(node);
    if (listed?.Standard === true) continue;
    for (const imported of listed?.Imports ?? []) seen.add(imported);
  }
  return [...found];
}
