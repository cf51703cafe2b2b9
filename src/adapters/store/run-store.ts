import { mkdir, readFile, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { errorCode, ioFailure } from "../../core/io-failure.ts";
import { claimRecord, parseRecord, writeRecord } from "./run-record.ts";
import type { RecordedProcess, RunRecord, StartTimeOf } from "./run-record.ts";
import { projectKey } from "./user-dirs.ts";

export interface RunStoreOptions {
  /** Absolute; made when missing. */
  readonly cacheDir: string;
  /** Absolute root of the project, and its main package: together they name the program. */
  readonly root: string;
  readonly package: string;
  /** The GUST_RUN of this run's processes. */
  readonly runId: string;
  readonly pid: number;
  readonly startTimeOf: StartTimeOf;
}

/** The directory of one program's run: kept binaries, and a record of what was started. */
export interface RunStore {
  /** Absolute. */
  readonly dir: string;
  /** What a gust that was killed has left in its record, or null. */
  readonly previous: RunRecord | null;
  /** Makes the empty directory of a build; absolute. Failures: DISK_FULL, IO_FAILED. */
  prepare(build: number): Promise<string | Failure>;
  discard(build: number): Promise<void>;
  /** Removes builds older than the newest of these that are not among them. */
  prune(keep: readonly number[]): Promise<void>;
  /** Notes that a process (and group) of ours begins or is gone. */
  record(pid: number, alive: boolean): void;
  /** Waits until the record is written; null when it could be. */
  flush(): Promise<Failure | null>;
  /** Removes the binaries and the record. */
  close(): Promise<void>;
}

/**
 * Claims the run directory. Failures: ALREADY_RUNNING (another gust has it and lives), DISK_FULL,
 * IO_FAILED. What an earlier run left in it is removed, except its record of processes.
 */
export async function openRunStore(options: RunStoreOptions): Promise<RunStore | Failure> {
  // Two ways through symbolic links to one directory are one project.
  const root = await realpath(options.root).catch(() => options.root);
  const dir = join(options.cacheDir, "projects", projectKey(root, options.package));
  const file = join(dir, "run.json");
  const started = options.startTimeOf(options.pid);
  const self: RunRecord = {
    pid: options.pid,
    startTime: started,
    runId: options.runId,
    root,
    processes: [],
  };
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const claimed = await claimRecord(file, self, options.startTimeOf);
    if (claimed.type === "taken") return alreadyRunning(claimed.by);
    await rm(join(dir, "builds"), { recursive: true, force: true });
    return new OpenRunStore(dir, self, claimed.previous, options.startTimeOf);
  } catch (error) {
    return ioFailure(error, "use the run directory", dir);
  }
}

/** The record of the gust that runs this program, or null. */
export async function readRun(
  query: Pick<RunStoreOptions, "cacheDir" | "root" | "package">,
): Promise<RunRecord | null> {
  const root = await realpath(query.root).catch(() => query.root);
  const dir = join(query.cacheDir, "projects", projectKey(root, query.package));
  return parseRecord(await readFile(join(dir, "run.json"), "utf8").catch(() => ""));
}

class OpenRunStore implements RunStore {
  readonly dir: string;
  readonly previous: RunRecord | null;
  readonly #self: RunRecord;
  readonly #startTimeOf: StartTimeOf;
  readonly #processes = new Map<number, RecordedProcess>();
  #dirty = false;
  #closed = false;
  #writing: Promise<Failure | null> | null = null;

  constructor(dir: string, self: RunRecord, previous: RunRecord | null, startTimeOf: StartTimeOf) {
    this.dir = dir;
    this.previous = previous;
    this.#self = self;
    this.#startTimeOf = startTimeOf;
  }

  async prepare(build: number): Promise<string | Failure> {
    const place = this.#place(build);
    try {
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
      return place;
    } catch (error) {
      return ioFailure(error, "make", place);
    }
  }

  async discard(build: number): Promise<void> {
    await removeTree(this.#place(build));
  }

  async prune(keep: readonly number[]): Promise<void> {
    // A build under way is newer than every good one, so that its directory is never removed.
    const newest = Math.max(0, ...keep);
    const names = await readdir(join(this.dir, "builds")).catch(() => []);
    const old = names.map(Number).filter((build) => build < newest && !keep.includes(build));
    await Promise.all(old.map((build) => removeTree(this.#place(build))));
  }

  record(pid: number, alive: boolean): void {
    if (alive) this.#processes.set(pid, { pid, startTime: this.#startTimeOf(pid) });
    else this.#processes.delete(pid);
    this.#dirty = true;
    this.#writing ??= this.#write();
  }

  async flush(): Promise<Failure | null> {
    return (await this.#writing) ?? null;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    await removeTree(join(this.dir, "builds"));
    await removeTree(this.dir);
  }

  /** One write at a time, and one more when something changed meanwhile. */
  async #write(): Promise<Failure | null> {
    let failure: Failure | null = null;
    while (this.#dirty && !this.#closed) {
      this.#dirty = false;
      const processes = [...this.#processes.values()];
      failure = await writeRecord(join(this.dir, "run.json"), { ...this.#self, processes });
    }
    this.#writing = null;
    return failure;
  }

  #place(build: number): string {
    return join(this.dir, "builds", String(build));
  }
}

/** A binary that still runs cannot be removed on Windows; the next prune or run removes it. */
async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!["EBUSY", "EPERM", "EACCES", "ENOTEMPTY"].includes(errorCode(error))) throw error;
  }
}

function alreadyRunning(by: RunRecord): Failure {
  return {
    code: "ALREADY_RUNNING",
    message: `gust runs this program already: process ${by.pid} in ${by.root}`,
    hint: `use that one, or end it with \`kill ${by.pid}\``,
  };
}
