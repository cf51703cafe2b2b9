import type { TracedCommand } from "../../src/adapters/terminal/command-words.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { ConsoleEntry } from "../../src/core/page-state.ts";
import type { Notice } from "../../src/core/notice.ts";
import type { ToldState } from "../../src/core/told-state.ts";
import type { ProcessContext } from "../../src/adapters/program/log-context.ts";
import type { WatchReport } from "../../src/engine/ports.ts";

/** One line of `gust --json`, as docs/json.md describes it. */
export type GustEvent = {
  readonly v: number;
  readonly time: string;
  /** Of several, the one that it is about. */
  readonly service?: string;
} & (
  | (Notice & { readonly context?: ProcessContext })
  | ({ readonly type: "state" } & ToldState)
  | ({ readonly type: "watching"; readonly root: string } & WatchReport)
  | {
      readonly type: "hello";
      readonly gust: string;
      readonly pid: number;
      readonly root: string;
      readonly environment: string;
      readonly main: string;
    }
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly type: "dashboard"; readonly url: string }
  | { readonly type: "waiting"; readonly for: readonly string[] }
  | { readonly type: "proxy"; readonly url: string; readonly appPort: number | null }
  | { readonly type: "problem"; readonly what: string; readonly failure: Failure }
  | ({ readonly type: "command" } & TracedCommand)
  | ({ readonly type: "browser-console" } & ConsoleEntry)
  | { readonly type: "bye"; readonly code: number }
);

export type EventType = GustEvent["type"];
export type EventOf<T extends EventType> = Extract<GustEvent, { readonly type: T }>;

/** Longer than anything here may take on a machine that does other things as well. */
export const PATIENCE_MS = Number(process.env["GUST_E2E_PATIENCE_MS"] ?? 60_000);
const SHOWN = 60;

interface Waiting {
  readonly matches: (event: GustEvent) => boolean;
  readonly resolve: (event: GustEvent) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Everything that a gust has said, in order, and promises for what it will say. A wait that was
 * answered moves on behind its event, so that the next one looks at later events only.
 */
export class EventLog {
  readonly all: GustEvent[] = [];
  /** Lines of stdout that are no events: there must be none. */
  readonly strange: string[] = [];
  /** How many characters the program has written. */
  readonly written = { stdout: 0, stderr: 0 };
  #cursor = 0;
  #rest = "";
  #over: string | null = null;
  #waiting: Waiting[] = [];

  read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
  }

  /** Nothing more will come. */
  end(why: string): void {
    if (this.#rest !== "") this.strange.push(this.#rest);
    this.#over = why;
    for (const { reject } of this.#waiting) reject(this.#error(why));
    this.#waiting = [];
  }

  /** Where the log ends now. */
  get mark(): number {
    return this.all.length;
  }

  last<T extends EventType>(type: T): EventOf<T> | undefined {
    return this.all.findLast((event): event is EventOf<T> => event.type === type);
  }

  since<T extends EventType>(mark: number, type: T): EventOf<T>[] {
    return this.all.slice(mark).filter((event): event is EventOf<T> => event.type === type);
  }

  /** The next event of this type that matches, behind the one that was waited for last. */
  next<T extends EventType>(
    type: T,
    matches: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    return this.#find(
      (event): event is EventOf<T> => isOfType(event, type) && matches(event),
      type,
    );
  }

  /** The same where events of several types may come. */
  nextOf(matches: (event: GustEvent) => boolean, what: string): Promise<GustEvent> {
    return this.#find((event): event is GustEvent => matches(event), what);
  }

  #find<E extends GustEvent>(fits: (event: GustEvent) => event is E, what: string): Promise<E> {
    for (let index = this.#cursor; index < this.all.length; index += 1) {
      const event = this.all[index];
      if (event !== undefined && fits(event)) {
        this.#cursor = index + 1;
        return Promise.resolve(event);
      }
    }
    this.#cursor = this.all.length;
    if (this.#over !== null) return Promise.reject(this.#error(this.#over, what));
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(this.#error(`no such event within ${PATIENCE_MS / 1000} s`, what));
      }, PATIENCE_MS);
      const waiting: Waiting = {
        matches: fits,
        resolve: (event) => {
          clearTimeout(deadline);
          if (fits(event)) resolve(event);
        },
        reject: (error) => {
          clearTimeout(deadline);
          reject(error);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  /** What was said last, for a person who wants to know why a test failed. */
  tail(): string {
    return this.all
      .slice(-SHOWN)
      .map((event) => short(JSON.stringify(event)))
      .join("\n");
  }

  #take(line: string): void {
    const event = parse(line);
    if (event === null) {
      this.strange.push(line);
      return;
    }
    this.all.push(event);
    if (event.type === "output") this.written[event.stream] += event.text.length;
    const answered = this.#waiting.filter(({ matches }) => matches(event));
    if (answered.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !answered.includes(one));
    this.#cursor = this.all.length;
    for (const { resolve } of answered) resolve(event);
  }

  #error(why: string, what?: string): Error {
    const wanted = what === undefined ? "" : `waiting for ${what}: `;
    return new Error(`${wanted}${why}\n${this.tail()}`);
  }
}

function isOfType<T extends EventType>(event: GustEvent, type: T): event is EventOf<T> {
  return event.type === type;
}

function parse(line: string): GustEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : null;
  } catch {
    return null;
  }
}

/** The fields of each type are what the tests are about. */
function isEvent(value: unknown): value is GustEvent {
  return typeof value === "object" && value !== null && "type" in value && "v" in value;
}

function short(text: string): string {
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
