/** One event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** What a piece of the stream has brought. */
export interface Parsed {
  readonly events: readonly StreamEvent[];
  /** How long to wait before coming again, if the stream has said so. */
  readonly retryMs: number | null;
}

/** Reads server-sent events from text that comes in pieces of any length. */
export class EventParser {
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** Takes the next piece; an event is complete with the empty line after it. */
  push(piece: string): Parsed {
    const text = this.#rest + piece;
    // A line break at the very end may be the first half of CR LF.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? "") + text.slice(whole.length);
    const events: StreamEvent[] = [];
    let retryMs: number | null = null;
    for (const line of lines) {
      if (line === "") this.#finish(events);
      else retryMs = this.#field(line) ?? retryMs;
    }
    return { events, retryMs };
  }

  #finish(events: StreamEvent[]): void {
    if (this.#data.length > 0) {
      events.push({ event: this.#event || "message", data: this.#data.join("\n") });
    }
    this.#event = "";
    this.#data = [];
  }

  /** Takes a line of an event; answers what `retry` says. */
  #field(line: string): number | null {
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "event") this.#event = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "retry" && /^\d+$/.test(value)) return Number(value);
    return null;
  }
}
