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
    // JSON has no line breaks of its own, so that one line of data holds all.
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (response.writableLength > this.#most) response.destroy();
  }

  /** Tells all listeners, each what `dataFor` has for it. */
  tellAll(event: string, dataFor: (response: ServerResponse) => unknown): void {
    for (const response of this.#open) this.tell(response, event, dataFor(response));
  }

  /** Ends all streams in order. */
  end(): void {
    for (const response of this.#open) response.end();
  }

  /** Ends them at once. */
  close(): void {
    for (const response of this.#open) response.destroy();
    this.#open.clear();
  }
}
