import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { basename, join, resolve } from "node:path";
import { descriptorsOf, freePort, isOpen, processesWith } from "./census.ts";
import { EventLog, PATIENCE_MS, type EventOf, type EventType } from "./events.ts";
import type { Project } from "./project.ts";

export interface GustOptions {
  /** The command line; `--json` comes first by itself. */
  readonly args?: readonly string[];
  /** The command; `run` is meant by itself. */
  readonly command?: string;
  /** Descriptors of the test that gust inherits, from 3 on. */
  readonly descriptors?: readonly number[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** False: what a person sees, without events. */
  readonly json?: boolean;
  /** Where gust is started; the project by default. */
  readonly cwd?: string;
  readonly port?: number;
  /** A command that starts gust, such as `setpriv …`. */
  readonly wrapper?: readonly string[];
  /** True: the other end of stdin is `gust.type`. */
  readonly stdin?: boolean;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Keeper and records of all tests: the keeper is built once. */
const CACHE = resolve("build/e2e-cache");

/** A gust that runs on a project, with all that it says. */
export class Gust {
  readonly log = new EventLog();
  readonly project: Project;
  readonly port: number;
  readonly pid: number;
  /** Every process that gust starts has this in its environment. */
  readonly mark: string;
  readonly exited: Promise<Ending>;
  /** What was written to stderr, and with `json: false` to stdout. */
  stderr = "";
  stdout = "";
  #shown = 0;
  #over = false;
  readonly #json: boolean;
  readonly #child: ChildProcess;

  private constructor(
    project: Project,
    child: ChildProcess,
    known: { readonly port: number; readonly mark: string; readonly json: boolean },
  ) {
    this.project = project;
    this.#child = child;
    this.port = known.port;
    this.mark = known.mark;
    this.#json = known.json;
    this.pid = child.pid ?? 0;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#heard(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        this.#over = true;
        const how = signal ?? `exit code ${code}`;
        this.log.end(`gust has ended with ${how}; its stderr:\n${this.stderr}`);
        resolve({ code, signal });
      });
    });
  }

  static async start(project: Project, options: GustOptions = {}): Promise<Gust> {
    const port = options.port ?? (await freePort());
    const mark = `${basename(project.place)}-${port}`;
    const env = await environment(project, { port, mark });
    const json = options.json !== false;
    const [command = process.execPath, ...args] = [
      ...(options.wrapper ?? []),
      process.execPath,
      resolve("bin/gust"),
      ...(options.command === undefined ? [] : [options.command]),
      ...(json ? ["--json"] : []),
      ...(options.args ?? []),
    ];
    const child = spawn(command, args, {
      cwd: options.cwd ?? project.root,
      env: defined({ ...env, ...options.env }),
      stdio: [
        options.stdin === true ? "pipe" : "ignore",
        "pipe",
        "pipe",
        ...(options.descriptors ?? []),
      ],
    });
    const gust = new Gust(project, child, { port, mark, json });
    project.onCleanUp(() => gust.cleanUp());
    return gust;
  }

  next<T extends EventType>(
    type: T,
    matches?: (event: EventOf<T>) => boolean,
  ): Promise<EventOf<T>> {
    return this.log.next(type, matches);
  }

  /** Waits until this can be read on stderr, behind what was waited for last. */
  async shows(wanted: RegExp): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      const rest = this.stderr.slice(this.#shown);
      const found = wanted.exec(rest);
      if (found !== null) {
        this.#shown += found.index + found[0].length;
        return;
      }
      assert.ok(Date.now() < deadline && !this.#over, `${wanted} is not in\n${rest}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** What the program has written since gust was started. */
  output(stream: "stdout" | "stderr"): string {
    return this.log
      .since(0, "output")
      .filter((event) => event.stream === stream)
      .map((event) => event.text)
      .join("");
  }

  /** The same, once there is so much of it (in characters): it has a way of its own to gust. */
  async heard(stream: "stdout" | "stderr", length: number): Promise<string> {
    const enough = (): boolean => this.log.written[stream] >= length;
    if (!enough()) await this.log.nextOf(enough, `${length} characters of output`);
    return this.output(stream);
  }

  /** Waits until the program has written this, now or before. */
  async printed(wanted: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<void> {
    const found = (): boolean => wanted.test(this.output(stream));
    if (!found()) await this.log.nextOf(found, String(wanted));
  }

  /** Asks the program. */
  async get(path = "/", port: number = this.port): Promise<string> {
    const { status, body } = await ask(path, port);
    assert.equal(status, 200, `${path}: ${body}`);
    return body;
  }

  /** Asks the program for something that it does not survive. */
  async provoke(path: string): Promise<void> {
    await ask(path, this.port).catch(() => null);
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** Goes away as a reader does that has seen enough. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for a change of the file to be live, and returns the event. */
  async saveAndLive(name: string, content: string): Promise<EventOf<"live">> {
    await this.project.save(name, content);
    const path = this.project.path(name);
    return this.next("live", ({ cause }) => {
      return cause.type === "files" && cause.files.some((file) => file.path === path);
    });
  }

  /** Waits until the version that gives this answer is live. */
  async answers(expected: string): Promise<EventOf<"live">> {
    for (;;) {
      const live = await this.next("live");
      const { body } = await ask("/", this.port).catch(() => ({ body: null }));
      if (body === expected) return live;
    }
  }

  /** Asks until the answer is so: for where gust cannot see when the program listens. */
  async answersNow(expected: string): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      const { body } = await ask("/", this.port).catch(() => ({ body: null }));
      if (body === expected) return;
      assert.ok(Date.now() < deadline, `the answer is ${body}, not ${expected}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Ends gust as Ctrl-C does, and proves that nothing is left. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
    this.kill(signal);
    await this.ended(0);
  }

  /** Ends gust where another one still runs on the project. */
  async finish(): Promise<void> {
    this.kill("SIGINT");
    const { code } = await this.exited;
    assert.equal(code, 0, this.log.tail());
    assert.deepEqual([...this.processes().values()], [], "processes are left");
  }

  /** Waits until nothing that gust had started lives: what killed it ended without a word. */
  async allGone(...ports: readonly number[]): Promise<void> {
    for (const deadline = Date.now() + 30_000; this.processes().size > 0;) {
      const left = [...this.processes().values()].join("\n");
      assert.ok(Date.now() < deadline, `processes are left:\n${left}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // The system takes away the memory of a process that ends, by which it is known, before its sockets.
    for (const port of [this.port, ...ports]) {
      for (const deadline = Date.now() + 30_000; await isOpen(port);) {
        assert.ok(Date.now() < deadline, `the port ${port} is still open`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  /** Waits for the end, and proves that nothing is left. */
  async ended(code: number): Promise<void> {
    const ending = await this.exited;
    assert.deepEqual(ending, { code, signal: null }, `${this.stderr}\n${this.log.tail()}`);
    if (this.#json) assert.deepEqual(this.log.strange, [], "a line of stdout is no event");
    await this.assertNothingLeft();
  }

  async assertNothingLeft(): Promise<void> {
    const { place } = this.project;
    assert.deepEqual([...this.processes().values()], [], "processes are left");
    assert.equal(await isOpen(this.port), false, "the port is still open");
    assert.deepEqual(this.records(), [], "the run directory is left");
    assert.deepEqual(readdirSync(join(place, "tmp")), [], "temporary files are left");
    assert.deepEqual(filesBelow(join(place, "run")), [], "a socket is left");
  }

  /** Living processes that gust has started, and gust itself while it lives. */
  processes(): Map<number, string> {
    return processesWith("GUST_E2E", this.mark);
  }

  /** Directories of this project's runs, in gust's cache. */
  records(): string[] {
    return runDirs(this.project);
  }

  descriptors(): ReturnType<typeof descriptorsOf> {
    return descriptorsOf(this.pid);
  }

  /** Ends whatever is left of a test that failed. */
  async cleanUp(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGKILL");
      await this.exited;
    }
    for (let left = this.processes(); left.size > 0; left = this.processes()) {
      for (const pid of left.keys()) endProcess(pid);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const dir of this.records()) await rm(dir, { recursive: true, force: true });
  }

  #heard(text: string): void {
    this.stdout += text;
    this.log.read(text);
  }
}

/** Runs a command of gust to its end. */
export async function runGust(
  project: Project,
  options: GustOptions = {},
): Promise<Gust & { readonly code: number | null }> {
  const gust = await Gust.start(project, options);
  const { code } = await gust.exited;
  return Object.assign(gust, { code });
}

/** Directories of this project's runs, in gust's cache, by their names or by what they note. */
export function runDirs(project: Project): string[] {
  const dir = join(CACHE, "projects");
  if (!existsSync(dir)) return [];
  const prefix = `${basename(project.root)}-`;
  return readdirSync(dir)
    .filter((name) => name.startsWith(prefix) || notes(join(dir, name), project.place))
    .map((name) => join(dir, name));
}

/** True when the record of a run has this text; a run of another test may end meanwhile. */
function notes(runDir: string, text: string): boolean {
  try {
    return readFileSync(join(runDir, "run.json"), "utf8").includes(text);
  } catch {
    return false;
  }
}

/** As on the machine of a user, but with places of its own, and without a network. */
async function environment(
  project: Project,
  known: { readonly port: number; readonly mark: string },
): Promise<Record<string, string | undefined>> {
  const run = join(project.place, "run");
  const tmp = join(project.place, "tmp");
  await mkdir(run, { recursive: true, mode: 0o700 });
  await mkdir(tmp, { recursive: true });
  return {
    ...process.env,
    // The test runner's own.
    NODE_TEST_CONTEXT: undefined,
    // Where the tests run is no concern of the program's: a CI sets some of these.
    CI: undefined,
    FORCE_COLOR: undefined,
    NO_COLOR: undefined,
    GOFLAGS: undefined,
    GOWORK: undefined,
    GOPROXY: "off",
    GOTOOLCHAIN: "local",
    // Links faster, and asks for no C compiler.
    CGO_ENABLED: "0",
    GUST_CACHE_DIR: CACHE,
    GUST_E2E: known.mark,
    XDG_RUNTIME_DIR: run,
    TMPDIR: tmp,
    PORT: String(known.port),
  };
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) result[name] = value;
  return result;
}

/** One HTTP request with a connection of its own. */
export function ask(path: string, port: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name);
}

/** By its pid, and only processes that carry the mark of a test. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
