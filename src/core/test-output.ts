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
  readonly #builds = new Map<string, string>();
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
    const results = [...this.#tests.values()].flatMap((test) => this.#result(test) ?? []);
    const broken: BrokenPackage[] = [];
    for (const [path, state] of this.#packages) {
      if (state.outcome !== "fail") continue;
      const tested = results.some((one) => one.package === path && one.outcome === "failed");
      if (tested) continue;
      const build = this.#builds.get(state.failedBuild ?? "") ?? "";
      const output = [build, state.output].filter((part) => part.trim() !== "").join("");
      const words = output === "" || state.failedBuild === undefined ? output : build;
      broken.push({ package: path, output: shorten(words.trim() === "" ? said : words) });
    }
    return { results, broken };
  }

  #line(line: string): void {
    const event = parseEvent(line);
    if (event === null) return;
    if (event.Action === "build-output") {
      const path = event.ImportPath ?? "";
      this.#builds.set(path, (this.#builds.get(path) ?? "") + (event.Output ?? ""));
      return;
    }
    const path = event.Package;
    if (path === undefined) return;
    if (event.Test === undefined) this.#packageEvent(path, event);
    else this.#testEvent(path, event.Test, event);
  }

  #packageEvent(path: string, event: TestEvent): void {
    const known = this.#packages.get(path);
    const state = known ?? { output: "", outcome: null, failedBuild: undefined };
    this.#packages.set(path, state);
    if (event.Action === "output") state.output += event.Output ?? "";
    if (event.Action !== "fail" && event.Action !== "pass" && event.Action !== "skip") return;
    state.outcome = event.Action;
    state.failedBuild = event.FailedBuild;
  }

  #testEvent(path: string, name: string, event: TestEvent): void {
    const key = `${path}\0${name}`;
    const test = this.#tests.get(key) ?? { package: path, name, output: [], size: 0, end: null };
    this.#tests.set(key, test);
    if (event.Action === "output") keep(test, event.Output ?? "");
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
    const output = test.output.join("");
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
  readonly output: string[];
  size: number;
  end: { readonly outcome: "pass" | "fail" | "skip"; readonly durationMs: number } | null;
}

interface PackageState {
  output: string;
  outcome: "pass" | "fail" | "skip" | null;
  failedBuild: string | undefined;
}

interface TestEvent {
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

/** The beginning of what is printed without end, and its last pieces. */
function keep(test: Running, text: string): void {
  test.size += text.length;
  test.output.push(text);
  while (test.size > kept && test.output.length > headPieces + 1) {
    const [dropped = ""] = test.output.splice(headPieces, 1);
    test.size -= dropped.length;
  }
}

const headPieces = 20;

function shorten(text: string): string {
  if (text.length <= kept) return text;
  return `${text.slice(0, kept / 2)}\n…\n${text.slice(-kept / 2)}`;
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
