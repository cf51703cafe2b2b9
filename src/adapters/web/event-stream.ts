import type { ServerResponse } from "node:http";

/** Browsers that listen to what happens, over server-sent events. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();
  /** Bytes that may wait for a slow reader; one with more is cut, and comes again by itself. */
  readonly #most: number;

  constructor(most = 8_388_608) {
    this.#most = most;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Begins a stream; browsers come again `retryMs` after it has ended. */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>, retryMs: number): void {
    response.writeHead(200, {
      ...headers,
      "content-type": "text/event-stream; charset=utf-8",
      "x-accel-buffering": "no",
    });
    response.write(`retry: ${retryMs}\n\n`);
    this.#open.add(response);
    response.on("close", () => this.#open.delete(response));
    response.on("error", () => undefined);
  }

  /** Tells one listener. */
  tell(response: ServerResponse, event: string, data: unknown): void {
    if (!this.#open.has(response)) return;
    this.#send(response, textOf(event, data));
  }

  /** Tells all listeners, each what `dataFor` has for it. */
  tellAll(event: string, dataFor: (response: ServerResponse) => unknown): void {
    // Most are told the same, which is put into words once.
    const texts = new Map<unknown, string>();
    for (const response of this.#open) {
      const data = dataFor(response);
      const text = texts.get(data) ?? textOf(event, data);
      texts.set(data, text);
      this.#send(response, text);
    }
  }

  #send(response: ServerResponse, text: string): void {
    response.write(text);
    if (response.writableLength > this.#most) response.destroy();
  }

  /** Ends these streams in order. */
  end(which: (response: ServerResponse) => boolean = () => true): void {
    for (const response of this.#open) {
      if (!which(response)) continue;
      this.#open.delete(response);
      response.end();
    }
  }

  /** Ends them at once. */
  close(): void {
    for (const response of this.#open) response.destroy();
    this.#open.clear();
  }
}

/** JSON has no line breaks of its own, so that one line of data holds all. */
const textOf = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
