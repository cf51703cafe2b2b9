/*
 * The output of one version of the program lies in files `RUN-GENERATION-PART.log`, RUN being when
 * gust was started, in milliseconds. A file is a row of frames: a line `KIND TIME PID LENGTH`, so many
 * bytes as they were written, and a line feed. So bytes stay what they are, and a file that was cut
 * off is good up to its last whole frame.
 */

export type Stream = "stdout" | "stderr";

export interface Frame {
  /**
   * What the program wrote; `dropped`: how many bytes could not be kept; `before`: how many bytes of
   * this version the parts before this one have, which may be gone (both as a number in `data`).
   */
  readonly kind: Stream | "dropped" | "before";
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly pid: number;
  readonly data: Uint8Array;
}

export interface FileName {
  readonly run: number;
  readonly generation: number;
  /** Counts from 0. */
  readonly part: number;
}

export function frameHead(frame: Omit<Frame, "data">, length: number): Buffer {
  return Buffer.from(`${LETTERS[frame.kind]} ${frame.time} ${frame.pid} ${length}\n`, "latin1");
}

/** Whole frames from the start of the bytes, and how many bytes they are. */
export function parseFrames(bytes: Buffer): { readonly frames: Frame[]; readonly end: number } {
  const frames: Frame[] = [];
  let end = 0;
  for (;;) {
    const feed = bytes.indexOf(10, end);
    if (feed < 0) return { frames, end };
    const head = HEAD.exec(bytes.toString("latin1", end, feed));
    const kind = KINDS.get(head?.[1] ?? "");
    // What is no frame is damage: nothing behind it can be told apart.
    if (head === null || kind === undefined) return { frames, end };
    const from = feed + 1;
    const to = from + Number(head[4]);
    if (to >= bytes.length) return { frames, end };
    frames.push({
      kind,
      time: Number(head[2]),
      pid: Number(head[3]),
      data: bytes.subarray(from, to),
    });
    end = to + 1;
  }
}

export function fileName({ run, generation, part }: FileName): string {
  return `${run}-${generation}-${part}.log`;
}

export function parseFileName(name: string): FileName | null {
  const found = /^(\d+)-(\d+)-(\d+)\.log$/.exec(name);
  if (found === null) return null;
  return { run: Number(found[1]), generation: Number(found[2]), part: Number(found[3]) };
}

const HEAD = /^([oedb]) (\d{1,15}) (\d{1,10}) (\d{1,10})$/;

const LETTERS = { stdout: "o", stderr: "e", dropped: "d", before: "b" } as const;

const KINDS: ReadonlyMap<string, Frame["kind"]> = new Map([
  ["o", "stdout"],
  ["e", "stderr"],
  ["d", "dropped"],
  ["b", "before"],
]);
