import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openedFiles, reachedFunctions } from "../../../core/test-cover.ts";
import type { Prints, Reach, TestMemory, TestPackage } from "../../../core/test-model.ts";
import { reachHolds } from "../../../core/test-selection.ts";
import { codeOf, ownOf, testsOf, wholeOf, worldOf } from "../../../core/test-states.ts";
import { runCommand } from "../command.ts";
import type { WrittenData } from "../../../core/test-data.ts";
import type { MemoryStore } from "./memory.ts";
import type { PrintReader } from "./prints.ts";
import { binaryFlags, compiledFlags } from "./test-flags.ts";
import type { TesterOptions } from "./tester.ts";

export interface Recording {
  readonly packages: readonly TestPackage[];
  readonly prints: Prints;
  readonly reader: PrintReader;
  readonly memory: MemoryStore;
  readonly data: WrittenData;
  readonly signal: AbortSignal;
}

export interface Recorded {
  /** Tests of which it is known now what they reach. */
  readonly tests: number;
  /** Those that failed while that was found out. */
  readonly failed: readonly string[];
}

/**
 * Runs tests alone, each with its coverage, to know what it reaches: only those of which that is not
 * known for the state of now. Null when it was cancelled; what was found until then stays.
 */
export async function recordTests(
  options: TesterOptions,
  recording: Recording,
): Promise<Recorded | null> {
  const failed: string[] = [];
  let tests = 0;
  for (const one of recording.packages) {
    const due = dueOf(one, recording);
    if (due.length === 0) continue;
    const found = await recordPackage(options, recording, one, due);
    if (found === null) return null;
    tests += found.tests;
    failed.push(...found.failed);
  }
  return { tests, failed };
}

/** What could be recorded, and is not. */
export function unrecorded(recording: Omit<Recording, "signal" | "reader" | "data">): boolean {
  return recording.packages.some((one) => dueOf(one, recording).length > 0);
}

function dueOf(
  one: TestPackage,
  { prints, memory }: Pick<Recording, "prints" | "memory">,
): readonly string[] {
  const print = prints.get(one.path);
  // What other programs do that a test starts is not seen.
  if (one.links.length === 0 || one.broken !== null || print === undefined || print.spawns)
    return [];
  const whole = wholeOf(one, prints);
  return [...testsOf(print).keys()].filter((name) => {
    const known = memory.all.get(one.path)?.get(name);
    // A failing one stops early, and has not reached all that it would.
    if (known?.ok === false || known?.tried === whole) return false;
    // It changed and has not run since: that is the business of the next run.
    if (known?.ok === true && known.reach === null) return known.whole === whole;
    return known?.reach == null || !reachHolds(known.reach, { one, name, prints });
  });
}

async function recordPackage(
  options: TesterOptions,
  recording: Recording,
  one: TestPackage,
  due: readonly string[],
): Promise<Recorded | null> {
  const { memory, signal } = recording;
  const dir = await mkdtemp(join(options.tmpDir, "gust-record-"));
  try {
    const binary = join(dir, process.platform === "win32" ? "x.test.exe" : "x.test");
    const flags = [...options.flags, ...compiledFlags(options.testFlags)];
    const cover = ["-cover", `-coverpkg=${one.links.join(",")}`];
    const built = await run(options, signal, {
      argv: [options.go, "test", "-c", ...flags, ...cover, "-o", binary, one.path],
      dir: options.dir,
      tmp: dir,
    });
    if (built === null) return null;
    const failed: string[] = [];
    let tests = 0;
    for (const name of due) {
      const before = memory.all.get(one.path)?.get(name);
      if (built !== 0) {
        // It need not be broken: not everything builds with coverage.
        const tried = wholeOf(one, recording.prints);
        memory.note(one.path, name, { ...(before ?? nothing), tried });
        continue;
      }
      const known = await recordTest(options, recording, { one, name, binary, dir });
      if (known === null) return null;
      memory.note(one.path, name, known);
      if (known.reach !== null) tests += 1;
      if (known.ok === false && before?.ok !== false) failed.push(`${one.path}.${name}`);
    }
    return { tests, failed };
  } finally {
    await memory.save([one.path]);
    await rm(dir, { recursive: true, force: true });
  }
}

interface Job {
  readonly one: TestPackage;
  readonly name: string;
  readonly binary: string;
  readonly dir: string;
}

async function recordTest(
  options: TesterOptions,
  { prints, reader, signal, packages, data }: Recording,
  { one, name, binary, dir }: Job,
): Promise<TestMemory | null> {
  const profile = join(dir, "cover");
  const log = join(dir, "log");
  const timeout = options.timeoutMs > 0 ? [`-test.timeout=${options.timeoutMs}ms`] : [];
  const opened = [`-test.coverprofile=${profile}`, `-test.testlogfile=${log}`];
  const chosen = [`-test.run=^${name}$`, "-test.paniconexit0", ...opened, ...timeout];
  const argv = [binary, ...chosen, ...binaryFlags(options.testFlags)];
  const code = await run(options, signal, { argv, dir: one.dir, tmp: dir });
  if (code === null) return null;
  const linked = packages.filter(({ path }) => one.links.includes(path));
  const after = await reader.read(linked);
  const foreign = data.foreign(prints, after).includes(one.path);
  // It changed meanwhile: nobody knows which state was seen.
  if (foreign || codeOf(one, after) !== codeOf(one, prints))
    return { ok: null, whole: "", reach: null };
  const whole = wholeOf(one, after);
  if (code !== 0) return { ok: false, whole: "", reach: null };
  const text = await readFile(profile, "utf8").catch(() => "");
  const files = openedFiles(await readFile(log, "utf8").catch(() => ""), one.dir, resolve);
  const own = files.filter((path) => options.ownDirs().some((root) => isBelow(path, root)));
  const reach: Reach = {
    world: worldOf(one, prints),
    own: ownOf(name, prints.get(one.path)),
    functions: reachedFunctions(text, after),
    files: Object.fromEntries(await reader.files(own)),
  };
  // One that ends the process by itself writes no profile.
  return text === "" ? { ok: true, whole, reach: null, tried: whole } : { ok: true, whole, reach };
}

const nothing: TestMemory = { ok: null, whole: "", reach: null };

/** The exit code; null when it was cancelled. Nobody reads what it prints. */
async function run(
  options: TesterOptions,
  signal: AbortSignal,
  command: { readonly argv: readonly string[]; readonly dir: string; readonly tmp: string },
): Promise<number | null> {
  const ended = await runCommand({
    argv: command.argv,
    dir: command.dir,
    processes: options.processes,
    env: { ...(await options.env()), GOTMPDIR: command.tmp },
    signal,
    timeoutMs: null,
    nice: lowest,
    onProcess: options.onProcess,
  });
  if (ended.type === "cancelled") return null;
  return ended.type === "ended" ? (ended.code ?? 1) : 1;
}

/** Niceness of what nobody waits for. */
export const lowest = 19;

function isBelow(path: string, dir: string): boolean {
  return (
    path.startsWith(dir.endsWith("/") || dir.endsWith("\\") ? dir : `${dir}/`) ||
    path.startsWith(`${dir}\\`)
  );
}
