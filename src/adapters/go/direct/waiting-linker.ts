import { EventEmitter, once } from "node:events";
import { rename, rm } from "node:fs/promises";
import type { Child } from "../../../engine/processes.ts";
import type { DirectOptions, Env } from "./options.ts";

export interface WaitingSpec {
  readonly options: DirectOptions;
  readonly argv: readonly string[];
  readonly dir: string;
  readonly env: Env;
  /** Import path and file of the packages that are loaded before the save, imported ones first. */
  readonly early: readonly (readonly [path: string, file: string])[];
  /** Where the linker writes the program, before it gets its name. */
  readonly draft: string;
}

export interface LinkLines {
  /** Import path and file of all packages that are not loaded yet, the main package among them. */
  readonly late: readonly (readonly [path: string, file: string])[];
  /** The object of the main package. */
  readonly main: string;
  readonly buildId: string;
}

/** Where it has not linked, the usual linker has to; `refused`: this one never will. */
export type WaitingResult = "linked" | "refused" | "gone";

/**
 * A linker that has loaded what will not change, and waits to be told the rest (linker/ld/gust.go).
 * It links once. It ends when gust does: the other end of its input is gust's.
 */
export class WaitingLinker {
  readonly #spec: WaitingSpec;
  readonly #child: Child;
  readonly #signs = new EventEmitter();
  readonly #gone: Promise<unknown>;
  #said = "";
  #state: "loading" | "waiting" | "over" = "loading";
  #code: number | null = null;

  /** A string tells why it does not wait. After an abort it is gone. */
  static async start(spec: WaitingSpec, signal: AbortSignal): Promise<WaitingLinker | string> {
    if (signal.aborted) return "it was given up";
    const linker = new WaitingLinker(spec);
    const stop = (): void => linker.#child.kill();
    signal.addEventListener("abort", stop, { once: true });
    await Promise.race([once(linker.#signs, "said"), linker.#gone]);
    signal.removeEventListener("abort", stop);
    if (linker.waits) return linker;
    await linker.close();
    return linker.refusal;
  }

  private constructor(spec: WaitingSpec) {
    const { argv, dir, env, early, options } = spec;
    this.#spec = spec;
    let pid: number | null = null;
    this.#gone = once(this.#signs, "gone");
    const gone = (): void => {
      this.#state = "over";
      if (pid !== null) options.onProcess?.(pid, false);
      this.#signs.emit("gone");
    };
    this.#child = options.processes.spawn(
      {
        argv,
        dir,
        env: { ...env, GUST_LINKER: "waiting" },
        stdin: "pipe",
        terminal: null,
        sockets: false,
        // What the save waits for cannot get a better priority later than it has now.
        nice: 0,
      },
      {
        started: (started) => {
          pid = started;
          options.onProcess?.(started, true);
        },
        failed: gone,
        output: (_, data) => this.#heard(Buffer.from(data).toString()),
        listening: () => undefined,
        exited: (code) => {
          this.#code = code;
          this.#child.kill();
        },
        gone,
      },
    );
    this.#tell([...early.map(([path, file]) => `packagefile ${path}=${file}`), "load"]);
  }

  get waits(): boolean {
    return this.#state === "waiting";
  }

  /** Why it does not wait, or has not linked. */
  get refusal(): string {
    return /^unfit (.*)/m.exec(this.#said)?.[1] ?? "the linker does not work as it should";
  }

  /** Links, and is gone then, whatever comes of it. */
  async link(lines: LinkLines, output: string, signal: AbortSignal): Promise<WaitingResult> {
    if (!this.waits || signal.aborted) {
      await this.close();
      return "gone";
    }
    this.#state = "over";
    const stop = (): void => this.#child.kill();
    const timer = setTimeout(stop, this.#spec.options.timeoutMs);
    signal.addEventListener("abort", stop, { once: true });
    this.#tell([
      ...lines.late.map(([path, file]) => `packagefile ${path}=${file}`),
      `main ${lines.main}`,
      `buildid ${lines.buildId}`,
      "link",
    ]);
    this.#child.closeInput();
    await this.#gone;
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    // What it has to say `go build` would say, too: the usual linker does.
    const good = this.#code === 0 && this.#said === "waiting\n" && !signal.aborted;
    if (good) await rename(this.#spec.draft, output);
    else await rm(this.#spec.draft, { force: true });
    if (good) return "linked";
    return this.#code === null || signal.aborted ? "gone" : "refused";
  }

  async close(): Promise<void> {
    this.#child.kill();
    await this.#gone;
    await rm(this.#spec.draft, { force: true });
  }

  #heard(text: string): void {
    this.#said += text;
    // It says one line before it is asked to link.
    if (this.#state !== "loading" || !this.#said.includes("\n")) return;
    if (this.#said === "waiting\n") this.#state = "waiting";
    this.#signs.emit("said");
  }

  #tell(lines: readonly string[]): void {
    this.#child.write(Buffer.from(`${lines.join("\n")}\n`));
  }
}
