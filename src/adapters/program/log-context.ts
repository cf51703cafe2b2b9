import { randomBytes } from "node:crypto";

/** What tells the log lines and spans of one process from those of another version. */
export interface ProcessContext {
  /** Process number of the first process of this run of gust; null until it is known. */
  readonly origPid: number | null;
  /** How many processes of the program were started before this one. */
  readonly reloadCount: number;
  /** W3C: the span of the reload that started the process. */
  readonly traceparent: string;
}

/** One process that is started with a context. */
export interface ContextOfProcess {
  /** What is added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly context: () => ProcessContext;
  /** It runs: the first one gives the run its number. */
  started(pid: number): void;
}

/** The contexts of the processes of one program, in the order in which they are started. */
export class LogContexts {
  readonly #runId: string;
  readonly #bytes: (size: number) => Buffer;
  #origPid: number | null = null;
  #started = 0;

  constructor(runId: string, bytes: (size: number) => Buffer = randomBytes) {
    this.#runId = runId;
    this.#bytes = bytes;
  }

  /** `build` is the generation; `env` is what the process has besides. */
  next(build: number, env: Readonly<Record<string, string>>): ContextOfProcess {
    const reloadCount = this.#started;
    // A process that could not be started has no number, and the next one is the first.
    const origPid = this.#origPid;
    this.#started += 1;
    const traceparent = this.#traceparent();
    const own = origPid === null ? "" : `${origPid}`;
    return {
      env: {
        // The keeper fills in what is left open: docs/logs.md.
        GUST_ORIG_PID: own,
        GUST_RELOAD_COUNT: `${reloadCount}`,
        TRACEPARENT: traceparent,
        OTEL_RESOURCE_ATTRIBUTES: attributes(env["OTEL_RESOURCE_ATTRIBUTES"] ?? "", [
          ["service.instance.id", `${this.#runId}-${reloadCount}`],
          ["gust.build", `${build}`],
          ["gust.reload_count", `${reloadCount}`],
          ["gust.orig_pid", own],
        ]),
      },
      context: () => ({ origPid: origPid ?? this.#origPid, reloadCount, traceparent }),
      started: (pid) => {
        this.#origPid ??= pid;
      },
    };
  }

  /** A new trace for each reload; the specification forbids ids of nothing but zeros. */
  #traceparent(): string {
    const id = (size: number): string => {
      const text = this.#bytes(size).toString("hex");
      return /^0+$/.test(text) ? `${text.slice(1)}1` : text;
    };
    return `00-${id(16)}-${id(8)}-01`;
  }
}

/** The user's own attributes stay, and win where they name the same. */
export function attributes(
  users: string,
  ours: readonly (readonly [key: string, value: string])[],
): string {
  const named = new Set(users.split(",").map((one) => one.split("=", 1)[0]?.trim()));
  const kept = users.trim().replace(/,+$/, "");
  const added = ours
    .filter(([key]) => !named.has(key))
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return [...(kept === "" ? [] : [kept]), ...added].join(",");
}
