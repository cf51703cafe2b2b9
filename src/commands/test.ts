import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { definedOf, loadEnv } from "../adapters/env/env-files.ts";
import { changesSince, openGit } from "../adapters/git/git.ts";
import type { GoTester, SinceRequest } from "../adapters/go/test/tester.ts";
import { findToolchain } from "../adapters/go/toolchain.ts";
import { openProcesses } from "../adapters/process/open-processes.ts";
import { wantsColors } from "../adapters/terminal/open-screen.ts";
import { reportWords, summaryWords } from "../adapters/terminal/test-words.ts";
import type { WordOptions } from "../adapters/terminal/style.ts";
import type { Config, Loaded } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { toSettings } from "../config/settings.ts";
import type { Failure } from "../core/failure.ts";
import { junitText } from "../core/junit.ts";
import { maskedReport } from "../core/masked.ts";
import { secretsOf, withoutKnown } from "../core/secrets.ts";
import type { SelectionSummary, TestReport } from "../core/test-report.ts";
import { verdictOf } from "../core/test-verdict.ts";
import type { Processes } from "../engine/processes.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "./io.ts";
import { backendOf, newRunId, ownDirs } from "./run/project.ts";
import { testerOf } from "./run/test-parts.ts";

export interface TestArguments extends ConfigArguments {
  /** The revision to compare with; null: everything runs. */
  readonly changed: string | null;
  readonly json: boolean;
  /** File for a JUnit report. */
  readonly junit: string | null;
  /** List what would run, and why, and run nothing. */
  readonly list: boolean;
  readonly color: "auto" | "always" | "never" | null;
  readonly packageDir: string;
  readonly version: string;
}

/**
 * `gust test`: runs the tests once, all or those that a change may have broken. Exit codes: 0 they
 * pass, 1 they do not, 2 wrong use or something is missing.
 */
export async function runTest(args: TestArguments, io: CommandIo): Promise<number> {
  const words = [args.flags.package ?? [], args.flags.args].flat();
  const odd = words.find((word) => !/^(?:\.|\/|[A-Za-z]:)/.test(word));
  if (odd !== undefined) return refuse([oddWord(odd, args)], io);
  const flags = { ...args.flags, package: null, args: [] };
  const read = await loadConfig(loadOptions({ ...args, flags, testing: true }, io));
  const loaded = "config" in read ? withPackages(read, words) : read;
  if (!("config" in loaded)) return refuse(loaded, io);
  for (const warning of loaded.warnings) io.stderr(failureText("warning", warning));
  const dirs = ownDirs(io.env);
  const processes = await openProcesses({
    keeperDir: join(args.packageDir, "keeper"),
    runId: newRunId(),
    cacheDir: dirs.cacheDir,
    onProgress: (text) => io.stderr(`${text}\n`),
    onLost: (failure) => io.stderr(failureText("warning", failure)),
    ...backendOf(io.env),
  });
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  for (const name of signals) process.on(name, stop);
  try {
    return await testProject({ args, io, loaded, processes, signal: abort.signal });
  } finally {
    for (const name of signals) process.off(name, stop);
    await processes.close();
  }
}

/** Packages of the command line go before those of the file. */
function withPackages(loaded: Loaded, packages: readonly string[]): Loaded {
  if (packages.length === 0) return loaded;
  const { config } = loaded;
  return { ...loaded, config: { ...config, test: { ...config.test, packages } } };
}

function oddWord(word: string, { changed }: TestArguments): Failure {
  const hint = changed === null ? `gust test ./${word}` : `gust test --changed=${word}`;
  return { code: "FLAG_INVALID", message: `${word} is no path of a package`, hint };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface Run {
  readonly args: TestArguments;
  readonly io: CommandIo;
  readonly loaded: Loaded;
  readonly processes: Processes;
  readonly signal: AbortSignal;
}

async function testProject(run: Run): Promise<number> {
  const { args, io, loaded, signal } = run;
  const tester = await testerFor(run);
  if ("code" in tester) return refuse([tester], io);
  const request = await requestOf(run);
  if ("code" in request) return refuse([request], io);
  const say = (text: string): void => (args.json ? undefined : io.stderr(`${text}\n`));
  const told = (type: string, fields: object): void => {
    if (args.json) io.stdout(`${JSON.stringify({ v: 1, time: now(), type, ...fields })}\n`);
  };
  const selected = (summary: SelectionSummary): void => {
    say(summaryWords(summary));
    told("tests-started", { summary });
  };
  if (args.list) {
    const listed = await tester.list(request, signal);
    if (listed === null) return 130;
    if ("code" in listed) return refuse([listed], io);
    for (const { package: path, name, reason } of listed.tests) {
      if (args.json) told("test-selected", { package: path, name, reason });
      else io.stdout(`${path} ${name}\n`);
    }
    return 0;
  }
  const outcome = await tester.run(request, { selected }, signal);
  if (outcome.type === "cancelled") return 130;
  if (outcome.type === "failed") return refuse([outcome.failure], io);
  const { env } = await loadEnv(io.env, loaded.config.envFiles);
  const known = secretsOf({ ...io.env, ...env });
  const report = maskedReport(outcome.report, (text) => withoutKnown(text, known));
  const failure = verdictOf(report, loaded.config.test.coverage);
  for (const line of reportWords(report, wordsOf(args, loaded.config))) say(line);
  if (failure !== null && failure.code !== "TESTS_FAILED") io.stderr(failureText("error", failure));
  told("tests-finished", { report, failure });
  const written = await writeJunit(args, report, io);
  if (written !== null) return refuse([written], io);
  return failure === null ? 0 : 1;
}

/** A module of nothing but libraries has tests as well. */
async function testerFor({ io, loaded, processes, signal }: Run): Promise<GoTester | Failure> {
  const { config } = loaded;
  const { dir } = config;
  const env = async (): Promise<Readonly<Record<string, string>>> =>
    (await loadEnv(io.env, config.envFiles)).env;
  const platform = process.platform;
  const toolchain = await findToolchain({ processes, dir, env: await env(), platform, signal });
  if ("code" in toolchain) return toolchain;
  const moduleDir = toolchain.gomod === "" ? null : dirname(toolchain.gomod);
  const settings = toSettings(config, { separator, configFiles: [], outputs: [], alone: null });
  return testerOf({
    config,
    project: { toolchain, moduleDir, dir },
    processes,
    classify: settings.classify,
    cacheDir: ownDirs(io.env).cacheDir,
    ownDirs: () => [moduleDir ?? dir],
    env,
    nice: 0,
    listed: Number.POSITIVE_INFINITY,
  });
}

const separator = process.platform === "win32" ? "\\" : "/";

async function requestOf({ args, io, loaded, processes }: Run): Promise<SinceRequest | Failure> {
  if (args.changed === null) return { what: "all", paths: [], gate: true };
  const git = openGit({ processes, dir: loaded.config.root, env: definedOf(io.env) });
  const changes = await changesSince(git, args.changed);
  if ("code" in changes) return changes;
  const { earlier, uncommitted } = changes;
  if (uncommitted > 0 && args.changed !== "HEAD" && !args.json) {
    io.stderr(`${uncommitted} files are not committed: what lies here is tested, not the commit\n`);
  }
  return { what: "affected", paths: [...earlier.keys()], gate: true, earlier };
}

function wordsOf(args: TestArguments, config: Config): WordOptions {
  return {
    colors: wantsColors(args.color ?? config.color.mode),
    columns: null,
    verbose: config.verbose,
    root: config.root,
    airWords: false,
    footer: false,
    partColors: config.color,
    readSource: () => null,
  };
}

async function writeJunit(
  { junit }: TestArguments,
  report: TestReport,
  io: CommandIo,
): Promise<Failure | null> {
  if (junit === null) return null;
  const file = resolve(io.cwd, junit);
  try {
    await writeFile(file, junitText(report));
    return null;
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { code: "IO_FAILED", message: `cannot write ${file}`, seen };
  }
}

const now = (): string => new Date().toISOString();

function refuse(failures: readonly Failure[], io: CommandIo): number {
  for (const failure of failures) io.stderr(failureText("error", failure));
  return 2;
}
