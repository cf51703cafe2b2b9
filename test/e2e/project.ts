import { cp, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Afterwards } from "../world/temp-module.ts";

/** Paths relative to the project, and contents. */
export type Files = Readonly<Record<string, string>>;

/** A copy of a program that a test may change, removed after it. */
export class Project {
  /** Directory for everything of the test; the project is one of its directories. */
  readonly place: string;
  readonly root: string;
  /** What has to happen before the directory can go. */
  readonly #cleaning: (() => Promise<void>)[] = [];

  private constructor(place: string) {
    this.place = place;
    // gust names its run directory by the root: an own name tells whose it is.
    this.root = join(place, basename(place));
  }

  /** `fixture` names a directory of test/fixtures/programs; null is an empty project. */
  static async create(t: Afterwards, fixture: string | null, files: Files = {}): Promise<Project> {
    const place = await realpath(await mkdtemp(join(tmpdir(), "gust-e2e-")));
    const project = new Project(place);
    t.after(() => project.#cleanUp());
    await mkdir(project.root);
    if (fixture !== null) {
      await cp(join("test/fixtures/programs", fixture), project.root, { recursive: true });
    }
    for (const [name, content] of Object.entries(files)) await project.save(name, content);
    return project;
  }

  onCleanUp(clean: () => Promise<void>): void {
    this.#cleaning.push(clean);
  }

  get name(): string {
    return basename(this.root);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), "utf8");
  }

  /** As many editors save: a new file takes the place of the old one. */
  async save(name: string, content: string): Promise<void> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    const aside = join(this.place, `saving-${process.hrtime.bigint()}`);
    await writeFile(aside, content);
    await rename(aside, path);
  }

  /** As other editors save: the file is emptied and written again. */
  async saveInPlace(name: string, content: string): Promise<void> {
    await writeFile(this.path(name), content);
  }

  /** Replaces a part of a file that must be there. */
  async edit(name: string, from: string, to: string): Promise<void> {
    const before = await this.read(name);
    if (!before.includes(from)) throw new Error(`${name} has no ${from}`);
    await this.save(
      name,
      before.replace(from, () => to),
    );
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true });
  }

  async #cleanUp(): Promise<void> {
    for (const clean of this.#cleaning) await clean();
    await rm(this.place, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** answer.go of a program, for an answer that tells its version; `more` begins with its imports. */
export function answerFile(answer: string, more = ""): string {
  return `package main\n${more}\nfunc answer() string { return ${JSON.stringify(answer)} }\n`;
}

/** hooks.go of the service with some of its functions replaced, and what those import. */
export function hooksFile(
  hooks: {
    readonly imports?: readonly string[];
    readonly port?: string;
    readonly atStart?: string;
    readonly onceListening?: string;
    readonly healthStatus?: string;
    readonly onRequest?: string;
    readonly more?: string;
  } = {},
): string {
  const imports = [...new Set(["os", ...(hooks.imports ?? [])])].toSorted();
  return [
    "package main",
    `import (\n${imports.map((name) => `\t${JSON.stringify(name)}\n`).join("")})`,
    `func port() string { ${hooks.port ?? `return os.Getenv("PORT")`} }`,
    `func atStart() { ${hooks.atStart ?? ""} }`,
    `func onceListening() { ${hooks.onceListening ?? ""} }`,
    `func healthStatus() int { ${hooks.healthStatus ?? "return 200"} }`,
    `func onRequest(what string) string { ${hooks.onRequest ?? "return what"} }`,
    `var _ = os.Args`,
    hooks.more ?? "",
  ].join("\n\n");
}
