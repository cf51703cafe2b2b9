import type { Failure } from "../../core/failure.ts";
import type { Processes, TerminalSpec } from "../../engine/processes.ts";

/**
 * Runs one command to its end. Never rejects. After an abort or a timeout the whole tree is
 * killed, and the result comes only when it is gone. What a command leaves running behind it is
 * killed too.
 */
export function runCommand(spec: CommandSpec): Promise<CommandResult> {
  if (spec.signal.aborted) return Promise.resolve({ type: "cancelled" });
  return new Promise((resolve) => {
    const output = new OutputBuffers(spec.keep ?? null);
    let end: { code: number | null; signal: string | null } = { code: null, signal: null };
    let stopped: "cancelled" | "timed-out" | null = null;
    let pid: number | null = null;

    const stop = (why: "cancelled" | "timed-out"): void => {
      stopped ??= why;
      child.kill();
    };
    const onAbort = (): void => stop("cancelled");
    const timer =
      spec.timeoutMs === null ? null : setTimeout(() => stop("timed-out"), spec.timeoutMs);
    const finish = (result: CommandResult): void => {
      if (timer !== null) clearTimeout(timer);
      spec.signal.removeEventListener("abort", onAbort);
      if (pid !== null) spec.onProcess?.(pid, false);
      resolve(result);
    };

    const child = spec.processes.spawn(
      {
        argv: spec.argv,
        dir: spec.dir,
        env: spec.env,
        stdin: "none",
        terminal: spec.terminal ?? null,
        sockets: false,
        nice: spec.nice ?? 0,
      },
      {
        started: (started) => {
          pid = started;
          spec.onProcess?.(started, true);
        },
        failed: (failure) => finish({ type: "failed", failure }),
        output: (stream, data) => {
          output.add(stream, data);
          spec.output?.(stream, data);
        },
        listening: () => undefined,
        exited: (code, signal) => {
          end = { code, signal };
          child.kill();
        },
        gone: () => {
          const { kept, text } = output.texts();
          if (stopped === "cancelled") finish({ type: "cancelled" });
          else if (stopped === "timed-out") finish({ type: "timed-out", text });
          else finish({ type: "ended", ...end, kept, text });
        },
      },
    );
    spec.signal.addEventListener("abort", onAbort, { once: true });
  });
}

export interface CommandSpec {
  readonly processes: Processes;
  readonly argv: readonly string[];
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Null: no limit. */
  readonly timeoutMs: number | null;
  readonly terminal?: TerminalSpec | null;
  /** The stream of which the result has everything. */
  readonly keep?: "stdout" | "stderr";
  /** Niceness that is added to gust's own. */
  readonly nice?: number;
  /** Gets the output as it comes, besides the result. */
  readonly output?: OutputSink | undefined;
  /** Told when the process starts and when its whole tree is gone. */
  readonly onProcess?: ((pid: number, alive: boolean) => void) | undefined;
}

export type OutputSink = (stream: "stdout" | "stderr", data: Uint8Array) => void;

export type CommandResult =
  | {
      readonly type: "ended";
      readonly code: number | null;
      readonly signal: string | null;
      /** All of the stream that was to be kept. */
      readonly kept: string;
      /** Both streams in the order in which they came, shortened in the middle. */
      readonly text: string;
    }
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "timed-out"; readonly text: string }
  | { readonly type: "cancelled" };

/** Says in words how a command ended: `exit status 2`, `killed by SIGSEGV`. */
export function describeEnd(end: { code: number | null; signal: string | null }): string {
  if (end.signal !== null) return `killed by ${end.signal}`;
  return `exit status ${end.code ?? "unknown"}`;
}

/** A command may print without end; of both streams together the first and last part is kept. */
const headBytes = 48 * 1024;
const tailBytes = 16 * 1024;

class OutputBuffers {
  readonly #kept: Uint8Array[] = [];
  readonly #head: Uint8Array[] = [];
  #headSize = 0;
  #tail: Uint8Array[] = [];
  #tailSize = 0;
  #dropped = 0;
  readonly #keep: "stdout" | "stderr" | null;

  constructor(keep: "stdout" | "stderr" | null) {
    this.#keep = keep;
  }

  add(stream: "stdout" | "stderr", data: Uint8Array): void {
    if (stream === this.#keep) this.#kept.push(data);
    const room = headBytes - this.#headSize;
    if (room > 0) {
      this.#head.push(data.subarray(0, room));
      this.#headSize += Math.min(room, data.length);
    }
    if (data.length > room) this.#addTail(data.subarray(Math.max(room, 0)));
  }

  #addTail(data: Uint8Array): void {
    this.#tail.push(data);
    this.#tailSize += data.length;
    if (this.#tailSize < 2 * tailBytes) return;
    const all = Buffer.concat(this.#tail);
    this.#tail = [all.subarray(all.length - tailBytes)];
    this.#dropped += all.length - tailBytes;
    this.#tailSize = tailBytes;
  }

  texts(): { kept: string; text: string } {
    const head = Buffer.concat(this.#head).toString("utf8");
    const tail = Buffer.concat(this.#tail).toString("utf8");
    const gap = this.#dropped === 0 ? "" : `\n… ${this.#dropped} bytes left out …\n`;
    return { kept: Buffer.concat(this.#kept).toString("utf8"), text: head + gap + tail };
  }
}
