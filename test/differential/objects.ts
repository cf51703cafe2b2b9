import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Interface, createInterface } from "node:readline";
import { promisify } from "node:util";
import { type Afterwards, goEnv, tempFiles } from "../world/temp-module.ts";

const run = promisify(execFile);

/** A package of the standard library, of which there are two copies. */
export interface Subject {
  readonly path: string;
  readonly files: readonly string[];
  /** What imports are found by. */
  readonly config: string;
  readonly copies: readonly [string, string];
}

/** Packages that are Go and nothing else. */
export async function openSubjects(
  context: Afterwards,
  patterns: readonly string[],
): Promise<readonly Subject[]> {
  const dir = await tempFiles(context, { ".keep": "" });
  const list = async (...args: readonly string[]): Promise<readonly string[]> => {
    const options = { env: goEnv(), maxBuffer: 1 << 26 };
    const { stdout } = await run("go", ["list", ...args, ...patterns], options);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const exported = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}";
  const config = join(dir, "importcfg");
  await writeFile(config, (await list("-deps", "-export", "-f", exported)).join("\n"));
  const plain =
    "{{if not (or .SFiles .CgoFiles .HFiles)}}{{.ImportPath}} {{.Dir}} {{join .GoFiles `,`}}{{end}}";
  const subjects: Subject[] = [];
  for (const line of await list("-f", plain)) {
    const [path = "", source = "", names = ""] = line.split(" ");
    const files = names.split(",");
    const copyTo = (name: string): string => join(dir, name, path.replaceAll("/", "-"));
    const copies = [copyTo("before"), copyTo("after")] as const;
    for (const copy of copies) {
      await mkdir(copy, { recursive: true });
      for (const file of files) await cp(join(source, file), join(copy, file));
    }
    subjects.push({ path, files, config, copies });
  }
  return subjects;
}

/** What the compiler makes of a copy; `object` is null when it refuses. */
export interface Compiled {
  readonly object: string | null;
  /** What it says of inlining and escaping, which importers see, or of mistakes; without positions. */
  readonly said: string;
}

export async function compile({ path, files, config }: Subject, dir: string): Promise<Compiled> {
  const object = `${dir}.a`;
  const args = ["tool", "compile", "-p", path, "-importcfg", config, "-dwarf=false", "-m", "-pack"];
  const options = { cwd: dir, env: goEnv(), maxBuffer: 1 << 26 };
  try {
    const { stdout, stderr } = await run("go", [...args, "-o", object, ...files], options);
    return { object, said: withoutPositions(stdout + stderr) };
  } catch (error) {
    if (!(error instanceof Error && "stdout" in error && "code" in error)) throw error;
    // Whatever is wrong now: a compiler that crashes or cannot be run is something else.
    if (error.code !== 1 && error.code !== 2) throw error;
    return { object: null, said: withoutPositions(String(error.stdout)) };
  }
}

/** Sorted, and each line once: what is said of two places in one line comes twice or once. */
function withoutPositions(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/^[^\s:]*(?::\d+)+: /, ""));
  return [...new Set(lines)].toSorted().join("\n");
}

export interface Verdict {
  readonly differences: readonly string[];
  /** Functions that have other instructions though the syntax trees are the same. */
  readonly instructions: readonly string[];
}

/** The program of test/fixtures/go-objects, which tells compiled packages apart. */
export class Judge {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;

  static async open(context: Afterwards): Promise<Judge> {
    const { stdout } = await run("go", ["env", "GOROOT"], { env: goEnv() });
    const main = join(stdout.trim(), "src/cmd/gust-objects/main.go");
    const source = resolve("test/fixtures/go-objects/main.go");
    const overlay = JSON.stringify({ Replace: { [main]: source } });
    const dir = await tempFiles(context, { "overlay.json": overlay });
    const program = join(dir, "judge");
    const args = [
      "build",
      "-overlay",
      join(dir, "overlay.json"),
      "-o",
      program,
      "cmd/gust-objects",
    ];
    await run("go", args, { cwd: dir, env: goEnv() });
    const judge = new Judge(program);
    context.after(() => judge.#close());
    return judge;
  }

  private constructor(program: string) {
    const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** In what two compiled packages differ, none or two, and two versions of a file. */
  async compare(question: {
    readonly objects: readonly string[];
    readonly files: readonly string[];
  }): Promise<Verdict> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error("the judge is gone");
    const verdict: unknown = JSON.parse(answer.value);
    if (typeof verdict !== "object" || verdict === null) throw new Error(answer.value);
    return {
      differences: "Differences" in verdict ? strings(verdict.Differences) : [],
      instructions: "Instructions" in verdict ? strings(verdict.Instructions) : [],
    };
  }

  async #close(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin?.end();
    await gone;
  }
}

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
