import { readFile } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import type {
  AssetChange,
  ConsoleEntry,
  OpenRequest,
  PageHello,
  PageState,
} from "../../src/core/page-state.ts";
import type { ShownFailure } from "../../src/core/shown-failure.ts";
import { EventStreams } from "../../src/adapters/web/event-stream.ts";
import { freePort } from "./census.ts";
import { PATIENCE_MS } from "./events.ts";
import type { Afterwards } from "../world/temp-module.ts";

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
  html: "text/html; charset=utf-8",
};

/** A program and gust's desk in one, both as a test wants them: what the pages' script talks to. */
export class PageFake {
  hello: PageHello = {
    run: "one",
    token: "secret",
    console: false,
    overlay: true,
    badge: true,
    state: { serving: 1, newest: 1, trouble: null, activity: "idle" },
    recent: [],
    edition: 0,
  };
  /** Of which build pages are; the one that serves where it is null. */
  pageBuild: number | null = null;
  /** What `/__gust/events` answers instead of a stream. */
  deaf: number | null = null;
  /** What `/__gust/open` answers. */
  openAnswer: Answer = { status: 204, body: "" };
  readonly opened: OpenRequest[] = [];
  readonly reported: ConsoleEntry[] = [];
  /** Method and path of all requests, in order. */
  readonly asked: string[] = [];
  readonly streams = new EventStreams();
  readonly port: number;
  readonly #answers = new Map<string, () => Answer>();
  readonly #waiting = new Set<() => void>();

  private constructor(port: number) {
    this.port = port;
  }

  static async start(t: Afterwards): Promise<PageFake> {
    const fake = new PageFake(await freePort());
    fake.serve("/favicon.ico", () => ({ status: 204, body: "" }));
    const server = createServer((request, response) => void fake.#answer(request, response));
    await new Promise<void>((done) => server.listen(fake.port, "127.0.0.1", done));
    t.after(async () => {
      server.close();
      server.closeAllConnections();
    });
    return fake;
  }

  url(path = "/"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Puts an answer at a path; a string is of the type that the path's ending says. */
  serve(path: string, answer: string | (() => Answer)): void {
    if (typeof answer === "function") this.#answers.set(path, answer);
    else this.#answers.set(path, () => ({ body: answer }));
  }

  /** A page as the program sends it with the script in it. */
  servePage(path: string, body: string, { head = "", nonce = "", headers = {} } = {}): void {
    this.serve(path, () => {
      const build = this.pageBuild ?? this.hello.state.serving ?? 0;
      const own = nonce === "" ? "" : ` nonce="${nonce}"`;
      const script = `<script src="/__gust/client.js" data-build="${build}"${own}></script>`;
      const html = `<!doctype html><html lang="en"><head>${script}<meta charset="utf-8"><title>build ${build}</title>${head}</head><body>${body}</body></html>`;
      return { headers: { "content-type": "text/html; charset=utf-8", ...headers }, body: html };
    });
  }

  get state(): PageState {
    return this.hello.state;
  }

  /** Another state, and the news of it. */
  become(change: Partial<PageState>): void {
    this.hello = { ...this.hello, state: { ...this.hello.state, ...change } };
    this.streams.tellAll("state", () => this.hello.state);
  }

  /** A version is live, as gust tells of it. */
  live(generation: number, assets: AssetChange | null = null): void {
    const previous = this.hello.state.serving;
    const state: PageState = {
      serving: generation,
      newest: generation,
      trouble: null,
      activity: "idle",
    };
    const live = { generation, previous, assets };
    this.hello = { ...this.hello, state, recent: [...this.hello.recent, live] };
    this.streams.tellAll("live", () => live);
    this.streams.tellAll("state", () => state);
  }

  build(generation: number): void {
    this.become({ newest: generation, activity: "building", trouble: null });
  }

  fail(generation: number, failure: ShownFailure | null): void {
    this.become({ newest: generation, activity: "idle", trouble: { generation, failure } });
  }

  assets(change: Partial<AssetChange>): void {
    const edition = this.hello.edition + 1;
    const all = { styles: [], images: [], others: [], edition, ...change };
    this.hello = { ...this.hello, edition };
    this.streams.tellAll("assets", () => all);
  }

  /** How often this path was asked for, whatever query it had. */
  count(path: string): number {
    return this.asked.filter((line) => line.replace(/^\w+ /, "").split("?")[0] === path).length;
  }

  /** Waits until it is so; looked at whenever something is asked or ends. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((done, fail) => {
      const patience = setTimeout(() => {
        this.#waiting.delete(look);
        fail(
          new Error(`waited in vain for ${String(isSo)}; asked so far:\n${this.asked.join("\n")}`),
        );
      }, PATIENCE_MS);
      const look = (): void => {
        if (!isSo()) return;
        clearTimeout(patience);
        this.#waiting.delete(look);
        done();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "/";
    const path = url.split("?")[0] ?? "/";
    // Whoever else hears of it has then done so.
    response.on("close", () => setImmediate(() => this.#look()));
    if (path.startsWith("/__gust/")) await this.#answerGust(path, request, response);
    else this.#send(response, path, this.#answers.get(path)?.() ?? { status: 404, body: "" });
    this.asked.push(`${request.method} ${url}`);
    this.#look();
  }

  async #answerGust(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (path === "/__gust/events") {
      if (this.deaf !== null) return this.#send(response, path, { status: this.deaf, body: "" });
      this.streams.open(response, { "cache-control": "no-store" }, 50);
      this.streams.tell(response, "hello", this.hello);
      return;
    }
    if (request.method === "POST") {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const body = Buffer.concat(parts).toString();
      const may = request.headers["x-gust-token"] === this.hello.token;
      if (!may) return this.#send(response, path, { status: 403, body: "{}" });
      if (path === "/__gust/open") {
        this.opened.push(JSON.parse(body));
        return this.#send(response, path, this.openAnswer);
      }
      this.reported.push(...JSON.parse(body));
      return this.#send(response, path, { status: 204, body: "" });
    }
    const file = join("dist/browser", path.slice("/__gust/".length));
    this.#send(response, path, { body: await readFile(file), headers: workerHeaders });
  }

  #send(
    response: ServerResponse,
    path: string,
    { status = 200, headers = {}, body }: Answer,
  ): void {
    const type = TYPES[path.split(".").at(-1) ?? ""] ?? "text/plain";
    response.writeHead(status, { "cache-control": "no-store", "content-type": type, ...headers });
    response.end(body);
  }

  #look(): void {
    for (const look of Array.from(this.#waiting)) look();
  }
}

const workerHeaders = {
  "content-security-policy": "default-src 'none'; connect-src 'self'",
  "x-content-type-options": "nosniff",
};
