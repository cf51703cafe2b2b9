import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { goHeader, isGenerated } from "../../core/go-header.ts";
import { type KnownDeclaration, goMeaning } from "../../core/go-meaning.ts";
import { isModuleFileName, moduleMeaning } from "../../core/go-mod.ts";

/** What a path holds at the moment. */
export type Content =
  | { readonly type: "absent" }
  /** A directory, a pipe, a socket, a device. */
  | { readonly type: "no-file" }
  /** It is there, and cannot be read. */
  | { readonly type: "unreadable" }
  | FileContent;

export interface FileContent {
  readonly type: "file";
  /** From before it was read, so that a later change shows as a difference. */
  readonly stats: Stats;
  /** True when it did not change while it was read. */
  readonly steady: boolean;
  /** SHA-256, base64. */
  readonly hash: string;
  /** Go files only. */
  readonly go: GoContent | null;
  /** Module files only: what they say, a statement a line; null where that cannot be told. */
  readonly modules: string | null;
}

export interface GoContent {
  /** SHA-256 of the header, base64. */
  readonly header: string;
  readonly generated: boolean;
  /** What it compiles to, without comments and formatting; null where comments matter. */
  readonly meaning: Meaning | null;
}

/** Kept in few bytes: a project has thousands of files. */
export interface Meaning {
  /** SHA-256 of all declarations in their order, base64. */
  readonly hash: string;
  /** A line for each declaration: its name, and digests of its text and of that without the name. */
  readonly declarations: string;
}

/** Reads a file and hashes it. Large files are never in memory as a whole. Never rejects. */
export async function readContent(path: string): Promise<Content> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK a named pipe would be waited for until somebody writes to it.
    file = await open(path, constants.O_RDONLY | NONBLOCK);
  } catch (error) {
    return contentOfError(error);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return { type: "no-file" };
    const { hash, go, modules } = await digest(file, stats, basename(path));
    const steady = signatureOf(stats) === signatureOf(await file.stat());
    return { type: "file", stats, steady, hash, go, modules };
  } catch (error) {
    return contentOfError(error);
  } finally {
    await file.close();
  }
}

/** Differs whenever a file was written, replaced or moved, as far as its times tell. */
export function signatureOf(stats: Stats): string {
  return `${stats.mtimeMs}:${stats.ctimeMs}:${stats.size}:${stats.ino}`;
}

// Windows has no such flag.
const NONBLOCK: number = constants.O_NONBLOCK ?? 0;
const WHOLE_BYTES = 1 << 20;

async function digest(
  file: FileHandle,
  stats: Stats,
  name: string,
): Promise<Pick<FileContent, "hash" | "go" | "modules">> {
  const isGo = name.endsWith(".go");
  if (isGo || stats.size <= WHOLE_BYTES) {
    const data = await file.readFile();
    const text = isGo || isModuleFileName(name) ? data.toString("utf8") : "";
    return {
      hash: sha256(data),
      go: isGo ? goContent(text) : null,
      modules: isModuleFileName(name) ? (moduleMeaning(name, text)?.join("\n") ?? null) : null,
    };
  }
  const hash = createHash("sha256");
  const stream = file.createReadStream({ autoClose: false, highWaterMark: WHOLE_BYTES / 4 });
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return { hash: hash.digest("base64"), go: null, modules: null };
}

function goContent(source: string): GoContent {
  return {
    header: sha256(goHeader(source)),
    generated: isGenerated(source),
    meaning: meaningOf(source),
  };
}

function meaningOf(source: string): Meaning | null {
  const declarations = goMeaning(source);
  if (declarations === null) return null;
  const hash = createHash("sha256");
  const lines: string[] = [];
  for (const { name, text } of declarations) {
    hash.update(`${text}\0`);
    const own = name.slice(name.search(/[^ .]+$/));
    const body = text.replace(`\n${own}\n`, "\n");
    lines.push(`${name}\t${digest64(text)}\t${digest64(body)}`);
  }
  return { hash: hash.digest("base64"), declarations: lines.join("\n") };
}

/** The declarations of a file as they are kept. */
export function declarationsOf({ declarations }: Meaning): readonly KnownDeclaration[] {
  if (declarations === "") return [];
  return declarations.split("\n").map((line) => {
    const [name = "", digest = "", body = ""] = line.split("\t");
    return { name, digest, body };
  });
}

const digest64 = (text: string): string => sha256(Buffer.from(text)).slice(0, 11);

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("base64");
}

/** The hash of a file with nothing in it. */
export const EMPTY_HASH: string = sha256("");

function contentOfError(error: unknown): Content {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return { type: "absent" };
  if (code === "ENXIO" || code === "EISDIR") return { type: "no-file" };
  return { type: "unreadable" };
}
