import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join, sep } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { TestGroup } from "../../../core/test-groups.ts";
import { TestStream } from "../../../core/test-output.ts";
import type { TestPackage } from "../../../core/test-model.ts";
import type { BrokenPackage, TestResult } from "../../../core/test-report.ts";
import { runCommand } from "../command.ts";
import type { TesterOptions } from "./tester.ts";

export interface GroupRun {
  readonly groups: readonly TestGroup[];
  readonly packages: readonly TestPackage[];
  readonly nice: number;
  /** Packages whose coverage is measured; empty: none. */
  readonly measured: readonly string[];
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly results: readonly TestResult[];
  readonly broken: readonly BrokenPackage[];
  /** Coverage profiles. */
  readonly profiles: readonly string[];
}

/** Runs `go test -json` for one group after the other; null when it was cancelled. */
export async function runGroups(options: TesterOptions, run: GroupRun): Promise<RunResult | null> {
  const dir = await mkdtemp(join(options.tmpDir, "gust-test-"));
  try {
    const all: RunResult[] = [];
    for (const [index, group] of run.groups.entries()) {
      const profile = run.measured.length === 0 ? null : join(dir, `${index}.cover`);
      const result = await runGroup(options, { ...run, dir, group, profile });
      if (result === null) return null;
      all.push(result);
    }
    return {
      results: all.flatMap(({ results }) => results),
      broken: all.flatMap(({ broken }) => broken),
      profiles: all.flatMap(({ profiles }) => profiles),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface OneRun extends GroupRun {
  readonly dir: string;
  readonly group: TestGroup;
  readonly profile: string | null;
}

async function runGroup(options: TesterOptions, run: OneRun): Promise<RunResult | null> {
  const { group, profile } = run;
  const stream = new TestStream({
    dirs: new Map(run.packages.map(({ path, dir }) => [path, dir])),
    separator: sep,
    ownDirs: options.ownDirs(),
  });
  const decoder = new StringDecoder("utf8");
  let said = "";
  const cover =
    profile === null ? [] : [`-coverprofile=${profile}`, `-coverpkg=${run.measured.join(",")}`];
  const ended = await runCommand({
    processes: options.processes,
    argv: [options.go, ...testArguments(options, group, cover)],
    dir: options.dir,
    // A go command that is killed leaves its files there.
    env: { ...(await options.env()), GOTMPDIR: run.dir },
    signal: run.signal,
    timeoutMs: null,
    nice: run.nice,
    onProcess: options.onProcess,
    output: (name, data) => {
      if (name === "stdout") stream.add(decoder.write(Buffer.from(data)));
      else if (said.length < 16_000) said += Buffer.from(data).toString("utf8");
    },
  });
  if (ended.type === "cancelled") return null;
  stream.add(decoder.end());
  if (ended.type === "failed") {
    return {
      results: [],
      broken: [{ package: "go test", built: false, output: ended.failure.message }],
      profiles: [],
    };
  }
  const { results, broken } = stream.end(said);
  const failed = results.some(({ outcome }) => outcome === "failed") || broken.length > 0;
  // A mistake in a flag, for instance, fails no package.
  const silent = ended.type === "ended" && ended.code !== 0 && !failed;
  const why = silent
    ? [{ package: "go test", built: false, output: said.trim() === "" ? ended.text : said }]
    : [];
  const text = profile === null ? "" : await readFile(profile, "utf8").catch(() => "");
  return { results, broken: [...broken, ...why], profiles: text === "" ? [] : [text] };
}

/**
 * `-count=1` always: what is chosen has to run. And nothing is left in the cache of results: the go
 * command notes there what files a test has opened as they are at its end, so that an edit while it
 * runs leaves an `ok` that was never true of the new state.
 */
function testArguments(
  options: TesterOptions,
  group: TestGroup,
  cover: readonly string[],
): readonly string[] {
  const end = options.testFlags.findIndex((flag) => /^--?args$/.test(flag));
  const own = end < 0 ? options.testFlags : options.testFlags.slice(0, end);
  return [
    "test",
    "-json",
    "-count=1",
    ...options.flags,
    ...own,
    ...(options.timeoutMs > 0 ? [`-timeout=${options.timeoutMs}ms`] : []),
    ...(group.pattern === null ? [] : [`-run=${group.pattern}`]),
    ...cover,
    ...group.packages,
    // Whatever follows -args is the test binary's.
    ...(end < 0 ? [] : options.testFlags.slice(end)),
  ];
}
