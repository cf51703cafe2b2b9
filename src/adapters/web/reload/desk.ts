import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { Socket } from "node:net";
import { chmod, rm } from "node:fs/promises";
import { changedAssets, onlyAssets } from "../../../core/static-assets.ts";
import type { Failure } from "../../../core/failure.ts";
import { ioFailure } from "../../../core/io-failure.ts";
import type { Notice } from "../../../core/notice.ts";
import { type FailedTests, failedTests, pageState, plainState } from "../../../core/page-news.ts";
import type {
  AssetChange,
  AssetNews,
  ConsoleEntry,
  OpenRequest,
  PageHello,
  PageLive,
  PageState,
} from "../../../core/page-state.ts";
import type { ShownFailure } from "../../../core/shown-failure.ts";
import type { View } from "../../../core/view.ts";
import { EventStreams } from "../event-stream.ts";
import { readBody, refuse } from "../exchange.ts";
import {
  type GuardOptions,
  type Trust,
  guardHeaders,
  isForeign,
  mayAct,
  trustOf,
} from "../guard.ts";
import { readConsole, readOpen } from "./requests.ts";
import { type StaticFiles, staticFiles } from "./static-files.ts";

export interface PageDeskOptions {
  /** Where the program finds it: the path of a unix socket; null: it does not. */
  readonly path: string | null;
  /** Where the scripts for browsers are. */
  readonly filesDir: string;
  /** Names this run of gust. */
  readonly run: string;
  /** To be sent with what acts. */
  readonly token: string;
  /** Asked with each request, as the configuration may change. */
  readonly settings: () => PageSettings;
  /** Absolute; changed files are named relative to it. */
  readonly root: string;
  readonly show: (failure: Failure) => ShownFailure;
  readonly open: (request: OpenRequest) => Promise<Failure | null>;
  readonly console: (entry: ConsoleEntry) => void;
}

export interface PageSettings extends GuardOptions {
  readonly overlay: boolean;
  readonly badge: boolean;
  readonly console: boolean;
}

/** What pages of the program ask gust, below `/__gust/` of the program's own port. */
export interface PageDesk {
  notice(notice: Notice, view: View): void;
  view(view: View): void;
  /** Answers a request; false: it is none of the desk's. `peer` is the address of the client. */
  answer(request: IncomingMessage, response: ServerResponse, peer: string): boolean;
  close(): Promise<void>;
}

/** Versions that a page that has missed them can still be told of. */
const MOST_RECENT = 10;

/** Browsers come again so many milliseconds after a connection has ended, as it does with a swap. */
const RETRY_MS = 150;

/** As long as what the program itself reads of a request: all that runs at `localhost` shares its cookies. */
const MOST_HEAD = 1_048_576;

/** Whoever reaches the program reaches the desk, and is not to use up gust's descriptors. */
const MOST_CONNECTIONS = 512;

/** Opens the desk. Failures: IO_FAILED. */
export async function openPageDesk(options: PageDeskOptions): Promise<PageDesk | Failure> {
  const desk = new Desk(options, await staticFiles(options.filesDir));
  const failure = await desk.listen();
  return failure ?? desk;
}

class Desk implements PageDesk {
  readonly #options: PageDeskOptions;
  readonly #files: StaticFiles;
  readonly #server: Server;
  readonly #streams = new EventStreams();
  readonly #trusted = new WeakMap<ServerResponse, Trust>();
  /** Answers that the program, or the keeper in its place, passes on. */
  readonly #passed = new WeakSet<ServerResponse>();
  /** Connections on which something was asked. */
  readonly #asked = new WeakSet<Socket>();
  #tests: FailedTests | null = null;
  #state: PageState = { serving: null, newest: 0, trouble: null, activity: "idle" };
  #told = "";
  #telling: NodeJS.Immediate | null = null;
  #serving: number | null = null;
  #recent: readonly PageLive[] = [];
  #edition = 0;
  #serves = false;

  constructor(options: PageDeskOptions, files: StaticFiles) {
    this.#options = options;
    this.#files = files;
    this.#server = createServer({ maxHeaderSize: MOST_HEAD }, (request, response) => {
      // Who asks is said once, at the begin of a connection: what comes behind it nobody has vouched for.
      if (this.#asked.has(request.socket)) {
        request.socket.destroy();
        return;
      }
      this.#asked.add(request.socket);
      this.#passed.add(response);
      response.shouldKeepAlive = false;
      const known = this.answer(request, response, peerOf(request));
      if (!known) refuse(response, 404, "gust has nothing here");
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  async listen(): Promise<Failure | null> {
    const { path } = this.#options;
    if (path === null) return null;
    await rm(path, { force: true });
    const error = await new Promise<Error | null>((resolve) => {
      this.#server.once("error", resolve);
      this.#server.listen(path, () => resolve(null));
    });
    if (error !== null) return ioFailure(error, "listen on", path);
    this.#server.on("error", () => undefined);
    await chmod(path, 0o600);
    return null;
  }

  notice(notice: Notice, view: View): void {
    this.#tests = failedTests(this.#tests, notice);
    if (notice.type === "live") this.#live(notice);
    if (notice.type === "nothing-to-do") {
      const assets = changedAssets(notice.cause, this.#where());
      if (assets !== null) this.#assets(assets);
    }
    this.view(view);
    if (notice.type !== "live") return;
    this.#tellState();
    this.#sendOn();
  }

  view(view: View): void {
    this.#state = pageState(view, this.#tests, this.#options.show);
    // The notice that a version is live says more, comes in the same turn, and is to be told first.
    this.#telling ??= setImmediate(() => this.#tellState());
  }

  answer(request: IncomingMessage, response: ServerResponse, peer: string): boolean {
    const path = request.url?.split("?", 1)[0] ?? "";
    if (!path.startsWith("/__gust/")) return false;
    const file = this.#files.find(path.slice("/__gust/".length));
    if (file !== null) {
      file.send(request, response);
      return true;
    }
    const trust = trustOf(request.headers, peer, this.#options.settings());
    if (path === "/__gust/events") this.#listen(request, response, trust);
    else if (path === "/__gust/open")
      void this.#act(request, response, trust, (body) => this.#open(body));
    else if (path === "/__gust/console")
      void this.#act(request, response, trust, (body) => this.#console(body));
    else return false;
    return true;
  }

  close(): Promise<void> {
    if (this.#telling !== null) clearImmediate(this.#telling);
    this.#streams.close();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #tellState(): void {
    if (this.#telling !== null) clearImmediate(this.#telling);
    this.#telling = null;
    const served = this.#serves;
    this.#serves = this.#state.serving !== null;
    this.#serving = this.#state.serving ?? this.#serving;
    const text = JSON.stringify(this.#state);
    if (text === this.#told) return;
    this.#told = text;
    this.#streams.tellAll("state", (response) => this.#stateFor(response));
    if (served && !this.#serves) this.#sendOn();
  }

  /** Those who listen through a version that goes come again: it is not to wait for them. */
  #sendOn(): void {
    this.#streams.end((response) => this.#passed.has(response));
  }

  #live({ generation, cause }: Extract<Notice, { type: "live" }>): void {
    const live: PageLive = {
      generation,
      previous: this.#serving,
      assets: onlyAssets(cause, this.#where()),
    };
    this.#serving = generation;
    this.#recent = [...this.#recent, live].slice(-MOST_RECENT);
    this.#streams.tellAll("live", () => live);
  }

  #assets(assets: AssetChange): void {
    this.#edition += 1;
    const told: AssetNews = { ...assets, edition: this.#edition };
    this.#streams.tellAll("assets", () => told);
  }

  #where() {
    const separator = process.platform === "win32" ? ("\\" as const) : ("/" as const);
    return { root: this.#options.root, separator };
  }

  #stateFor(response: ServerResponse): PageState {
    return this.#trusted.get(response) === "full" ? this.#state : plainState(this.#state);
  }

  #listen(request: IncomingMessage, response: ServerResponse, trust: Trust): void {
    if (request.method !== "GET") return refuse(response, 405, "only GET");
    // A page of another origin could not read it, and is not to hold connections of ours.
    if (isForeign(request)) {
      return refuse(response, 403, "only for pages of the program");
    }
    const { overlay, badge, console } = this.#options.settings();
    const { run, token } = this.#options;
    this.#trusted.set(response, trust);
    this.#streams.open(response, guardHeaders, RETRY_MS);
    const full = trust === "full";
    const hello: PageHello = {
      run,
      token: full ? token : null,
      console: console && full,
      overlay,
      badge,
      state: this.#stateFor(response),
      recent: this.#recent,
      edition: this.#edition,
    };
    this.#streams.tell(response, "hello", hello);
  }

  async #act(
    request: IncomingMessage,
    response: ServerResponse,
    trust: Trust,
    action: (body: string) => Promise<Failure | null>,
  ): Promise<void> {
    if (trust !== "full" || !mayAct(request, this.#options.token)) {
      return refuse(response, 403, "only pages of the program on this machine may do that");
    }
    const body = await readBody(request, MOST_BODY);
    if (body === null) return refuse(response, 413, "too much");
    const failure = await action(body);
    if (failure === null) {
      response.writeHead(204, guardHeaders).end();
      return;
    }
    response
      .writeHead(422, { ...guardHeaders, "content-type": "application/json" })
      .end(JSON.stringify(failure));
  }

  async #open(body: string): Promise<Failure | null> {
    const request = readOpen(body);
    return "code" in request ? request : this.#options.open(request);
  }

  #console(body: string): Promise<Failure | null> {
    const entries = readConsole(body);
    if ("code" in entries) return Promise.resolve(entries);
    if (this.#options.settings().console) for (const one of entries) this.#options.console(one);
    return Promise.resolve(null);
  }
}

/**
 * Whoever passes a request on says who asks, before all that the client may say itself: the program,
 * or the keeper while none is alive.
 */
function peerOf({ headers }: IncomingMessage): string {
  const [first = ""] = String(headers["x-gust-peer"] ?? "").split(",", 1);
  return first
    .trim()
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1");
}

const MOST_BODY = 65_536;
