import type { Failure } from "../../../core/failure.ts";
import { WrittenData } from "../../../core/test-data.ts";
import { coverageOf } from "../../../core/test-cover.ts";
import { groupTests } from "../../../core/test-groups.ts";
import type { Prints, Selection, TestPackage } from "../../../core/test-model.ts";
import { reachHolds, selectTests } from "../../../core/test-selection.ts";
import { codeOf, testsOf, wholeOf } from "../../../core/test-states.ts";
import { summaryOf } from "../../../core/test-summary.ts";
import type { RecordOutcome, TestOutcome, TestReport } from "../../../core/test-report.ts";
import { verdictOf } from "../../../core/test-verdict.ts";
import type { TestRequest, TestSink, Tester } from "../../../engine/ports.ts";
import type { Processes } from "../../../engine/processes.ts";
import { listTestPackages } from "./list.ts";
import { MemoryStore } from "./memory.ts";
import { type Earlier, PrintReader } from "./prints.ts";
import { recordTests } from "./recorder.ts";
import { type RunResult, runGroups } from "./runner.ts";

export interface TesterOptions {
  readonly processes: Processes;
  /** Absolute path of the `go` command. */
  readonly go: string;
  /** Absolute directory in which go commands run. */
  readonly dir: string;
  /** What `go list` is asked for; empty: all of the main modules. */
  readonly packages: readonly string[];
  /** Flags of the build, such as `-tags=dev`. */
  readonly flags: readonly string[];
  /** Further flags of `go test`. */
  readonly testFlags: readonly string[];
  /** Of one call of `go test`; 0: the go command's own limit. */
  readonly timeoutMs: number;
  /** Least statement coverage of changed packages in per cent; 0: it is not measured. */
  readonly coverage: number;
  /** What tests reach is found out in idle moments. */
  readonly record: boolean;
  readonly rules: readonly TestRule[];
  /** A path as rules are written for: relative to the root, with `/`. */
  readonly relative: (path: string) => string;
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  readonly ownDirs: () => readonly string[];
  /** Where is remembered what tests reach. Absolute. */
  readonly memoryDir: string;
  /** What makes earlier results worthless, such as the version of Go. */
  readonly salt: string;
  readonly tmpDir: string;
  /** How many results a report lists. */
  readonly listed: number;
  /** Niceness of a run that nobody waits for. */
  readonly nice: number;
  readonly onProcess?: (pid: number, alive: boolean) => void;
}

/** Files of which a change asks for tests by their names. */
export interface TestRule {
  readonly glob: string;
  /** JavaScript regular expressions: for the path relative to the root, and for names of tests. */
  readonly path: string;
  readonly tests: string;
}

/** What a request of a command has besides. */
export interface SinceRequest extends TestRequest {
  /** Files as they were at another time; tests are chosen by the difference. */
  readonly earlier?: Earlier;
}

export interface GoTester extends Tester {
  /** Takes the state of now for the one that changes are measured by. */
  open(signal: AbortSignal): Promise<Failure | null>;
  /** What would run; null when it was cancelled. */
  list(request: SinceRequest, signal: AbortSignal): Promise<Selection | Failure | null>;
  run(request: SinceRequest, sink: TestSink, signal: AbortSignal): Promise<TestOutcome>;
}

/** Runs the tests of Go packages. */
export function openTester(options: TesterOptions): GoTester {
  return new PackageTester(options);
}

class PackageTester implements GoTester {
  readonly #options: TesterOptions;
  readonly #reader = new PrintReader();
  readonly #memory: MemoryStore;
  readonly #data = new WrittenData();
  /** The state that counts as good where nothing is known of a test. */
  #before: Prints | null = null;
  #listing: Promise<unknown> = Promise.resolve();

  constructor(options: TesterOptions) {
    this.#options = options;
    const { memoryDir, salt, flags, testFlags } = options;
    this.#memory = new MemoryStore(memoryDir, [salt, ...flags, ...testFlags].join(" "));
  }

  /** Takes the state of now for the one that changes are measured by. */
  open(signal: AbortSignal): Promise<Failure | null> {
    const since = Date.now();
    const opened = this.#look(signal).then(async (looked) => {
      if (looked === null || "code" in looked) return looked;
      const { packages, prints } = looked;
      const recent = await this.#reader.changedSince(packages, since);
      this.#before ??= recent.size === 0 ? prints : await this.#reader.read(packages, recent);
      return null;
    });
    this.#listing = opened;
    return opened;
  }

  async run(request: SinceRequest, sink: TestSink, signal: AbortSignal): Promise<TestOutcome> {
    const started = performance.now();
    await this.#listing;
    if (signal.aborted) return { type: "cancelled" };
    const looked = await this.#look(signal);
    if (looked === null) return { type: "cancelled" };
    if ("code" in looked) return { type: "failed", failure: looked };
    const { packages, prints } = looked;
    const before = await this.#stateBefore(packages, request);
    const selection = await this.#select(request, { packages, prints, before });
    if (signal.aborted) return { type: "cancelled" };
    sink.selected(summaryOf(selection));
    const known = new Map(
      packages.map(({ path }) => [path, new Set(testsOf(prints.get(path)).keys())]),
    );
    const measured = request.gate && this.#options.coverage > 0 ? selection.changed : [];
    const ran = await runGroups(this.#options, {
      groups: groupTests(selection, known),
      packages,
      nice: request.gate ? 0 : this.#options.nice,
      measured,
      signal,
    });
    if (ran === null) return { type: "cancelled" };
    const after = await this.#reader.read(packages);
    const foreign = new Set(this.#data.foreign(prints, after));
    const meanwhile = packages
      .filter((one) => one.links.length > 0)
      .filter((one) => foreign.has(one.path) || codeOf(one, after) !== codeOf(one, prints))
      .map(({ path }) => path);
    const report = this.#report(ran, {
      selection,
      prints,
      measured,
      meanwhile,
      durationMs: Math.round(performance.now() - started),
    });
    await this.#remember({ selection, ran, packages, prints: after, meanwhile });
    // What has not passed is measured again, together with what comes after it.
    const good = verdictOf(report, request.gate ? this.#options.coverage : 0) === null;
    if (good && request.what !== "failed") this.#before = after;
    return { type: "finished", report };
  }

  async list(request: SinceRequest, signal: AbortSignal): Promise<Selection | Failure | null> {
    const looked = await this.#look(signal);
    if (looked === null || "code" in looked) return looked;
    const before = await this.#stateBefore(looked.packages, request);
    return this.#select(request, { ...looked, before });
  }

  async record(signal: AbortSignal): Promise<RecordOutcome> {
    await this.#listing;
    if (!this.#options.record) return { type: "recorded", tests: 0, failed: [] };
    const looked = await this.#look(signal);
    if (looked === null) return { type: "cancelled" };
    if ("code" in looked) return { type: "impossible", failure: looked };
    const { packages, prints } = looked;
    const recorded = await recordTests(this.#options, {
      packages,
      prints,
      reader: this.#reader,
      memory: this.#memory,
      data: this.#data,
      signal,
    });
    return recorded === null ? { type: "cancelled" } : { type: "recorded", ...recorded };
  }

  async #look(
    signal: AbortSignal,
  ): Promise<{ packages: readonly TestPackage[]; prints: Prints } | Failure | null> {
    const listed = await listTestPackages(this.#options, signal);
    if (listed === null || "code" in listed) return listed;
    await this.#memory.load(listed.map(({ path }) => path));
    return { packages: listed, prints: await this.#reader.read(listed) };
  }

  async #stateBefore(
    packages: readonly TestPackage[],
    { earlier }: SinceRequest,
  ): Promise<Prints | null> {
    if (earlier === undefined) return this.#before;
    return this.#reader.read(packages, earlier);
  }

  async #select(
    request: SinceRequest,
    state: {
      readonly packages: readonly TestPackage[];
      readonly prints: Prints;
      readonly before: Prints | null;
    },
  ): Promise<Selection> {
    const memories = this.#memory.all;
    const opened = new Set<string>();
    for (const tests of memories.values()) {
      for (const { reach } of tests.values()) {
        for (const path of Object.keys(reach?.files ?? {})) opened.add(path);
      }
    }
    const files = new Map(await this.#reader.files(opened));
    for (const path of request.earlier?.keys() ?? []) if (files.has(path)) files.set(path, "other");
    return selectTests({
      packages: state.packages,
      before: state.before,
      now: state.prints,
      since: request.earlier !== undefined,
      memories,
      what: request.what,
      rules: rulesFor(this.#options, request.paths),
      files,
      measured: this.#options.coverage > 0 && request.gate,
    });
  }

  #report(
    ran: RunResult,
    told: {
      readonly selection: Selection;
      readonly prints: Prints;
      readonly measured: readonly string[];
      readonly meanwhile: readonly string[];
      readonly durationMs: number;
    },
  ): TestReport {
    const { selection, prints, measured, meanwhile, durationMs } = told;
    const top = ran.results.filter(({ name }) => !name.includes("/"));
    const count = (outcome: string): number => top.filter((one) => one.outcome === outcome).length;
    const packages = new Set([...selection.tests.map((one) => one.package), ...selection.compiled]);
    return {
      passed: count("passed"),
      failed: count("failed"),
      skipped: count("skipped"),
      packages: packages.size,
      durationMs,
      results: ordered(ran.results).slice(0, this.#options.listed),
      broken: ran.broken,
      coverage: coverageOf(ran.profiles, measured, prints),
      meanwhile,
    };
  }

  /** What has run and is good counts from now on for the state in which it ran. */
  async #remember(run: {
    readonly selection: Selection;
    readonly ran: RunResult;
    readonly packages: readonly TestPackage[];
    readonly prints: Prints;
    readonly meanwhile: readonly string[];
  }): Promise<void> {
    const { ran, packages, prints } = run;
    const meanwhile = new Set(run.meanwhile);
    const outcomes = new Map(
      ran.results.map((one) => [`${one.package}\0${one.name}`, one.outcome]),
    );
    const touched = new Set<string>();
    for (const one of packages) {
      for (const name of testsOf(prints.get(one.path)).keys()) {
        const outcome = outcomes.get(`${one.path}\0${name}`);
        if (outcome === undefined || meanwhile.has(one.path)) continue;
        touched.add(one.path);
        const reach = this.#memory.all.get(one.path)?.get(name)?.reach ?? null;
        const holds = reach !== null && reachHolds(reach, { one, name, prints });
        const ok = outcome !== "failed";
        const whole = ok ? wholeOf(one, prints) : "";
        this.#memory.note(one.path, name, { ok, whole, reach: holds ? reach : null });
      }
    }
    // What was to run and did not, as its package does not build, is due again.
    for (const test of run.selection.tests) {
      if (outcomes.has(`${test.package}\0${test.name}`)) continue;
      touched.add(test.package);
      this.#memory.note(test.package, test.name, { ok: false, whole: "", reach: null });
    }
    await this.#memory.save(touched);
  }
}

/** Those that failed, then the slowest. */
function ordered(results: RunResult["results"]): TestReport["results"] {
  return [...results].toSorted(
    (a, b) => rank(a.outcome) - rank(b.outcome) || b.durationMs - a.durationMs,
  );
}

function rulesFor(
  { rules, relative }: TesterOptions,
  paths: readonly string[],
): readonly { readonly rule: string; readonly pattern: string }[] {
  const names = paths.map(relative);
  return rules.flatMap(({ glob, path, tests }) => {
    const pattern = new RegExp(path);
    return names.some((name) => pattern.test(name)) ? [{ rule: glob, pattern: tests }] : [];
  });
}

const rank = (outcome: string): number => (outcome === "failed" ? 0 : 1);
