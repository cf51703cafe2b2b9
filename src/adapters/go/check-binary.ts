import { constants } from "node:fs";
import { access, lstat, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { canRun, describeFormat, readBinaryFormat } from "../../core/binary-format.ts";
import type { Platform } from "../../core/binary-format.ts";
import type { Failure } from "../../core/failure.ts";
import { errorCode } from "../../core/io-failure.ts";

/**
 * Whether a file can be started on this machine: it exists, is a regular file that may be
 * executed, and has the machine's format (or begins with `#!`). Null when all is well.
 * `changedSince` (milliseconds of the wall clock) is used for hints only: files written since then
 * are named when the expected one is missing.
 */
export async function checkBinary(
  path: string,
  machine: Platform,
  changedSince: number,
): Promise<Failure | null> {
  let seen: Awaited<ReturnType<typeof stat>>;
  try {
    seen = await stat(path);
  } catch (error) {
    return missing(path, errorCode(error), changedSince);
  }
  if (!seen.isFile()) {
    const kind = seen.isDirectory() ? "a directory" : "no regular file";
    return {
      code: "BINARY_NOT_FILE",
      message: `${path} is ${kind}, not a program`,
      hint: seen.isDirectory()
        ? `name the file in it: a build with \`-o ${basename(path)}/\` writes into the directory`
        : "let the build write a file",
    };
  }
  try {
    await access(path, constants.X_OK);
  } catch {
    // The linker makes programs executable, and the compiler does not what is none.
    const head = await readHead(path).catch(() => new Uint8Array());
    if (readBinaryFormat(head).type === "archive") return notMain(path);
    return {
      code: "BINARY_NOT_EXECUTABLE",
      message: `${path} may not be executed`,
      seen: `mode ${(seen.mode & 0o7777).toString(8).padStart(4, "0")}`,
      hint: `run \`chmod +x ${path}\`, or let the build do it`,
    };
  }
  return checkFormat(path, machine);
}

async function checkFormat(path: string, machine: Platform): Promise<Failure | null> {
  let head: Uint8Array;
  try {
    head = await readHead(path);
  } catch (error) {
    // A file that may be executed and not read is a program all the same, but cannot be kept.
    return {
      code: "BINARY_UNREADABLE",
      message: `${path} cannot be read`,
      seen: error instanceof Error ? error.message : String(error),
      hint: "let the build write a file that you may read",
    };
  }
  const format = readBinaryFormat(head);
  if (canRun(format, machine)) return null;
  const here = `${machine.os}/${machine.arch}`;
  return {
    code: "BINARY_WRONG_FORMAT",
    message: `${path} cannot run here (${here}): it is ${describeFormat(format)}`,
    hint:
      format.type === "binary"
        ? "check GOOS and GOARCH in the environment, the env files and `go env`"
        : "check what the build command writes there",
  };
}

function notMain(path: string): Failure {
  return {
    code: "BINARY_WRONG_FORMAT",
    message: "the package cannot be run: its files do not say `package main`",
    seen: `${path} is ${describeFormat({ type: "archive" })}`,
    hint: "correct the package clause, or name the main package",
  };
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function missing(path: string, code: string, changedSince: number): Promise<Failure> {
  if (code === "ELOOP") {
    return {
      code: "BINARY_LINK_LOOP",
      message: `${path} is a symbolic link that leads back to itself`,
      hint: `remove the link: \`rm ${path}\``,
    };
  }
  if (code === "EACCES") {
    return {
      code: "BINARY_UNREADABLE",
      message: `${path} cannot be reached`,
      seen: "permission denied on a directory above it",
    };
  }
  const isLink = await lstat(path).then(
    (seen) => seen.isSymbolicLink(),
    () => false,
  );
  if (isLink) {
    return {
      code: "BINARY_MISSING",
      message: `${path} is a symbolic link to a file that does not exist`,
      hint: "let the build write the file that the link names",
    };
  }
  const written = await writtenSince(path, changedSince);
  const names = written.map((file) => basename(file)).join(", ");
  return {
    code: "BINARY_MISSING",
    message: `the build command succeeded, but ${path} does not exist`,
    ...(written.length === 0 ? {} : { seen: `written beside it: ${names}` }),
    hint:
      written.length === 0
        ? "let `build.cmd` write this file, or set `build.entrypoint` to what it writes"
        : `did you mean \`build.entrypoint = ["${written[0] ?? ""}"]\`?`,
  };
}

/** Files in the directory of `path` that are executable and newer than the build's begin. */
async function writtenSince(path: string, since: number): Promise<readonly string[]> {
  const dir = dirname(path);
  const names = await readdir(dir).catch(() => []);
  const found: string[] = [];
  for (const name of names.slice(0, 200)) {
    const seen = await stat(join(dir, name)).catch(() => null);
    // A rename changes only the time of the last change of state, the ctime.
    const isNew = seen !== null && seen.ctimeMs >= since - clockGrain;
    if (isNew && seen.isFile() && (seen.mode & 0o111) !== 0) {
      found.push(join(dir, name));
    }
  }
  return found;
}

/** File times come from a coarser clock (ms), which may be behind by one tick. */
const clockGrain = 20;
