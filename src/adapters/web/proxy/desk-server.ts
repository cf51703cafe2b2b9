import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { Duplex } from "node:stream";
import { guardHeaders } from "../guard.ts";
import { duplexPair } from "./duplex-pair.ts";
import type { Gate } from "./gate.ts";

/** Answers what gust has for pages; false: it has nothing there. `peer` is the client's address. */
export type Desk = (
  request: IncomingMessage,
  response: ServerResponse,
  peer: string,
) => boolean | Promise<boolean>;

/** What gust itself answers at the proxy's address, below `/__gust/`. */
export class DeskServer {
  readonly #server: Server;
  readonly #peers = new WeakMap<object, string>();
  readonly #open = new Set<Duplex>();

  constructor(desk: Desk, gate: Gate) {
    this.#server = createServer((request, response) => void answer(request, response));
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const peer = this.#peers.get(request.socket) ?? "";
      if (await desk(request, response, peer)) return;
      if (request.url === "/__gust/build") return tellBuild(response, gate);
      plain(response, 404, "gust has nothing here");
    };
    this.#server.requestTimeout = 0;
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** A connection to it, as from a client with this address. */
  connect(peer: string): Duplex {
    const [client, server] = duplexPair();
    this.#peers.set(server, peer);
    this.#open.add(server);
    server.once("close", () => this.#open.delete(server));
    this.#server.emit("connection", server);
    return client;
  }

  close(): void {
    for (const one of this.#open) one.destroy();
  }
}

/** A page that waits asks again, so that nobody holds a connection for ever. */
const LONGEST_WAIT_MS = 5000;

/** Tells which version answers, as soon as it is known. */
async function tellBuild(response: ServerResponse, gate: Gate): Promise<void> {
  const over = new AbortController();
  response.on("close", () => over.abort());
  const deadline = performance.now() + LONGEST_WAIT_MS;
  for (let left = LONGEST_WAIT_MS; gate.generation === null && left > 0 && !over.signal.aborted;) {
    const before = gate.label;
    await gate.changed(left, over.signal);
    if (gate.label !== before && gate.label !== null) break;
    left = deadline - performance.now();
  }
  const { generation } = gate;
  if (generation !== null) return plain(response, 200, String(generation), String(generation));
  plain(response, 503, "no version answers", gate.label ?? "none");
}

function plain(response: ServerResponse, status: number, text: string, label?: string): void {
  const headers = { ...guardHeaders, "content-type": "text/plain; charset=utf-8" };
  response
    .writeHead(status, label === undefined ? headers : { ...headers, "x-gust-build": label })
    .end(`${text}\n`);
}
