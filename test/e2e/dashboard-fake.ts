import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import { EventStreams } from "../../src/adapters/web/event-stream.ts";
import { guardHeaders, mayAct } from "../../src/adapters/web/guard.ts";
import type {
  BuildDiff,
  Dashboard,
  DashboardAction,
  LogNews,
  PackageGraph,
} from "../../src/core/dashboard.ts";
import type { Failure } from "../../src/core/failure.ts";
import { diffOf, graphOf } from "./dashboard-answers.ts";

/** What the fake answers with. */
export interface FakeWorld {
  readonly dashboard: Dashboard;
  /** Told to each page that comes. */
  readonly logs?: readonly LogNews[];
  readonly graph?: PackageGraph;
  readonly diff?: (from: number, to: number) => BuildDiff;
  /** Why an action is not done; null: it is. */
  readonly refusal?: (action: DashboardAction) => Failure | null;
}

/**
 * Serves the dashboard as gust does, by the same headers and with the same guard, and tells it of a
 * world that was made up.
 */
export class FakeDashboard {
  readonly token = "c0ffee";
  readonly actions: DashboardAction[] = [];
  readonly #streams = new EventStreams();
  readonly #server: Server;
  #world: FakeWorld;

  private constructor(world: FakeWorld) {
    this.#world = world;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Listens at a port, 0 for any that is free. */
  static async start(world: FakeWorld, port = 0): Promise<FakeDashboard> {
    const fake = new FakeDashboard(world);
    fake.#server.listen(port, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Where `gust ui` would point a browser. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/#token=${this.token}`;
  }

  /** Pages that follow the news. */
  get followers(): number {
    return this.#streams.size;
  }

  tell(event: string, data: unknown): void {
    this.#streams.tellAll(event, () => data);
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#streams.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const file = files[url.pathname];
    if (file !== undefined) return this.#send(response, file);
    if (!url.pathname.startsWith("/api/")) return this.#refuse(response, 404);
    if (request.headers["x-gust-token"] !== this.token) return this.#refuse(response, 403);
    if (url.pathname === "/api/events") return this.#follow(response);
    if (url.pathname === "/api/graph")
      return this.#json(response, this.#world.graph ?? graphOf(10));
    if (url.pathname === "/api/diff") return this.#diff(response, url.searchParams);
    if (url.pathname === "/api/action") return this.#act(request, response);
    return this.#refuse(response, 404);
  }

  #send(response: ServerResponse, { name, type }: (typeof files)[string] & object): void {
    response.writeHead(200, { ...guardHeaders, "content-type": `${type}; charset=utf-8` });
    response.end(readFileSync(join("dist/browser", name)));
  }

  #refuse(response: ServerResponse, status: number): void {
    response.writeHead(status, guardHeaders).end();
  }

  #json(response: ServerResponse, data: unknown, status = 200): void {
    response.writeHead(status, { ...guardHeaders, "content-type": "application/json" });
    response.end(JSON.stringify(data));
  }

  #follow(response: ServerResponse): void {
    this.#streams.open(response, guardHeaders, 100);
    this.#streams.tell(response, "dashboard", this.#world.dashboard);
    for (const log of this.#world.logs ?? []) this.#streams.tell(response, "log", log);
  }

  #diff(response: ServerResponse, query: URLSearchParams): void {
    const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
    this.#json(response, (this.#world.diff ?? diffOf)(from, to));
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!mayAct(request, this.token)) return this.#refuse(response, 403);
    let body = "";
    for await (const piece of request) body += String(piece);
    const action = JSON.parse(body) as DashboardAction;
    this.actions.push(action);
    const refusal = this.#world.refusal?.(action) ?? null;
    if (refusal !== null) return this.#json(response, refusal, 409);
    response.writeHead(204, guardHeaders).end();
  }
}

const files: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  "/": { name: "dashboard.html", type: "text/html" },
  "/dashboard.js": { name: "dashboard.js", type: "text/javascript" },
  "/dashboard.css": { name: "dashboard.css", type: "text/css" },
};
