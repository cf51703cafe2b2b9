import { TextDecoder } from "node:util";
import type { Failure } from "../../core/failure.ts";
import type { Notice } from "../../core/notice.ts";
import type { ConsoleEntry } from "../../core/page-state.ts";
import { toldState } from "../../core/told-state.ts";
import type { View } from "../../core/view.ts";
import type { WatchReport } from "../../engine/ports.ts";
import type { TracedCommand } from "./command-words.ts";
import type { Face } from "./face.ts";
import { Lane } from "./lane.ts";
import type { Stream } from "./screen.ts";
import type { Sink } from "./sink.ts";

export interface JsonOptions {
  readonly stdout: Sink;
  /** ISO 8601 with milliseconds, in UTC. */
  readonly time: () => string;
  /** What tells a process of the program from the others; null where it is not known. */
  readonly contextOf?: (pid: number) => object | null;
  /** The destination takes no more, for example because its reader is gone. */
  readonly lost: (stream: Stream, error: Error) => void;
  /** What runs: the first event tells it. */
  readonly hello: {
    readonly gust: string;
    readonly pid: number;
    readonly root: string;
    readonly environment: string;
    readonly main: string;
  };
}

/** The version of what `docs/json.md` describes. */
export const JSON_VERSION = 1;

/** `--json`: everything as one object per line on stdout, as docs/json.md describes it. */
export class JsonPresenter implements Face {
  readonly #lane: Lane;
  readonly #time: () => string;
  readonly #tag: { readonly service?: string };
  readonly #decoders: Readonly<Record<Stream, TextDecoder>> = {
    stdout: new TextDecoder("utf-8", { ignoreBOM: true }),
    stderr: new TextDecoder("utf-8", { ignoreBOM: true }),
  };
  readonly #contextOf: (pid: number) => object | null;
  readonly #options: JsonOptions;
  #state = "";

  constructor(options: JsonOptions, member?: { readonly service: string; readonly lane: Lane }) {
    this.#time = options.time;
    this.#contextOf = options.contextOf ?? (() => null);
    this.#tag = member === undefined ? {} : { service: member.service };
    this.#lane = member?.lane ?? new Lane(options.stdout, (error) => options.lost("stdout", error));
    this.#options = options;
    if (member === undefined) this.#write("hello", options.hello);
  }

  /** The same for one of several services: each event tells which. */
  member(service: string): JsonPresenter {
    return new JsonPresenter(this.#options, { service, lane: this.#lane });
  }

  notice(notice: Notice, view: View): void {
    const context = notice.type === "live" ? this.#contextOf(notice.pid) : null;
    this.#write(notice.type, context === null ? notice : { ...notice, context });
    this.view(view);
  }

  /** Only what differs from before is worth an event; the passing of time is not. */
  view(view: View): void {
    const state = toldState(view);
    const text = JSON.stringify(state);
    if (text === this.#state) return;
    this.#state = text;
    this.#write("state", state);
  }

  output(stream: Stream, data: Uint8Array): boolean {
    const text = this.#decoders[stream].decode(data, { stream: true });
    if (text !== "") this.#write("output", { stream, text });
    return this.#lane.room;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#lane.whenEmpty(resolve));
  }

  watching(report: WatchReport, root: string): void {
    this.#write("watching", { root, ...report });
  }

  waiting(names: readonly string[]): void {
    this.#write("waiting", { for: names });
  }

  /** The proxy before the program is open; `appPort` is null where it follows the program. */
  proxy(url: string, appPort: number | null): void {
    this.#write("proxy", { url, appPort });
  }

  /** It is open from now on. */
  dashboard(url: string): void {
    this.#write("dashboard", { url });
  }

  console(entry: ConsoleEntry): void {
    this.#write("browser-console", entry);
  }

  failure(what: string, failure: Failure): void {
    this.#write("problem", { what, failure });
  }

  command(command: TracedCommand): void {
    this.#write("command", command);
  }

  close(code: number): Promise<void> {
    this.#flush();
    // gust itself says good-bye once.
    if (this.#tag.service === undefined) this.#write("bye", { code });
    return this.drained();
  }

  rescue(): void {
    this.#flush();
    this.#lane.rescue();
  }

  /** What the program began of a character, and never finished. */
  #flush(): void {
    for (const stream of STREAMS) {
      const text = this.#decoders[stream].decode();
      if (text !== "") this.#write("output", { stream, text });
    }
  }

  #write(type: string, fields: object): void {
    const event = { v: JSON_VERSION, time: this.#time(), type, ...this.#tag, ...fields };
    this.#lane.put(Buffer.from(`${JSON.stringify(event)}\n`));
  }
}

const STREAMS: readonly Stream[] = ["stdout", "stderr"];
