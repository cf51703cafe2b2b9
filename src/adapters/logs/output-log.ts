import { type FileHandle, mkdir, open, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { ioFailure } from "../../core/io-failure.ts";
import { type FileName, type Stream, fileName, frameHead, parseFileName } from "./format.ts";
import { type AboutLogs, forgetOldest } from "./programs.ts";

export interface OutputLogOptions {
  /** Absolute directory for this program's output; made when missing. */
  readonly dir: string;
  readonly about: AboutLogs;
  /** How many versions are kept; the newest is always one of them. */
  readonly keep: number;
  /** Most bytes that are kept of one version. */
  readonly maxSize: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told once, when nothing more can be kept. */
  readonly lost: (failure: Failure) => void;
  /** How many bytes may wait to be written. */
  readonly room?: number;
}

export interface OutputLogSource {
  readonly generation: number;
  readonly pid: number;
}

/** Keeps what the program writes. It never makes anybody wait: what does not fit is counted. */
export interface OutputLog {
  /** The bytes must not be changed afterwards. */
  write(source: OutputLogSource, stream: Stream, data: Uint8Array): void;
  /** Resolves when what was given to it until now can be read, or is lost. */
  written(): Promise<void>;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Writes in the background. A program that writes faster than the disk takes it loses bytes here. */
export function openOutputLog(options: OutputLogOptions): OutputLog {
  return new FileOutputLog(options);
}

/** Pieces that wait, all of one version. */
interface Batch {
  readonly generation: number;
  readonly pieces: Uint8Array[];
}

class FileOutputLog implements OutputLog {
  readonly #options: OutputLogOptions;
  readonly #room: number;
  readonly #run: number;
  #waiting: Batch[] = [];
  #size = 0;
  /** How many pieces were taken, and who waits until so many of them are written. */
  #taken = 0;
  #readers: { readonly upTo: number; readonly resolve: () => void }[] = [];
  /** Bytes that found no room, by version. */
  readonly #dropped = new Map<number, number>();
  readonly #files = new Map<number, VersionFile>();
  #pump: Promise<void> | null = null;
  #broken = false;
  #begun = false;

  constructor(options: OutputLogOptions) {
    this.#options = options;
    this.#room = options.room ?? ROOM;
    this.#run = options.now();
  }

  write(source: OutputLogSource, stream: Stream, data: Uint8Array): void {
    if (this.#broken || data.length === 0) return;
    const { generation } = source;
    if (this.#size + data.length > this.#room) {
      this.#dropped.set(generation, (this.#dropped.get(generation) ?? 0) + data.length);
      return;
    }
    this.#put(source, stream, data);
    this.#pump ??= this.#writeAll();
  }

  written(): Promise<void> {
    if (this.#pump === null) return Promise.resolve();
    return new Promise((resolve) => this.#readers.push({ upTo: this.#taken, resolve }));
  }

  async close(): Promise<void> {
    while (this.#pump !== null) await this.#pump;
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  #put({ generation, pid }: OutputLogSource, kind: Stream | "dropped", data: Uint8Array): void {
    const last = this.#waiting.at(-1);
    const batch = last?.generation === generation ? last : { generation, pieces: [] };
    if (batch !== last) this.#waiting.push(batch);
    const time = this.#options.now();
    batch.pieces.push(frameHead({ kind, time, pid }, data.length), data, FEED);
    this.#size += data.length + OVERHEAD;
    this.#taken += 1;
  }

  /** Writes until nothing waits. What comes meanwhile goes together in the next write. */
  async #writeAll(): Promise<void> {
    // What the program writes in this turn of the loop goes in one write.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      if (!this.#begun) await this.#begin();
      for (;;) {
        const batches = this.#waiting;
        if (batches.length === 0) break;
        const [size, upTo] = [this.#size, this.#taken];
        this.#waiting = [];
        for (const { generation, pieces } of batches) {
          await (await this.#fileOf(generation)).write(pieces);
        }
        this.#size -= size;
        this.#tellReaders(upTo);
        this.#tellDropped();
      }
    } catch (error) {
      this.#broken = true;
      this.#waiting = [];
      this.#options.lost(ioFailure(error, "keep the program's output in", this.#options.dir));
    }
    this.#tellReaders(this.#taken);
    this.#pump = null;
  }

  #tellReaders(done: number): void {
    for (const { resolve } of this.#readers.filter(({ upTo }) => upTo <= done)) resolve();
    this.#readers = this.#readers.filter(({ upTo }) => upTo > done);
  }

  /** There is room again: how much was lost stands where it was lost. */
  #tellDropped(): void {
    for (const [generation, bytes] of this.#dropped) {
      this.#put({ generation, pid: 0 }, "dropped", Buffer.from(`${bytes}`));
    }
    this.#dropped.clear();
  }

  async #begin(): Promise<void> {
    const { dir, about } = this.#options;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(join(dir, "about.json"), JSON.stringify(about), { mode: 0o600 });
    await forgetOldest(dirname(dir));
    this.#begun = true;
  }

  async #fileOf(generation: number): Promise<VersionFile> {
    const known = this.#files.get(generation);
    if (known !== undefined) return known;
    const { dir, maxSize, now } = this.#options;
    await this.#closeOldest();
    const name = { run: this.#run, generation };
    const file = new VersionFile({ dir, name, limit: Math.floor(maxSize / 2), now });
    this.#files.set(generation, file);
    await this.#prune(generation);
    return file;
  }

  /** Of versions that have ended, which nobody tells, at most a few files stay open. */
  async #closeOldest(): Promise<void> {
    const old = [...this.#files].toSorted(([a], [b]) => b - a).slice(MOST_OPEN - 1);
    for (const [, file] of old) await file.close();
  }

  async #prune(newest: number): Promise<void> {
    const { dir, keep } = this.#options;
    const files = (await readdir(dir)).flatMap((name) => parseFileName(name) ?? []);
    const versions = new Map<string, FileName>();
    for (const file of files) versions.set(`${file.run}-${file.generation}`, file);
    versions.delete(`${this.#run}-${newest}`);
    const old = [...versions.values()]
      .toSorted((a, b) => b.run - a.run || b.generation - a.generation)
      .slice(Math.max(0, keep - 1));
    const gone = files.filter((file) =>
      old.some(({ run, generation }) => run === file.run && generation === file.generation),
    );
    await Promise.all(gone.map((file) => rm(join(dir, fileName(file)), { force: true })));
  }
}

interface VersionFileOptions {
  readonly dir: string;
  readonly name: Omit<FileName, "part">;
  /** Bytes of one part; two parts are kept. */
  readonly limit: number;
  readonly now: () => number;
}

/** The files of one version: when a part is full, the one before the last goes. */
class VersionFile {
  readonly #options: VersionFileOptions;
  #handle: FileHandle | null = null;
  #part = 0;
  /** Bytes of this part, and bytes of the program in all parts. */
  #size = 0;
  #written = 0;

  constructor(options: VersionFileOptions) {
    this.#options = options;
  }

  /** Pieces come in threes: the head of a frame, its bytes, and the line feed. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    let batch: Uint8Array[] = [];
    let size = 0;
    for (let i = 0; i < pieces.length; i += 3) {
      const frame = pieces.slice(i, i + 3);
      batch.push(...frame);
      size += frame.reduce((sum, { length }) => sum + length, 0);
      // What was dropped is told by a number, which the program has not written.
      if (frame[0]?.[0] !== DROPPED) this.#written += frame[1]?.length ?? 0;
      if (this.#size + size < this.#options.limit) continue;
      await this.#append(batch, size);
      await this.#rotate();
      batch = [];
      size = 0;
    }
    if (size > 0) await this.#append(batch, size);
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  async #append(pieces: Uint8Array[], size: number): Promise<void> {
    this.#handle ??= await open(this.#path(this.#part), "a", 0o600);
    for (let i = 0; i < pieces.length; i += MOST_PIECES) {
      await writeAll(this.#handle, pieces.slice(i, i + MOST_PIECES));
    }
    this.#size += size;
  }

  async #rotate(): Promise<void> {
    await this.close();
    this.#part += 1;
    this.#size = 0;
    const data = Buffer.from(`${this.#written}`);
    const head = frameHead({ kind: "before", time: this.#options.now(), pid: 0 }, data.length);
    await this.#append([head, data, FEED], head.length + data.length + 1);
    if (this.#part > 1) await rm(this.#path(this.#part - 2), { force: true });
  }

  #path(part: number): string {
    return join(this.#options.dir, fileName({ ...this.#options.name, part }));
  }
}

/** A write of several pieces may end in the middle of one. */
async function writeAll(handle: FileHandle, pieces: Uint8Array[]): Promise<void> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await handle.writev(pieces);
  if (bytesWritten === total) return;
  await handle.write(Buffer.concat(pieces), bytesWritten);
}

const ROOM = 4 * 1024 * 1024;
/** What a piece costs besides its bytes: many of them may be small. */
const OVERHEAD = 64;
/** So many files of kept output are open at most. */
export const MOST_OPEN = 8;
/** IOV_MAX of Linux and macOS is 1024. */
const MOST_PIECES = 1023;
/** `d`: see format.ts. */
const DROPPED = 0x64;
const FEED = Buffer.from("\n");
