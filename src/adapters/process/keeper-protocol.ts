import type { GoroutineGroup, Place, StateNews, StopReport, Told } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import type { Address } from "../../core/version.ts";
import type { TerminalSpec } from "../../engine/processes.ts";

/** What gust and the keeper say to each other; docs/keeper.md describes it. */
export const PROTOCOL_VERSION = 3;

export type KeeperCommand =
  | {
      readonly do: "spawn";
      readonly n: number;
      readonly argv: readonly string[];
      readonly dir: string;
      readonly env: readonly string[];
      readonly stdin: "none" | "pipe";
      readonly terminal: TerminalSpec | null;
      readonly sockets: boolean;
      readonly held?: boolean;
      readonly state?: boolean;
      readonly service?: boolean;
      readonly nice: number;
    }
  | { readonly do: "signal"; readonly n: number; readonly signal: string }
  | { readonly do: "kill" | "close-input" | "settle"; readonly n: number }
  /** `data` is base64. */
  | { readonly do: "write"; readonly n: number; readonly data: string }
  | {
      readonly do: "resize";
      readonly n: number;
      readonly columns: number;
      readonly rows: number;
    }
  /** `to` is 0 for nobody. */
  | {
      readonly do: "drain";
      readonly n: number;
      readonly to: number;
      readonly ms: number;
      readonly streams: "last" | "first" | "never";
    }
  | { readonly do: "release" | "listen"; readonly keep: readonly Address[] }
  /** `ms` 0: clients just wait. */
  | {
      readonly do: "hold";
      readonly ms: number;
      readonly page: string;
      readonly text: string;
      readonly header: string;
    }
  | { readonly do: "label"; readonly n: number; readonly text: string }
  | { readonly do: "report"; readonly n: number }
  | { readonly do: "notify"; readonly text: string }
  | { readonly do: "probe"; readonly n: number; readonly id: number; readonly port: number }
  | {
      readonly do: "accepted";
      readonly n: number;
      readonly id: number;
      readonly from: readonly number[];
      readonly port: number;
    }
  | { readonly do: "echo"; readonly n: number; readonly on: boolean }
  | { readonly do: "port-owner"; readonly id: number; readonly port: number }
  | { readonly do: "end" };

export type KeeperEvent =
  | {
      readonly event: "hello";
      readonly v: number;
      readonly pid: number;
      readonly capabilities: KeeperCapabilities;
    }
  | { readonly event: "started"; readonly n: number; readonly pid: number }
  | ({ readonly event: "failed"; readonly n: number } & StartError)
  | {
      readonly event: "listening";
      readonly n: number;
      readonly addresses: readonly Address[];
      readonly unheld: readonly Address[];
    }
  | { readonly event: "shim"; readonly n: number }
  | { readonly event: "accepting"; readonly n: number }
  | {
      readonly event: "drained";
      readonly n: number;
      readonly moved: number;
      readonly closed: number;
      readonly left: number;
      readonly main: Place | null;
      readonly goroutines: readonly GoroutineGroup[];
    }
  | { readonly event: "left"; readonly n: number; readonly left: number }
  | ({ readonly event: "report"; readonly n: number } & StopReport)
  | ({ readonly event: "state"; readonly n: number } & StateNews)
  | ({ readonly event: "told"; readonly n: number } & Told)
  /** `port` 0: there is no way to it. */
  | { readonly event: "probe"; readonly id: number; readonly port: number }
  | { readonly event: "accepted"; readonly id: number; readonly from: readonly number[] }
  | {
      readonly event: "exited";
      readonly n: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | {
      readonly event: "gone";
      readonly n: number;
      readonly killed: number;
      readonly held: readonly Address[];
    }
  | {
      readonly event: "port-owner";
      readonly id: number;
      readonly pid: number;
      readonly name: string;
    }
  | { readonly event: "trouble"; readonly message: string };

export interface KeeperCapabilities {
  readonly sockets: boolean;
  readonly treeProof: boolean;
  readonly terminal: boolean;
  readonly parentDeath: boolean;
  readonly held: boolean;
}

/** Why a start failed: at which step, and the name of the system's error (`ENOENT`). */
export interface StartError {
  readonly stage: "directory" | "lookup" | "terminal" | "pipe" | "exec";
  readonly errno: string;
  readonly message: string;
}

export function encodeCommand(command: KeeperCommand): string {
  return `${JSON.stringify(command)}\n`;
}

/** Reads one line of the keeper; null when it is no event of this version. */
export function parseEvent(line: string): KeeperEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("event" in value)) return null;
  const names: readonly unknown[] = [
    "hello",
    "started",
    "failed",
    "listening",
    "shim",
    "accepting",
    "drained",
    "left",
    "report",
    "state",
    "told",
    "probe",
    "accepted",
    "exited",
    "gone",
    "port-owner",
    "trouble",
  ];
  // The keeper is built from the sources that came with this file, so its fields are trusted.
  return names.includes(value.event) ? (value as KeeperEvent) : null;
}

/** Splits text that arrives in pieces into lines. */
export class LineSplitter {
  #rest = "";

  /** Returns the lines that are complete now, without their line ends. */
  push(text: string): string[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}

/** What a frame of the output pipe is: bytes of a stream, or a mark at a place in the output. */
export type FrameKind = "stdout" | "stderr" | "exited" | "gone";

export interface FrameSink {
  output(n: number, stream: "stdout" | "stderr", data: Uint8Array): void;
  mark(n: number, mark: "exited" | "gone"): void;
}

const HEADER_SIZE = 9;
const KINDS: readonly (FrameKind | undefined)[] = [undefined, "stdout", "stderr", "exited", "gone"];

/**
 * Takes the output pipe apart: process number u32, stream u8, length u32, big-endian, then the
 * bytes. Nothing is collected: a payload is handed on in the pieces in which it comes.
 */
export class FrameParser {
  readonly #sink: FrameSink;
  readonly #header: Uint8Array = new Uint8Array(HEADER_SIZE);
  #have = 0;
  #left = 0;
  #n = 0;
  #kind: FrameKind = "stdout";

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      at += this.#left > 0 ? this.#payload(chunk, at) : this.#headerPart(chunk, at);
    }
  }

  #payload(chunk: Uint8Array, at: number): number {
    const piece = chunk.subarray(at, at + this.#left);
    this.#left -= piece.length;
    if (this.#kind === "stdout" || this.#kind === "stderr") {
      this.#sink.output(this.#n, this.#kind, piece);
    }
    return piece.length;
  }

  #headerPart(chunk: Uint8Array, at: number): number {
    const piece = chunk.subarray(at, at + HEADER_SIZE - this.#have);
    this.#header.set(piece, this.#have);
    this.#have += piece.length;
    if (this.#have === HEADER_SIZE) this.#begin();
    return piece.length;
  }

  #begin(): void {
    const view = new DataView(this.#header.buffer);
    this.#have = 0;
    this.#n = view.getUint32(0);
    this.#left = view.getUint32(5);
    const kind = KINDS[view.getUint8(4)];
    if (kind === undefined) throw new RangeError(`frame of unknown stream ${view.getUint8(4)}`);
    this.#kind = kind;
    if (kind === "exited" || kind === "gone") this.#sink.mark(this.#n, kind);
  }
}

/** Words for a start that failed. */
export function startFailure(argv: readonly string[], dir: string, error: StartError): Failure {
  const name = argv[0] ?? "";
  const failed = (message: string, hint: string): Failure => ({
    code: "START_FAILED",
    message,
    seen: error.message,
    hint,
  });
  if (error.stage === "directory") {
    return failed(`the working directory ${dir} cannot be used`, "create it, or name another one");
  }
  if (error.stage === "lookup") {
    return failed(
      `${name === "" ? "an empty command" : name} was not found in the PATH`,
      "install it, or write its path",
    );
  }
  if (error.stage !== "exec") {
    return failed(`${name} could not be connected`, "close programs that hold many files open");
  }
  return failed(`${name} could not be started`, EXEC_HINTS[error.errno] ?? "run it by hand to see");
}

const EXEC_HINTS: Readonly<Record<string, string>> = {
  ENOENT: "check that the file exists, and the interpreter that it names, if it is a script",
  EACCES: "make it executable with chmod +x, and check that its file system is not mounted noexec",
  EPERM: "check who may execute it",
  ENOEXEC: "it was built for another system, or is a script without a #! line",
  ETXTBSY: "another program is writing the file; start it when that is done",
  E2BIG: "its arguments and environment are too large together",
  EINVAL: "its arguments and environment may not contain a null byte",
  ENOTDIR: "a part of its path is a file",
  ELOOP: "a symbolic link on its path leads to itself",
  ENOMEM: "the system is short of memory",
  EAGAIN: "the limit of processes is reached (ulimit -u)",
  EMFILE: "the limit of open files is reached (ulimit -n)",
  ENFILE: "the system's limit of open files is reached",
};
