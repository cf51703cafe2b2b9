import { type FSWatcher, watch } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type FileName, type Frame, fileName, parseFileName, parseFrames } from "./format.ts";
import { LineAssembler, type LogItem, countOf } from "./lines.ts";

/** A version whose output is kept. */
export type KeptVersion = Pick<FileName, "run" | "generation">;

/** Reads what was kept of one program, and what is added to it. */
export class OutputReader {
  readonly #dir: string;
  readonly #versions = new Map<string, VersionReader>();

  /** `dir` is absolute. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The versions that are kept, oldest first. */
  async versions(): Promise<readonly KeptVersion[]> {
    const byKey = new Map<string, KeptVersion>();
    for (const { run, generation } of await this.#files()) {
      byKey.set(`${run}-${generation}`, { run, generation });
    }
    return [...byKey.values()].toSorted(older);
  }

  /** What was added since the last call by versions that are wanted, in the order of time. */
  async *read(wanted: (version: KeptVersion) => boolean): AsyncGenerator<LogItem> {
    const files = (await this.#files()).filter(wanted);
    const sources: { readonly items: AsyncGenerator<LogItem>; head: LogItem }[] = [];
    for (const version of await this.versions()) {
      const own = files.filter((file) => isOf(file, version));
      const items = this.#reader(version).read(own);
      const head = await items.next();
      if (head.done !== true) sources.push({ items, head: head.value });
    }
    for (;;) {
      const first = sources.reduce<(typeof sources)[number] | null>(
        (best, one) => (best === null || one.head.time < best.head.time ? one : best),
        null,
      );
      if (first === null) return;
      yield first.head;
      const next = await first.items.next();
      if (next.done === true) sources.splice(sources.indexOf(first), 1);
      else first.head = next.value;
    }
  }

  /** Lines without an end, once nothing follows. */
  rest(): readonly LogItem[] {
    const items = [...this.#versions.values()].flatMap((version) => version.rest());
    return items.toSorted((a, b) => a.time - b.time);
  }

  /** Calls back when something may have been added; the result stops that. */
  follow(changed: () => void): () => void {
    let watcher: FSWatcher | null = null;
    try {
      watcher = watch(this.#dir, changed);
      watcher.on("error", () => undefined);
    } catch {
      // Then the clock alone has to do.
    }
    // Some file systems tell nothing of what another process writes.
    const timer = setInterval(changed, LOOK_MS);
    return () => {
      watcher?.close();
      clearInterval(timer);
    };
  }

  #reader(version: KeptVersion): VersionReader {
    const key = `${version.run}-${version.generation}`;
    const reader = this.#versions.get(key) ?? new VersionReader(this.#dir, version);
    this.#versions.set(key, reader);
    return reader;
  }

  async #files(): Promise<readonly FileName[]> {
    const names = await readdir(this.#dir).catch(() => []);
    return names
      .flatMap((name) => parseFileName(name) ?? [])
      .toSorted((a, b) => older(a, b) || a.part - b.part);
  }
}

class VersionReader {
  readonly #dir: string;
  readonly #lines: LineAssembler;
  /** Where the next frame begins, in the part that was read last. */
  #part = -1;
  #offset = 0;
  /** How many bytes of the program were read. */
  #position = 0;

  constructor(dir: string, version: KeptVersion) {
    this.#dir = dir;
    this.#lines = new LineAssembler(version);
  }

  /** `files` are the parts of this version, in order. */
  async *read(files: readonly FileName[]): AsyncGenerator<LogItem> {
    for (const file of files.filter(({ part }) => part >= this.#part)) {
      if (file.part !== this.#part) this.#offset = 0;
      this.#part = file.part;
      for await (const frame of this.#frames(file)) {
        if (frame.kind === "before") {
          const missed = countOf(frame) - this.#position;
          if (missed > 0) yield this.#lines.gap("rotated", frame.time, missed);
          this.#position += missed;
        } else {
          if (frame.kind !== "dropped") this.#position += frame.data.length;
          yield* this.#lines.add(frame);
        }
      }
    }
  }

  rest(): readonly LogItem[] {
    return this.#lines.rest();
  }

  async *#frames(file: FileName): AsyncGenerator<Frame> {
    let handle;
    try {
      handle = await open(join(this.#dir, fileName(file)));
    } catch {
      // It has just been removed: the next part tells how much that was.
      return;
    }
    try {
      // Most files have nothing new when something has changed.
      const left = (await handle.stat()).size - this.#offset;
      if (left <= 0) return;
      let size = Math.min(CHUNK, Math.max(left, 1024));
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(size), 0, size, this.#offset);
        const { frames, end } = parseFrames(buffer.subarray(0, bytesRead));
        yield* frames;
        this.#offset += end;
        // A frame that is larger than what was read needs more of it.
        if (end === 0 && bytesRead === size && size < MOST) size *= 4;
        else if (end === 0) return;
      }
    } finally {
      await handle.close();
    }
  }
}

const older = (a: KeptVersion, b: KeptVersion): number =>
  a.run - b.run || a.generation - b.generation;

const isOf = (file: FileName, { run, generation }: KeptVersion): boolean =>
  file.run === run && file.generation === generation;

const LOOK_MS = 1000;
const CHUNK = 256 * 1024;
/** No piece of output is nearly as large. */
const MOST = 64 * 1024 * 1024;
