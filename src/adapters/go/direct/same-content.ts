import { type FileHandle, open, readFile } from "node:fs/promises";
import { readGoArchive } from "../../../core/go-archive.ts";
import { blankBuildIds } from "../../../core/go-build-id.ts";

/**
 * Whether two programs are the same but for their build IDs: where nothing reaches what was changed,
 * the linker leaves it out.
 */
export async function sameProgram(one: string, other: string): Promise<boolean> {
  const files: FileHandle[] = [];
  try {
    for (const path of [one, other]) files.push(await open(path));
    const [a, b] = files;
    if (a === undefined || b === undefined) return false;
    const sizes = await Promise.all([a.stat(), b.stat()]);
    if (sizes[0].size !== sizes[1].size) return false;
    return await sameContent(a, b, sizes[0].size);
  } catch {
    // The older one may have been removed meanwhile.
    return false;
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

async function sameContent(a: FileHandle, b: FileHandle, size: number): Promise<boolean> {
  const buffers = [Buffer.alloc(pieceSize), Buffer.alloc(pieceSize)] as const;
  for (let at = 0; at < size; at += pieceSize) {
    const length = Math.min(pieceSize, size - at);
    const [first, second] = buffers.map((buffer) => buffer.subarray(0, length));
    if (first === undefined || second === undefined) return false;
    await Promise.all([a.read(first, 0, length, at), b.read(second, 0, length, at)]);
    if (at === 0) for (const head of [first, second]) blankBuildIds(head.subarray(0, headSize));
    if (!first.equals(second)) return false;
  }
  return true;
}

const pieceSize = 1024 * 1024;

/** Notes lie in the first pages. */
const headSize = 16 * 1024;

/** Whether two compiled packages are the same but for their build IDs. */
export async function sameObject(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => readFile(path).catch(() => null)));
  if (a === null || b === null || a === undefined || b === undefined) return false;
  const ids = [readGoArchive(a)?.buildId ?? "", readGoArchive(b)?.buildId ?? ""] as const;
  if (a.length !== b.length || ids[0].length !== ids[1].length) return false;
  overwrite(a, ids[0], ids[1]);
  return a.equals(b);
}

/** It stands at the beginning of each member of the archive. */
function overwrite(bytes: Buffer, old: string, by: string): void {
  if (old === "") return;
  const text = `build id "${old}"`;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    bytes.write(`build id "${by}"`, at, "latin1");
  }
}
