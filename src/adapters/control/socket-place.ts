import { chmod, lstat, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { ioFailure } from "../../core/io-failure.ts";

/** Where the control socket of a program is: a file, or on Windows the name of a pipe. */
export function controlPath(
  runtimeDir: string,
  key: string,
  platform: NodeJS.Platform = process.platform,
): string {
  return platform === "win32" ? `\\\\.\\pipe\\gust-${key}` : join(runtimeDir, `${key}.sock`);
}

/**
 * Makes the socket's directory, for this user alone; null when that is so. A directory in /tmp
 * that somebody else has made is refused: its owner could put another socket in our place.
 */
export async function preparePlace(path: string): Promise<Failure | null> {
  if (process.platform === "win32") return null;
  if (Buffer.byteLength(path) > MOST_PATH) {
    return {
      code: "IO_FAILED",
      message: `the path of the control socket is too long: ${path}`,
      hint: "set XDG_RUNTIME_DIR to a directory with a shorter path",
    };
  }
  const dir = dirname(path);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const stat = await lstat(dir);
    const mine = stat.isDirectory() && stat.uid === process.getuid?.();
    if (!mine) {
      return {
        code: "IO_FAILED",
        message: `${dir} is not a directory of yours`,
        hint: "remove it, or set XDG_RUNTIME_DIR",
      };
    }
    if ((stat.mode & 0o077) !== 0) await chmod(dir, 0o700);
    return null;
  } catch (error) {
    return ioFailure(error, "make", dir);
  }
}

/** Socket addresses have room for 104 bytes on macOS, with the final zero; 108 on Linux. */
const MOST_PATH = 103;
