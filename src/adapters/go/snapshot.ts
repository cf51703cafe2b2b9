import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Failure } from "../../core/failure.ts";
import { readContentId } from "../../core/go-build-id.ts";
import { ioFailure } from "../../core/io-failure.ts";

/** Copies a file as it stands still: one that changes while it is copied is copied again. */
export async function snapshot(from: string, to: string): Promise<Failure | null> {
  try {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const before = await stat(from);
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      const after = await stat(from);
      const same = before.ino === after.ino && before.size === after.size;
      if (same && before.mtimeMs === after.mtimeMs) return null;
    }
  } catch (error) {
    return ioFailure(error, `copy ${from} to`, to);
  }
  return {
    code: "BINARY_UNREADABLE",
    message: `${from} changes again and again while it is copied`,
    hint: "let only the build command write it, and let it end when the file is complete",
  };
}

/** Copies a file beside the target and renames it over, so that the target is never half there. */
export async function copyBeside(
  from: string,
  target: string,
  suffix: string,
): Promise<Failure | null> {
  const temporary = join(dirname(target), `.${basename(target)}.${suffix}`);
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    await rename(temporary, target);
    return null;
  } catch (error) {
    await rm(temporary, { force: true });
    return ioFailure(error, `copy ${from} to`, target);
  }
}

/**
 * What tells one binary from another: Go's own hash of the content, which stands in its first
 * bytes, else the SHA-256 of it all. Hashing 35 MB takes longer than starting them.
 */
export async function identityOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headSize), 0, headSize, 0);
    const id = readContentId(buffer.subarray(0, bytesRead));
    if (id !== null) return `go:${id}`;
  } finally {
    await file.close();
  }
  return `sha256:${await hashFile(path)}`;
}

/** The build ID lies in the first pages of the binary. */
const headSize = 16 * 1024;

/** SHA-256 of a file's content, in hex. */
async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}

const mostAttempts = 5;
