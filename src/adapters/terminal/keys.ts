import { readFileSync } from "node:fs";
import { KeyReader } from "./key-reader.ts";
import type { KeyCommand } from "./key-reader.ts";

export type { KeyCommand } from "./key-reader.ts";

/** The terminal as an input; `process.stdin` is one. */
export interface KeyInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: "data", listener: (data: Uint8Array) => void): unknown;
  off(event: "data", listener: (data: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** The parts of `process` that keys need. */
export interface KeyProcess {
  on(event: "exit" | "SIGCONT", listener: () => void): unknown;
  off(event: "exit" | "SIGCONT", listener: () => void): unknown;
  kill(pid: number, signal: string): unknown;
}

export interface KeyOptions {
  readonly stdin: KeyInput;
  readonly process: KeyProcess;
  readonly onKey: (command: Exclude<KeyCommand, "suspend">) => void;
  /** What is typed while the program has the terminal. */
  readonly onBytes: (data: Uint8Array) => void;
  /** Ctrl-Z: called before gust stops itself, and after it goes on. */
  readonly onSuspend: () => Promise<void>;
  readonly onResume: () => void;
  /** False when another job has the terminal: then it must be left alone. */
  readonly foreground?: () => boolean;
}

export interface Keys {
  /** Leaves the terminal to somebody else, such as an editor, in the mode it was found in. */
  release(): void;
  /** Takes it back. */
  take(): void;
  /** The program that had the terminal is gone: keys are commands again. */
  leave(): void;
  /** Restores the terminal; may be called at any time and more than once. */
  close(): void;
}

/** Reads keys from a terminal in raw mode; null where stdin is none. */
export function openKeys(options: KeyOptions): Keys | null {
  const { stdin, process: self } = options;
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return null;
  const foreground = options.foreground ?? isForeground;
  const reader = new KeyReader();
  let taken = false;
  let wanted = true;

  function take(): void {
    // Whoever changes a terminal from the background is stopped by the system.
    if (taken || !wanted || !foreground()) return;
    taken = true;
    stdin.setRawMode?.(true);
    stdin.on("data", read);
    stdin.resume();
  }

  function release(): void {
    if (!taken) return;
    taken = false;
    stdin.off("data", read);
    stdin.pause();
    stdin.setRawMode?.(false);
  }

  function read(data: Uint8Array): void {
    for (const typed of reader.read(data)) {
      if (typed.type === "bytes") options.onBytes(typed.data);
      else if (typed.command === "suspend") void suspend();
      else options.onKey(typed.command);
    }
  }

  async function suspend(): Promise<void> {
    release();
    await options.onSuspend();
    // The whole job, as the shell waits for its first process, which need not be this one.
    self.kill(0, "SIGTSTP");
  }

  function resume(): void {
    const before = taken;
    take();
    if (taken && !before) options.onResume();
  }

  // An exit by any way, also by an uncaught error, gives the terminal back as it was.
  self.on("exit", release);
  self.on("SIGCONT", resume);
  take();
  return {
    release: () => {
      wanted = false;
      release();
    },
    take: () => {
      wanted = true;
      take();
    },
    leave: () => reader.leave(),
    close: () => {
      wanted = false;
      release();
      self.off("exit", release);
      self.off("SIGCONT", resume);
    },
  };
}

/** On Linux: whether this process's group has its terminal. Elsewhere it is taken for granted. */
function isForeground(): boolean {
  if (process.platform !== "linux") return true;
  let stat: string;
  try {
    stat = readFileSync("/proc/self/stat", "utf8");
  } catch {
    return true;
  }
  // The name in parentheses may contain anything; after it come state, ppid, pgrp, session,
  // tty_nr and tpgid.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[2] === fields[5];
}
