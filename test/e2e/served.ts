import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { chmod, copyFile, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { PATIENCE_MS } from "./events.ts";
import { Gust, type GustOptions } from "./gust.ts";
import type { Afterwards } from "../world/temp-module.ts";
import { Project } from "./project.ts";

/** How a version behaves: see test/fixtures/programs/activated. */
export interface VersionOptions {
  readonly start?: "crash" | "hang" | "late-crash" | "sick";
  readonly word?: string;
}

/** Programs that are built once for all tests of a file, and put in place one after the other. */
export class Binaries {
  readonly dir: string;
  readonly #built = new Map<string, Promise<string>>();

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(t: Afterwards): Promise<Binaries> {
    const dir = await mkdtemp(join(tmpdir(), "gust-served-"));
    t.after(() => rm(dir, { recursive: true, force: true }));
    return new Binaries(dir);
  }

  /** A program that takes its sockets as systemd passes them. */
  activated(version: number, { start, word }: VersionOptions = {}): Promise<string> {
    const flags = [`-X main.version=${version}`, `-X main.start=${start ?? ""}`];
    if (word !== undefined) flags.push(`-X 'main.word=${word}'`);
    const key = `activated-${version}-${start ?? ""}-${word ?? "-"}`.replaceAll(/[^\w-]/g, "_");
    return this.#once(key, (path) =>
      go(["build", "-ldflags", flags.join(" "), "-o", path, "."], "activated"),
    );
  }

  /** What a service manager hears. */
  manager(): Promise<string> {
    return this.#once("manager", (path) => go(["build", "-o", path, "."], "manager"));
  }

  keeper(): Promise<string> {
    return this.#once("gust-keeper", (path) => go(["build", "-o", path, "."], resolve("keeper")));
  }

  /** A server of net/http with gust's files, as `gust build` makes it. */
  shimmed(version: number): Promise<string> {
    return this.#once(`web-${version}`, async (path) => {
      const source = `${path}-source`;
      await promisify(execFile)("cp", ["-r", resolve("test/fixtures/programs/web"), source]);
      const answer = `package main\n\nfunc answer() string { return "${version}" }\n`;
      await writeFile(join(source, "answer.go"), answer);
      const args = [resolve("bin/gust"), "build", "-o", path];
      await promisify(execFile)(process.execPath, args, { cwd: source, env: buildEnv() });
    });
  }

  #once(name: string, make: (path: string) => Promise<unknown>): Promise<string> {
    const path = join(this.dir, name);
    const made = this.#built.get(name) ?? make(path).then(() => path);
    this.#built.set(name, made);
    return made;
  }
}

function go(args: readonly string[], program: string): Promise<unknown> {
  const cwd = resolve("test/fixtures/programs", program);
  return promisify(execFile)("go", [...args], { cwd, env: buildEnv() });
}

function buildEnv(): NodeJS.ProcessEnv {
  return { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off", CGO_ENABLED: "0" };
}

/** A program in its place, and the ways in which a new version of it comes there. */
export class Place {
  readonly project: Project;
  readonly path: string;

  private constructor(project: Project) {
    this.project = project;
    this.path = project.path("server");
  }

  static async create(t: Afterwards, first: string, config = ""): Promise<Place> {
    const project = await Project.create(t, null, config === "" ? {} : { "gust.toml": config });
    const place = new Place(project);
    await place.replace(first);
    return place;
  }

  /** As it should be done: written beside, and renamed. */
  async replace(binary: string): Promise<void> {
    const aside = this.project.path(".server.new");
    await copyFile(binary, aside);
    await rename(aside, this.path);
  }

  /** As it is often done: the file itself is emptied and written. */
  async overwrite(binary: string): Promise<void> {
    await writeFile(this.path, await readFile(binary));
  }

  /** A copy that has not come to its end. */
  async truncate(binary: string, part: number): Promise<void> {
    const whole = await readFile(binary);
    await writeFile(this.path, whole.subarray(0, Math.floor(whole.length * part)));
  }

  async replaceByText(text: string, mode: number): Promise<void> {
    const aside = this.project.path(".server.new");
    await writeFile(aside, text);
    await chmod(aside, mode);
    await rename(aside, this.path);
  }

  serve(options: GustOptions = {}): Promise<Gust> {
    const args = [...(options.args ?? []), "./server"];
    return Gust.start(this.project, { ...options, command: "serve", args });
  }
}

/** A service manager's socket, and what is told there. */
export class Manager {
  readonly path: string;
  readonly heard: string[] = [];
  #waiting: (() => void)[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  static async listen(t: Afterwards, program: string, path: string): Promise<Manager> {
    const manager = new Manager(path);
    const child = spawn(program, [path], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(async () => void child.kill());
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) manager.heard.push(String(JSON.parse(line)));
      for (const look of manager.#waiting) look();
    });
    await manager.hears("listening");
    return manager;
  }

  /** Waits for a message with this text, behind what was waited for last. */
  hears(text: string): Promise<string> {
    return new Promise((done, fail) => {
      const deadline = setTimeout(
        () => fail(new Error(`${text} was not told; what was: ${this.heard.join(" | ")}`)),
        PATIENCE_MS,
      );
      const look = (): void => {
        const index = this.heard.findIndex((one) => one.includes(text));
        if (index < 0) return;
        clearTimeout(deadline);
        this.#waiting = this.#waiting.filter((other) => other !== look);
        const [found = ""] = this.heard.splice(0, index + 1).slice(-1);
        done(found);
      };
      this.#waiting.push(look);
      look();
    });
  }
}

/** Arguments by which gust opens the port for the program. */
export function listening(port: number): readonly string[] {
  assert.ok(port > 0);
  return ["--listen", `web=127.0.0.1:${port}`];
}
