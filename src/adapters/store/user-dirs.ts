import { createHash } from "node:crypto";
import { posix, win32 } from "node:path";

/** Where a user's programs keep things, by the custom of the system. Absolute. */
export interface UserDirs {
  /** What may be lost: binaries, run records, the keeper. */
  readonly cacheDir: string;
  /** What lives as long as a process: the control socket. Made with mode 0700 by its user. */
  readonly runtimeDir: string;
}

export interface UserDirsQuery {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Directory for temporary files. */
  readonly tmp: string;
  /** Number of the user; null on Windows. */
  readonly uid: number | null;
}

/** Decides the directories; touches no file. `GUST_CACHE_DIR` goes before the system's custom. */
export function userDirs(query: UserDirsQuery): UserDirs {
  const { env, platform, home, tmp, uid } = query;
  const path = platform === "win32" ? win32 : posix;
  // The XDG specification says that relative paths are to be ignored.
  const absolute = (value: string | undefined): string | null =>
    value !== undefined && path.isAbsolute(value) ? value : null;
  const runtime = platform === "win32" ? null : absolute(env["XDG_RUNTIME_DIR"]);
  return {
    cacheDir: absolute(env["GUST_CACHE_DIR"]) ?? path.join(systemCache(), "gust"),
    runtimeDir:
      runtime === null ? path.join(tmp, `gust-${uid ?? "user"}`) : path.join(runtime, "gust"),
  };

  function systemCache(): string {
    if (platform === "win32") {
      return absolute(env["LOCALAPPDATA"]) ?? path.join(home, "AppData", "Local");
    }
    const custom = absolute(env["XDG_CACHE_HOME"]);
    if (custom !== null) return custom;
    return platform === "darwin" ? path.join(home, "Library", "Caches") : path.join(home, ".cache");
  }
}

/** A file name for one program of one project: readable, and different for every other one. */
export function projectKey(root: string, mainPackage: string): string {
  const hash = createHash("sha256").update(`${root}\0${mainPackage}`).digest("hex").slice(0, 8);
  const name = root.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  return `${name.replace(/[^\w.-]/g, "_").slice(0, 40) || "root"}-${hash}`;
}
