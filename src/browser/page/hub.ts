import type { PageHello } from "../../core/page-state.ts";
import type { Told } from "./told.ts";

/** The end of a page that the hub talks to; MessagePort is one. */
export interface Port {
  postMessage(told: Told | null): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Said>) => void): void;
  addEventListener(type: "close", listener: () => void): void;
  start(): void;
  close(): void;
}

/**
 * What a page says to the hub: that it goes, as no browser tells of it otherwise everywhere, or which
 * files to load anew, as the page's own policy may forbid it to. The answer to that is an empty message.
 */
export type Said = "bye" | readonly string[];

/** One connection to gust for all pages of an origin; it is there only while a page is. */
export class Hub {
  readonly #open: (tell: (told: Told) => void) => () => void;
  readonly #loadAnew: (urls: readonly string[]) => Promise<void>;
  readonly #ports = new Set<Port>();
  #stop: (() => void) | null = null;
  /** What a page that comes is told at once. */
  #hello: PageHello | null = null;

  constructor(
    open: (tell: (told: Told) => void) => () => void,
    loadAnew: (urls: readonly string[]) => Promise<void>,
  ) {
    this.#open = open;
    this.#loadAnew = loadAnew;
  }

  get size(): number {
    return this.#ports.size;
  }

  join(port: Port): void {
    this.#ports.add(port);
    port.addEventListener("message", ({ data }) => {
      if (data === "bye") this.#leave(port);
      else void this.#loadAnew(data).finally(() => port.postMessage(null));
    });
    // Of pages that crash only newer browsers tell.
    port.addEventListener("close", () => this.#leave(port));
    port.start();
    port.postMessage(
      this.#hello === null ? { type: "lost" } : { type: "hello", hello: this.#hello },
    );
    this.#stop ??= this.#open((told) => this.#hear(told));
  }

  #leave(port: Port): void {
    this.#ports.delete(port);
    port.close();
    if (this.#ports.size > 0) return;
    this.#stop?.();
    this.#stop = null;
    this.#hello = null;
  }

  #hear(told: Told): void {
    this.#keep(told);
    for (const port of this.#ports) port.postMessage(told);
  }

  #keep(told: Told): void {
    if (told.type === "hello") this.#hello = told.hello;
    if (told.type === "lost") this.#hello = null;
    if (this.#hello === null) return;
    const { state } = this.#hello;
    if (told.type === "state") this.#hello = { ...this.#hello, state: told.state };
    if (told.type === "assets") this.#hello = { ...this.#hello, edition: told.assets.edition };
    if (told.type === "live") {
      this.#hello = { ...this.#hello, state: { ...state, serving: told.live.generation } };
    }
  }
}
