import type { Failure } from "../../core/failure.ts";

/** One way to see changes below directories. What it sees goes to its `SourceSink`. */
export interface Source {
  /**
   * Watches a directory; with `deep` also everything below that `skipDir` lets pass. Files that
   * changed after `since` (milliseconds since 1970) are reported at once.
   */
  watch(dir: string, deep: boolean, since: number | null): void;
  /** Resolves when every directory asked for so far is watched. */
  settled(): Promise<void>;
  readonly directories: number;
  close(): void;
}

export interface SourceSink {
  /** A file, which may have come, gone or changed. */
  touched(path: string): void;
  /** Called once for every event that the system sends. */
  event(): void;
  lost(reason: string): void;
  failed(failure: Failure): void;
}

/** The part of `fs.watch` that is used; tests replace it to make it fail. */
export type WatchFunction = (
  dir: string,
  options: { readonly recursive: boolean },
  listener: WatchListener,
) => WatchHandle;

/** `rename`: a name appeared or disappeared; `change`: anything else. */
export type WatchListener = (event: "rename" | "change", name: string | null) => void;

export interface WatchHandle {
  close(): void;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Watches one directory, not its subdirectories. Throws what the system throws. */
export type DirectoryWatch = (
  dir: string,
  listener: WatchListener,
  /** True when changes count from this call on, not from `settled`. */
  isLate: boolean,
) => { close(): void };

/** The code of a system error: `ENOENT`; an empty string for other errors. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
