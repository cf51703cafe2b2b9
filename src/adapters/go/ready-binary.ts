import { open, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Platform } from "../../core/binary-format.ts";
import { type ElfTable, elfEnd, elfTables } from "../../core/elf-end.ts";
import type { BuildOutcome, Phase } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { errorCode, ioFailure } from "../../core/io-failure.ts";
import type { Artifact } from "../../core/version.ts";
import type { GoBuilder, KeptBuilds } from "./builder.ts";
import { checkBinary } from "./check-binary.ts";
import { carriesShim } from "./find-shim.ts";
import { identityOf, snapshot } from "./snapshot.ts";

export interface ReadyBinaryOptions {
  /** Absolute path of the program, which somebody else writes. */
  readonly path: string;
  /** What it must fit to be started here. */
  readonly machine: Platform;
  readonly kept: KeptBuilds;
  /** What is said of a program without gust's files; null: nothing. */
  readonly withoutShim: Failure | null;
}

/** "Builds" a program that is there already: waits until it is whole, checks it, and keeps a copy. */
export function openReadyBinary(options: ReadyBinaryOptions): GoBuilder {
  return {
    build: (generation, _, signal) => build(options, generation, signal),
    prepare: () => Promise.resolve({ type: "impossible", reason: "gust does not build it" }),
    preload: () => Promise.resolve({ type: "not-preloaded", reason: "gust does not build it" }),
    prune: (keep) => options.kept.prune(keep),
    close: () => Promise.resolve(),
    // Versions are started from their copies; the file itself is the user's.
    restore: () => Promise.resolve(null),
  };
}

async function build(
  options: ReadyBinaryOptions,
  generation: number,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const from = performance.now();
  const result = await keep(options, generation, signal).catch((error: unknown) =>
    ioFailure(error, "take over", options.path),
  );
  const phases: Phase[] = [{ name: "check", durationMs: performance.now() - from }];
  if (signal.aborted || "code" in result) await options.kept.discard(generation);
  if (signal.aborted) return { type: "cancelled" };
  if ("code" in result) return { type: "failed", failure: result, phases };
  const { withoutShim } = options;
  const warnings = result.shim || withoutShim === null ? [] : [withoutShim];
  return { type: "built", artifact: result, route: { type: "foreign" }, phases, warnings };
}

async function keep(
  options: ReadyBinaryOptions,
  generation: number,
  signal: AbortSignal,
): Promise<Artifact | Failure> {
  const began = Date.now();
  const { path, machine, kept } = options;
  await settled(path, signal);
  const failure = await checkBinary(path, machine, began);
  if (failure !== null) return failure.code === "BINARY_MISSING" ? missing(path) : failure;
  const place = await kept.prepare(generation);
  if (typeof place !== "string") return place;
  const copy = join(place, basename(path));
  const temporary = join(place, `.${basename(path)}.tmp`);
  try {
    const copied = (await snapshot(path, temporary)) ?? (await checkWhole(temporary, path));
    if (copied !== null) return copied;
    const hash = await identityOf(temporary);
    const { size } = await stat(temporary);
    const shim = await carriesShim(temporary);
    await rename(temporary, copy);
    return { build: generation, path: copy, hash, sizeBytes: size, shim };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** So long nobody has written to a file that counts as written. */
const QUIET_MS = 250;
/** Between a removal and the file that takes its place. */
const ABSENCE_MS = 1000;
const LOOK_MS = 25;

/**
 * Waits until nobody writes to the file. The system has no event for that which Node could see; a
 * file that was written long ago is not waited for. Resolves as well when it stays away.
 */
async function settled(path: string, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  let last = "";
  let since = began;
  while (!signal.aborted) {
    const seen = await lookAt(path);
    const now = performance.now();
    if (seen === null ? now - began >= ABSENCE_MS : seen.ageMs >= LONG_AGO_MS) return;
    const state = seen?.state ?? "";
    if (state !== last) since = now;
    last = state;
    if (seen !== null && seen.state !== "" && now - since >= QUIET_MS) return;
    await pause(LOOK_MS);
  }
}

/** The clock of a file system of another machine may be wrong by seconds. */
const LONG_AGO_MS = 10_000;

async function lookAt(path: string): Promise<{ state: string; ageMs: number } | null> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return { state: `${ino} ${size} ${mtimeMs} ${ctimeMs}`, ageMs: Date.now() - ctimeMs };
  } catch (error) {
    // Whatever else is wrong with it, the check names it.
    return errorCode(error) === "ENOENT" ? null : { state: "", ageMs: LONG_AGO_MS };
  }
}

/** A copy that is still under way ends before its own tables say that it does. */
async function checkWhole(copy: string, path: string): Promise<Failure | null> {
  const { size } = await stat(copy);
  const end = await endOf(copy);
  if (end === null || end <= size) return null;
  return {
    code: "BINARY_INCOMPLETE",
    message: `${path} is not whole`,
    seen: `${size} bytes of at least ${end}`,
    hint: "write it beside and rename it into its place; what comes next is tried by itself",
  };
}

async function endOf(path: string): Promise<number | null> {
  const file = await open(path, "r");
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const table = ({ offset, entrySize, count }: ElfTable): Promise<Uint8Array> =>
    read(offset, entrySize * count);
  try {
    const tables = elfTables(await read(0, 64));
    if (tables === null) return null;
    return elfEnd(tables, await table(tables.segments), await table(tables.sections));
  } finally {
    await file.close();
  }
}

function missing(path: string): Failure {
  return {
    code: "BINARY_MISSING",
    message: `${path} does not exist`,
    hint: "put the program there; it is started as soon as it is whole",
  };
}
