import { randomBytes } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { Failure } from "../../../core/failure.ts";
import { errorCode, ioFailure } from "../../../core/io-failure.ts";
import { EventStreams } from "../event-stream.ts";
import { refuse } from "../exchange.ts";
import { guardHeaders, trustOf } from "../guard.ts";
import { answerApi } from "./api.ts";
import type { DashboardOptions, Desk, News } from "./desk.ts";
import { answerStatic } from "./static-files.ts";
import { Tickets } from "./tickets.ts";

export interface DashboardServer {
  /** Address for a person, with the token in its fragment, which no browser sends anywhere. */
  readonly url: string;
  /** An address that leads there, and works once: others may see what a browser is started with. */
  ticketUrl(): string;
  tell(news: News): void;
  close(): Promise<void>;
}

/** Serves the dashboard on 127.0.0.1. Failure: START_PORT_TAKEN, IO_FAILED. */
export async function openDashboardServer(
  options: DashboardOptions,
): Promise<DashboardServer | Failure> {
  const token = randomBytes(32).toString("base64url");
  const streams = new EventStreams();
  const tickets = new Tickets();
  const desk: Desk = { ...options, token, streams, tickets };
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 30_000 }, (...asked) => {
    // Whoever goes away in the middle is no failure of ours.
    answer(desk, ...asked).catch(() => asked[1].destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  const failure = await listen(server, options.port);
  if (failure !== null) return failure;
  const origin = originOf(server);
  return {
    url: `${origin}/#token=${token}`,
    ticketUrl: () => `${origin}/open?ticket=${tickets.issue()}`,
    tell: ({ event, data }) => streams.tellAll(event, () => data),
    close: async () => {
      streams.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const MOST_CONNECTIONS = 200;

async function answer(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on("error", () => undefined);
  const { headers, socket } = request;
  const trust = trustOf(headers, socket.remoteAddress ?? "", { hosts: [], remote: false });
  if (trust !== "full") return refuse(response, 403, "gust answers to localhost only");
  const target = URL.canParse(request.url ?? "", BASE) ? new URL(request.url ?? "", BASE) : null;
  if (target === null) return refuse(response, 400, "this is no address");
  if (target.pathname.startsWith("/api/")) return answerApi(desk, request, response, target);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(response, 405, "this can only be read");
  }
  if (target.pathname === "/open") return openByTicket(desk, target, response);
  return answerStatic(desk.staticDir, target.pathname, request.method === "HEAD", response);
}

const BASE = "http://localhost";

/** The fragment reaches the page and nobody else. */
function openByTicket({ tickets, token }: Desk, target: URL, response: ServerResponse): void {
  if (!tickets.take(target.searchParams.get("ticket") ?? "")) {
    return refuse(response, 403, "this link has been used, or is too old: run `gust ui` again");
  }
  response.writeHead(303, { ...guardHeaders, location: `/#token=${token}` });
  response.end();
  return undefined;
}

function listen(server: Server, port: number): Promise<Failure | null> {
  return new Promise((resolve) => {
    server.once("error", (error) =>
      resolve(
        errorCode(error) === "EADDRINUSE"
          ? {
              code: "START_PORT_TAKEN",
              message: `port ${port} of the dashboard is in use`,
              hint: "set ui.port to another one, or to 0",
            }
          : ioFailure(error, "listen on", `127.0.0.1:${port}`),
      ),
    );
    server.listen({ host: "127.0.0.1", port }, () => {
      server.on("error", () => undefined);
      resolve(null);
    });
  });
}

function originOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
