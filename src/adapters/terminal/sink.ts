import { fstatSync, write, writeSync } from "node:fs";

/** Where bytes go. One write at a time. */
export interface Sink {
  /** Calls back when all of it is written, with null, or when it cannot be. */
  write(data: Uint8Array, done: (error: Error | null) => void): void;
  /** Blocking, as far as possible, and without complaint. */
  writeNow(data: Uint8Array): void;
}

/**
 * Writes to a descriptor in the background. A terminal stopped with Ctrl-S, or a full pipe, then
 * holds back nothing but what is written to it, while Node's own streams block the process.
 */
export function descriptorSink(descriptor: number, stream: NodeJS.WritableStream): Sink {
  const later = streamSink(stream);
  function writeFrom(data: Uint8Array, from: number, done: (error: Error | null) => void): void {
    write(descriptor, data, from, data.length - from, null, (error, written) => {
      if (error?.code === "EINTR") return writeFrom(data, from, done);
      // Somebody made the pipe non-blocking: Node's stream can wait for it, we cannot.
      if (error?.code === "EAGAIN") return later.write(data.subarray(from), done);
      if (error !== null) return done(error);
      if (from + written < data.length) return writeFrom(data, from + written, done);
      return done(null);
    });
  }
  return {
    write: (data, done) => writeFrom(data, 0, done),
    writeNow: (data) => {
      let from = 0;
      try {
        while (from < data.length) from += writeSync(descriptor, data, from);
      } catch {
        // This is the way out of a crash: nobody is left to tell.
      }
    },
  };
}

/** Writes to a stream of Node's; needed for consoles of Windows, and used by tests. */
export function streamSink(stream: NodeJS.WritableStream): Sink {
  return {
    write: (data, done) => {
      stream.write(data, (error) => done(error ?? null));
    },
    writeNow: (data) => {
      stream.write(data);
    },
  };
}

/** True when both descriptors lead to the same terminal, file or pipe. */
export function sameDestination(first: number, second: number): boolean {
  try {
    const a = fstatSync(first, { bigint: true });
    const b = fstatSync(second, { bigint: true });
    return a.dev === b.dev && a.ino === b.ino && a.rdev === b.rdev;
  } catch {
    // A closed descriptor leads nowhere.
    return false;
  }
}
