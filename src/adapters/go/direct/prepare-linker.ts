import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildPlan } from "../../../core/build-plan.ts";
import { type LinkerQuery, buildLinker } from "./build-linker.ts";
import { type CompileJob, inWork, objectOf } from "./compile.ts";
import { type LinkOrder, withIdentity } from "./link.ts";
import { WaitingLinker, type WaitingResult } from "./waiting-linker.ts";

/** Less than that, and the memory is better left to others: it waits with up to 150 MB. */
const memoryNeeded = 1024 ** 3;

/**
 * Has a linker load all packages that are not the user's, so that after a save it only has to take in
 * the others. A string tells why there is none; null: it was aborted.
 */
export async function prepareLinker(query: LinkerQuery): Promise<WaitingLinker | string | null> {
  const { loaded, options, places, signal } = query;
  const { plan } = loaded;
  const early = earlyPackages(plan);
  const reason = obstacleOf(plan, early);
  if (reason !== null) return reason;
  if (places.available() < memoryNeeded) return "there is little free memory";
  const built = await buildLinker(query);
  if (built === null || signal.aborted) return null;
  if (typeof built === "string") return built;
  const place = join(options.work, "waiting");
  const config = join(place, "importcfg");
  const draft = join(place, "program");
  await mkdir(place, { recursive: true });
  await writeFile(config, plan.link.importcfg.map((line) => `${line}\n`).join(""));
  const values = new Map([
    ["-o", draft],
    ["-importcfg", config],
  ]);
  const given = plan.link.command.argv.slice(1, -1).map((arg) => inWork(arg, options.work));
  const argv = given.map((arg, index) => values.get(given[index - 1] ?? "") ?? arg);
  const own = { TOOLEXEC_IMPORTPATH: plan.link.main, TMPDIR: place };
  const env = { ...loaded.env, ...plan.link.command.env, ...own };
  // The main package is told later; the linker wants an argument.
  const all = [built.path, ...argv, "main.a"];
  const spec = { options, argv: all, dir: plan.dir, env, early, draft };
  const linker = await WaitingLinker.start(spec, signal);
  if (!signal.aborted) return linker;
  if (typeof linker !== "string") await linker.close();
  return null;
}

/** Links by a linker that waits. */
export function linkByWaiting(
  linker: WaitingLinker,
  job: CompileJob,
  { output, identity }: LinkOrder,
): Promise<WaitingResult> {
  const { link } = job.loaded.plan;
  const early = new Set(earlyPackages(job.loaded.plan).map(([path]) => path));
  const late = link.packages.filter((path) => !early.has(path));
  const ids = link.command.argv.filter((arg) => arg.startsWith("-buildid="));
  const lines = {
    late: late.map((path) => [path, objectOf(job, path)] as const),
    main: objectOf(job, link.main),
    buildId: withIdentity(ids.at(-1) ?? "", identity).slice("-buildid=".length),
  };
  return linker.link(lines, output, job.signal);
}

/** Those that no save compiles, imported ones first. */
function earlyPackages({
  packages,
  objects,
  link,
}: BuildPlan): readonly (readonly [path: string, file: string])[] {
  const linked = new Set(link.packages);
  return [...objects].filter(
    ([path]) => linked.has(path) && !packages.has(path) && path !== link.main,
  );
}

/** What has been tried, and comes to the same program byte for byte: all else is linked as usual. */
function obstacleOf(
  { link }: BuildPlan,
  early: readonly (readonly [path: string, file: string])[],
): string | null {
  const { argv } = link.command;
  if (process.platform !== "linux") return "it is known on Linux only";
  if (early.length === 0) return "all packages are yours";
  if (!argv.includes("-s") || !argv.includes("-w")) return "debug information is kept";
  if (argv.some((arg) => /^--?buildid$/.test(arg))) return "the build ID is your own";
  const mode = argv.find((arg) => /^--?buildmode(?:=|$)/.test(arg)) ?? "-buildmode=exe";
  if (!/=(?:exe|pie)$/.test(mode)) return `it links with ${mode}`;
  const shared = argv.find((arg) => /^--?linkshared/.test(arg));
  if (shared !== undefined) return `it links with ${shared}`;
  return early.some(([path, file]) => /\n/.test(path + file))
    ? "file names have line breaks"
    : null;
}
