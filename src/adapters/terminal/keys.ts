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
  /** Ctrl-Z: called before gust stops itself. */
  readonly onSuspend: () => Promise<void>;
  /** It goes on, maybe in the background (`bg`); called again when it comes to the foreground. */
  readonly onResume: (foreground: boolean) => void;
  /** False when another job has the terminal: then it must be left alone. */
  readonly foreground?: () => boolean;
  /** Calls back once after `ms`; the result cancels it. */
  readonly after?: (ms: number, callback: () => void) => () => void;
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
  const { stdin } = options;
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return null;
  return new TerminalKeys(options);
}

class TerminalKeys implements Keys {
  readonly #options: KeyOptions;
  readonly #foreground: () => boolean;
  readonly #reader = new KeyReader();
  /** The terminal is ours. */
  #taken = false;
  /** It should be, as far as it can. */
  #wanted = true;
  #cancelLook: (() => void) | null = null;

  constructor(options: KeyOptions) {
    this.#options = options;
    this.#foreground = options.foreground ?? isForeground;
    // An exit by any way, also by an uncaught error, gives the terminal back as it was.
    options.process.on("exit", this.#release);
    options.process.on("SIGCONT", this.#resume);
    this.#take();
    if (!this.#taken) this.#look();
  }

  release(): void {
    this.#wanted = false;
    this.#release();
  }

  take(): void {
    this.#wanted = true;
    this.#take();
  }

  leave(): void {
    this.#reader.leave();
  }

  close(): void {
    this.release();
    this.#cancelLook?.();
    this.#options.process.off("exit", this.#release);
    this.#options.process.off("SIGCONT", this.#resume);
  }

  #take(): void {
    // Whoever changes a terminal from the background is stopped by the system.
    if (this.#taken || !this.#wanted || !this.#foreground()) return;
    this.#taken = true;
    const { stdin } = this.#options;
    stdin.setRawMode?.(true);
    stdin.on("data", this.#read);
    stdin.resume();
  }

  readonly #release = (): void => {
    if (!this.#taken) return;
    this.#taken = false;
    const { stdin } = this.#options;
    stdin.off("data", this.#read);
    stdin.pause();
    stdin.setRawMode?.(false);
  };

  readonly #read = (data: Uint8Array): void => {
    for (const typed of this.#reader.read(data)) {
      if (typed.type === "bytes") this.#options.onBytes(typed.data);
      else if (typed.command === "suspend") void this.#suspend();
      else this.#options.onKey(typed.command);
    }
  };

  async #suspend(): Promise<void> {
    this.#release();
    await this.#options.onSuspend();
    // The whole job, as the shell waits for its first process, which need not be this one.
    this.#options.process.kill(0, "SIGTSTP");
  }

  readonly #resume = (): void => {
    if (!this.#wanted || this.#taken) return;
    this.#take();
    this.#options.onResume(this.#taken);
    if (!this.#taken) this.#look();
  };

  /** No signal tells that `fg` brought a job back that was running: one has to look. */
  #look(): void {
    this.#cancelLook?.();
    this.#cancelLook = (this.#options.after ?? unrefTimer)(LOOK_MS, () => {
      if (this.#foreground()) this.#resume();
      else this.#look();
    });
  }
}

const LOOK_MS = 500;

function unrefTimer(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms).unref();
  return () => clearTimeout(timer);
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
