import { parseCrash } from "./go-crash.ts";
import type { BrokenPackage, TestFailure, TestResult } from "./test-report.ts";
import { differenceIn } from "./test-difference.ts";

export interface OutputContext {
  /** Directory of a package by its import path. */
  readonly dirs: ReadonlyMap<string, string>;
  readonly separator: string;
  /** Directories of the user's own code. */
  readonly ownDirs: readonly string[];
}

export interface TestOutput {
  readonly results: readonly TestResult[];
  readonly broken: readonly BrokenPackage[];
}

/** How much of what one test prints is kept, in characters: the beginning and the end. */
const kept = 16_000;

/**
 * Reads the stream of `go test -json`, line by line. A line that is no event belongs to what the
 * compiler says; older versions of Go print that beside the events.
 */
export class TestStream {
  readonly #context: OutputContext;
  readonly #tests = new Map<string, Running>();
  readonly #packages = new Map<string, PackageState>();
  readonly #builds = new Map<string, Output>();
  #rest = "";

  constructor(context: OutputContext) {
    this.#context = context;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  /** Everything that the stream has told, once it is over. `said` is what came on stderr. */
  end(said: string): TestOutput {
    if (this.#rest !== "") this.#line(this.#rest);
    for (const [path, state] of this.#packages) {
      if (state.outcome === "fail" && state.failedBuild === undefined) this.#endOpen(path, state);
    }
    const results = [...this.#tests.values()].flatMap((test) => this.#result(test) ?? []);
    const broken: BrokenPackage[] = [];
    for (const [path, state] of this.#packages) {
      if (state.outcome !== "fail") continue;
      const tested = results.some((one) => one.package === path && one.outcome === "failed");
      if (tested) continue;
      broken.push(this.#brokenPackage(path, state, said));
    }
    return { results, broken };
  }

  #brokenPackage(path: string, state: PackageState, said: string): BrokenPackage {
    const build = textOf(this.#builds.get(state.failedBuild ?? ""));
    const own = textOf(state.output);
    const words = state.failedBuild === undefined ? own : build === "" ? own : build;
    const silent = words.trim() === "";
    // Older versions of Go say what does not build beside the events.
    const built = state.failedBuild === undefined && !/\[(?:build|setup) failed\]/.test(own);
    return {
      package: path,
      built: built && !(silent && said !== ""),
      output: silent ? said : words,
    };
  }

  /**
   * A process that ends by force (a time-out, os.Exit, a signal) leaves tests without an end, and no
   * event says which one it was. Where none of the package has failed, those that ran have.
   */
  #endOpen(path: string, state: PackageState): void {
    const tests = [...this.#tests.values()].filter((one) => one.package === path);
    if (tests.some(({ end }) => end?.outcome === "fail")) return;
    const open = tests.filter(({ end, waits }) => end === null && !waits);
    const named = open.filter(({ output }) => /^(?:panic|fatal error): /m.test(textOf(output)));
    const said = named.map(({ output }) => textOf(output)).join("\n");
    const running = namesIn(said);
    const listed = open.filter(({ name }) => running.has(name));
    const guilty = [listed, named].find((some) => some.length > 0) ?? open;
    const names = guilty.map(({ name }) => name);
    for (const test of tests) {
      const { name, since } = test;
      if (test.end !== null || !names.some((one) => one === name || one.startsWith(`${name}/`))) {
        continue;
      }
      test.end = { outcome: "fail", durationMs: since === null ? 0 : timeBetween(since, state.at) };
      const inmost = !names.some((one) => one.startsWith(`${name}/`));
      if (!inmost || ownWords(textOf(test.output)) !== "") continue;
      keep(test.output, `${/^panic: .*$/m.exec(said)?.[0] ?? endedWords}\n`);
    }
  }

  #line(line: string): void {
    const event = parseEvent(line);
    if (event === null) return;
    if (event.Action === "build-output") {
      const path = event.ImportPath ?? "";
      const output = this.#builds.get(path) ?? emptyOutput();
      this.#builds.set(path, output);
      keep(output, event.Output ?? "");
      return;
    }
    const path = event.Package;
    if (path === undefined) return;
    if (event.Test === undefined) this.#packageEvent(path, event);
    else this.#testEvent(path, event.Test, event);
  }

  #packageEvent(path: string, event: TestEvent): void {
    const known = this.#packages.get(path);
    const state = known ?? {
      output: emptyOutput(),
      outcome: null,
      failedBuild: undefined,
      at: null,
    };
    this.#packages.set(path, state);
    if (event.Action === "output") keep(state.output, event.Output ?? "");
    if (event.Action !== "fail" && event.Action !== "pass" && event.Action !== "skip") return;
    state.outcome = event.Action;
    state.failedBuild = event.FailedBuild;
    state.at = event.Time ?? null;
  }

  #testEvent(path: string, name: string, event: TestEvent): void {
    const key = `${path}\0${name}`;
    const test = this.#tests.get(key) ?? {
      package: path,
      name,
      output: emptyOutput(),
      since: event.Time ?? null,
      waits: false,
      end: null,
    };
    this.#tests.set(key, test);
    if (event.Action === "output") keep(test.output, event.Output ?? "");
    if (event.Action === "pause") test.waits = true;
    if (event.Action === "cont") test.waits = false;
    if (event.Action !== "pass" && event.Action !== "fail" && event.Action !== "skip") return;
    test.end = { outcome: event.Action, durationMs: Math.round((event.Elapsed ?? 0) * 1000) };
  }

  /** Null for one that another has kept from ending, and that says nothing of it. */
  #result(test: Running): TestResult | null {
    const { package: path, name } = test;
    // A process that ends by force fails the test that ran; the others of it just stop.
    if (test.end === null) return null;
    const { outcome, durationMs } = test.end;
    if (outcome !== "fail") {
      const words = outcome === "pass" ? "passed" : "skipped";
      return { package: path, name, outcome: words, durationMs, failure: null };
    }
    const inner = [...this.#tests.values()].filter(
      (one) =>
        one.package === path && one.name.startsWith(`${name}/`) && one.end?.outcome === "fail",
    );
    const output = textOf(test.output);
    const failure =
      inner.length > 0 && ownWords(output) === ""
        ? failureOf(`${inner.length} of its subtests failed`, path, this.#context)
        : failureOf(output, path, this.#context);
    return { package: path, name, outcome: "failed", durationMs, failure };
  }
}

interface Running {
  readonly package: string;
  readonly name: string;
  readonly output: Output;
  /** When it began. */
  readonly since: string | null;
  /** It is a parallel test that others go before. */
  waits: boolean;
  end: { readonly outcome: "pass" | "fail" | "skip"; readonly durationMs: number } | null;
}

interface PackageState {
  readonly output: Output;
  outcome: "pass" | "fail" | "skip" | null;
  failedBuild: string | undefined;
  /** When it ended. */
  at: string | null;
}

interface TestEvent {
  readonly Time?: string;
  readonly Action?: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
  readonly Elapsed?: number;
  readonly ImportPath?: string;
  readonly FailedBuild?: string;
}

function parseEvent(line: string): TestEvent | null {
  if (!line.startsWith("{")) return null;
  try {
    const parsed: unknown = JSON.parse(line);
    return isEvent(parsed) ? parsed : null;
  } catch {
    // A program may print what looks like the beginning of one.
    return null;
  }
}

function isEvent(value: unknown): value is TestEvent {
  return typeof value === "object" && value !== null && "Action" in value;
}

/** What is printed, which may be without end: the beginning of it, and its last pieces. */
interface Output {
  head: string;
  readonly tail: string[];
  size: number;
}

const emptyOutput = (): Output => ({ head: "", tail: [], size: 0 });

function keep(output: Output, text: string): void {
  if (output.size === 0 && output.head.length + text.length <= kept / 2) {
    output.head += text;
    return;
  }
  output.tail.push(text);
  output.size += text.length;
  // A moment longer than what is shown, so that it is known that something is left out.
  while (output.tail.length > 1 && output.size - (output.tail[0]?.length ?? 0) > kept) {
    output.size -= output.tail.shift()?.length ?? 0;
  }
}

const textOf = (output: Output | undefined): string =>
  output === undefined ? "" : shorten(output.head + output.tail.join(""));

function shorten(text: string): string {
  if (text.length <= kept) return text;
  return `${text.slice(0, kept / 2)}\n…\n${text.slice(-kept / 2)}`;
}

/** Said of a test whose process has gone without a word. */
const endedWords = "the process ended while this test ran: os.Exit, log.Fatal or a signal";

/** The tests that a time-out has found running. */
function namesIn(output: string): ReadonlySet<string> {
  const list = /\trunning tests:\n((?:\t\t.*\n)+)/.exec(output)?.[1] ?? "";
  return new Set([...list.matchAll(/^\t\t(.+) \([^()]*\)$/gm)].map(([, name = ""]) => name));
}

/** In milliseconds, of two times of one day as the go command writes them. */
function timeBetween(since: string, until: string | null): number {
  const ms = until === null ? 0 : timeOfDay(until) - timeOfDay(since);
  const day = 86_400_000;
  return Number.isFinite(ms) ? Math.round((ms + day) % day) : 0;
}

function timeOfDay(time: string): number {
  const [, hours, minutes, seconds] = /T(\d\d):(\d\d):(\d\d(?:\.\d+)?)/.exec(time) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** What a test says of its failure. Exported for the reader of plain output. */
export function failureOf(output: string, path: string, context: OutputContext): TestFailure {
  const words = ownWords(output);
  const crash = parseCrash(output, context.ownDirs);
  const dir = context.dirs.get(path);
  const found = placed.exec(words);
  const file = found?.[1];
  const line = Number(found?.[2] ?? 0);
  const place =
    crash?.frame !== undefined
      ? { file: crash.frame.file, line: crash.frame.line }
      : file === undefined
        ? null
        : { file: absolute(file, dir, context.separator), line };
  const said = crash?.message ?? messageOf(found === null ? words : words.slice(found.index));
  return {
    message: said === "" ? "failed without a word" : said,
    place,
    difference: differenceIn(words),
    output: shorten(output),
  };
}

/** `    user_test.go:12: wrong name`; testify has its place in a line of its own. */
const placed = /^[^\S\n]+([^\s:][^\n:]*\.go):(\d+):/m;

function absolute(file: string, dir: string | undefined, separator: string): string {
  const plain = /^(?:[/\\]|[A-Za-z]:)/.test(file);
  return plain || dir === undefined ? file : `${dir}${separator}${file}`;
}

/** Without what `go test` itself prints around a test. */
function ownWords(output: string): string {
  const lines = output.split("\n").filter((line) => !/^\s*(?:=== |--- |FAIL$|PASS$)/.test(line));
  return lines.join("\n").trim() === "" ? "" : lines.join("\n");
}

/** The first line that says something, without the place before it. */
function messageOf(words: string): string {
  for (const line of words.split("\n")) {
    const text = line.replace(/^\s*[^\s:][^\n:]*\.go:\d+:\s?/, "").trim();
    const told = /^Error:\s+(\S.*)$/.exec(text)?.[1] ?? text;
    if (told !== "" && !told.startsWith("Error Trace:") && !/\.go:\d+$/.test(told)) {
      return told.slice(0, 300);
    }
  }
  return "";
}
