import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sameProgram } from "../../src/adapters/go/direct/same-content.ts";
import type { GoBuilder } from "../../src/adapters/go/builder.ts";
import { goHeader } from "../../src/core/go-header.ts";
import { type SourceChanges, noChanges, withReason } from "../../src/core/source-changes.ts";
import type { Random } from "../sim/random.ts";
import { editGo, some } from "./go-edits.ts";

/** A program, gust's builder for it, and what `go build` needs to build the same. */
export interface Subject {
  readonly name: string;
  /** Absolute directory in which `go build` runs. */
  readonly dir: string;
  readonly package: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly builder: GoBuilder;
  /** The builder writes the output of a failed build there. */
  readonly log: string;
  /** Where `go build` writes the program. */
  readonly reference: string;
}

export interface Tally {
  edits: number;
  /** Programs and error texts that were the same, of direct builds. */
  good: number;
  bad: number;
  /** Builds that the go command had to do. */
  declined: number;
  checked: number;
  /** Of the good ones those that were linked by a linker that had waited. */
  preloaded: number;
}

/**
 * Edits sources at random and builds each state in both ways: the programs must be the same, or the
 * messages of the compiler. Throws what differs.
 */
export class Differential {
  readonly tally: Tally = { edits: 0, good: 0, bad: 0, declined: 0, checked: 0, preloaded: 0 };
  readonly #subject: Subject;
  readonly #random: Random;
  #generation = 0;
  #changes: SourceChanges = noChanges;
  /** Sources as they were when they last compiled. */
  readonly #good = new Map<string, string>();
  readonly #edited = new Map<string, string>();
  #files: readonly string[] = [];

  constructor(subject: Subject, random: Random) {
    this.#subject = subject;
    this.#random = random;
  }

  async begin(): Promise<void> {
    const subject = this.#subject;
    const format =
      "{{if and .Module (not .Standard)}}{{if .Module.Main}}{{range .GoFiles}}{{$.Dir}}/{{.}}\n{{end}}{{end}}{{end}}";
    const args = ["list", ...subject.flags, "-deps", "-f", format, subject.package];
    const listed = await promisify(execFile)("go", args, { cwd: subject.dir, env: subject.env });
    this.#files = listed.stdout.split("\n").filter((line) => line !== "");
    assert.ok(this.#files.length > 0, `${subject.name} has no files`);
    await this.#build("it is the first build");
    await this.#prepare("ready");
    await this.#preload();
  }

  /** One edit or two, both builds, and now and then what happens when nobody saves. */
  async step(): Promise<void> {
    const random = this.#random;
    this.tally.edits += 1;
    for (let times = random.once(5) ? 2 : 1; times > 0; times -= 1) {
      const file = some(this.#files, random) ?? "";
      const source = await readFile(file, "utf8");
      await this.#save(file, editGo(source, random));
    }
    const good = await this.#build(null);
    if (good && random.once(12)) await this.#prepare(null);
    if (good) await this.#preload();
    // What is wrong stays wrong for a while, but not for long.
    if (!good && random.once(2)) {
      for (const [path, text] of this.#edited) await this.#save(path, this.#good.get(path) ?? text);
      await this.#build(null);
    }
  }

  async #save(path: string, text: string): Promise<void> {
    const before = await readFile(path, "utf8");
    if (!this.#good.has(path)) this.#good.set(path, before);
    const temporary = `${path}.tmp`;
    await writeFile(temporary, text);
    await rename(temporary, path);
    this.#edited.set(path, text);
    const modified = [...new Set([...this.#changes.modified, path])];
    this.#changes = { ...this.#changes, modified };
    if (goHeader(before) !== goHeader(text)) this.#changes = withReason(this.#changes, "imports");
  }

  async #build(reason: string | null): Promise<boolean> {
    const { builder, name, log } = this.#subject;
    this.#generation += 1;
    const changes = reason === null ? this.#changes : withReason(this.#changes, reason);
    this.#changes = noChanges;
    const { signal } = new AbortController();
    const [outcome, expected] = await Promise.all([
      builder.build(this.#generation, changes, signal),
      this.#goBuild(),
    ]);
    const what = `${name}, build ${this.#generation}: ${[...this.#edited.keys()].join(" ")}`;
    if (outcome.type === "failed") {
      assert.ok(
        expected !== null,
        `${what}: only the direct build fails\n${outcome.failure.message}`,
      );
      assert.equal(sorted(await readFile(log, "utf8")), sorted(expected), what);
      this.tally.bad += 1;
      return false;
    }
    assert.ok(
      outcome.type === "built" && expected === null,
      `${what}: only \`go build\` fails: ${expected}`,
    );
    const path = outcome.artifact.path ?? "";
    assert.ok(await sameProgram(path, this.#subject.reference), `${what}: the programs differ`);
    if (outcome.route.type === "go") {
      this.tally.declined += 1;
      if (reason === null) await this.#prepare("ready");
    } else {
      this.tally.good += 1;
      this.tally.preloaded += outcome.route.type === "direct" && outcome.route.preloaded ? 1 : 0;
    }
    for (const file of this.#edited.keys()) this.#good.delete(file);
    this.#edited.clear();
    await builder.prune([this.#generation]);
    return true;
  }

  async #prepare(expected: "ready" | null): Promise<void> {
    const outcome = await this.#subject.builder.prepare(new AbortController().signal);
    const wanted = expected === null ? ["ready", "checked"] : [expected];
    assert.ok(wanted.includes(outcome.type), `${this.#subject.name}: ${JSON.stringify(outcome)}`);
    this.tally.checked += 1;
  }

  /** Also where no linker can wait the reason must be one that is known. */
  async #preload(): Promise<void> {
    const { builder, name } = this.#subject;
    const outcome = await builder.preload(new AbortController().signal);
    if (outcome.type === "preloaded") return;
    const known = /preload is false|on Linux only|not as it is known|is not known|not been asked/;
    assert.match(JSON.stringify(outcome), known, name);
  }

  /** Null: it is good; else what it prints. */
  async #goBuild(): Promise<string | null> {
    const { dir, env, flags, reference, package: main } = this.#subject;
    const args = ["build", ...flags, "-o", reference, main];
    const error: unknown = await promisify(execFile)("go", args, { cwd: dir, env }).then(
      () => null,
      (failure: unknown) => failure,
    );
    if (error === null) return null;
    assert.ok(error instanceof Error && "stderr" in error, "`go build` cannot be run");
    return String(error.stderr);
  }
}

/** Packages that fail beside each other come in any order. */
const sorted = (text: string): string =>
  text
    .split(/^(?=# )/m)
    .toSorted()
    .join("")
    .trim();

/** The options of the linker that gust gives its own builds. */
export const linkerFlags: readonly string[] = ["-ldflags=-s -w"];

export const logIn = (dir: string): string => join(dir, "build.log");
