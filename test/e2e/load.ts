import { Agent, type ClientRequest, type RequestOptions, request } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Something that a client should not have seen. */
export interface Trouble {
  /**
   * `failure`: no answer, or a wrong one. `stale`: an answer older than what was known to be live
   * when it was asked for. `closed`: a connection that is kept alive was closed. `cut`: a stream
   * ended without a goodbye; its client connects again, as it does after one. `last`: a stale answer
   * over TLS with which the server has said goodbye to its connection.
   */
  readonly trouble: "failure" | "stale" | "closed" | "cut" | "last";
  /** Of which clients, and which one of them. */
  readonly kind: string;
  readonly client: number;
  readonly text: string;
  /** In which time it came about, in Unix milliseconds; a connection began when it was opened. */
  readonly began: number;
  readonly ended: number;
}

/** What clients saw while the load lasted. */
export interface Seen {
  answers: number;
  readonly failures: string[];
  readonly stale: string[];
  /** All of these, and closed connections, in their order. */
  readonly troubles: Trouble[];
  /** Local ports of the connections that are kept alive. */
  readonly connections: Set<number>;
}

export interface Load {
  readonly seen: Seen;
  /** The number that every answer asked for from now on must have at least. */
  live(number: number): void;
  stop(): Promise<Seen>;
}

export interface LoadOptions {
  /** Between an answer and the next request of the same client; none by default. */
  readonly pauseMs?: number;
  /** Goes on after failures, for runs in which some are provoked. */
  readonly failuresMax?: number;
  /** What one of the clients asks for; by default an answer that takes a while. */
  readonly slow?: string;
}

/** How many clients keep a connection, and how many open one for each request. */
export const kept = 6;
const fresh = 2;

/** Asks until it is stopped; every answer is a number that grows with the saves. */
export function startLoad(port: number, options: LoadOptions = {}): Load {
  const clients = new Clients(port, options);
  return {
    seen: clients.seen,
    live: (number) => {
      clients.least = number;
    },
    stop: () => clients.stop(),
  };
}

/** A kept connection, or (false) one for this request alone. */
type Means = NonNullable<RequestOptions["agent"]>;

class Clients {
  readonly seen: Seen = {
    answers: 0,
    failures: [],
    stale: [],
    troubles: [],
    connections: new Set(),
  };
  least = 0;
  readonly #port: number;
  readonly #pauseMs: number;
  readonly #failuresMax: number;
  readonly #over = new AbortController();
  readonly #agents: readonly Agent[];
  readonly #working: readonly Promise<void>[];
  readonly #known = new WeakSet<Socket>();

  constructor(port: number, { pauseMs = 0, failuresMax = 20, slow = "/slow" }: LoadOptions) {
    this.#port = port;
    this.#pauseMs = pauseMs;
    // After so many failures there is nothing more to learn.
    this.#failuresMax = failuresMax;
    const one = { keepAlive: true, maxSockets: 1 };
    this.#agents = Array.from({ length: kept }, () => new Agent(one));
    this.#working = [
      ...this.#agents.map((agent, index) => this.#work(index, agent, index === 0 ? slow : "/")),
      ...Array.from({ length: fresh }, (_, index) => this.#work(kept + index, false, "/")),
    ];
  }

  async stop(): Promise<Seen> {
    this.#over.abort();
    await Promise.all(this.#working);
    for (const agent of this.#agents) agent.destroy();
    return this.seen;
  }

  async #work(client: number, agent: Means, path: string): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted && this.seen.failures.length < this.#failuresMax) {
      const asked = { client, began: Date.now(), least: this.least };
      try {
        const connected = (socket: Socket): void => this.#watch(client, socket);
        const { body, localPort } = await ask(
          { port: this.#port, path, agent },
          agent === false ? () => undefined : connected,
        );
        this.seen.answers += 1;
        if (agent !== false) this.seen.connections.add(localPort);
        // After a rollback an older version is live again.
        if (Number(body) < Math.min(asked.least, this.least)) {
          this.seen.stale.push(`${body}, though ${asked.least} was live`);
          this.#note("stale", asked, `${body}, though ${asked.least} was live`);
        }
      } catch (error) {
        this.seen.failures.push(String(error));
        this.#note("failure", asked, String(error));
      }
      if (this.#pauseMs > 0) await pause(this.#pauseMs, null, { signal }).catch(() => null);
    }
  }

  /** Notices when a kept connection is closed before the load is over. */
  #watch(client: number, socket: Socket): void {
    if (this.#known.has(socket)) return;
    this.#known.add(socket);
    const opened = { client, began: Date.now() };
    const from = `from port ${socket.localPort}`;
    socket.once("close", () => {
      if (!this.#over.signal.aborted) this.#note("closed", opened, from);
    });
  }

  #note(
    trouble: Trouble["trouble"],
    { client, began }: { readonly client: number; readonly began: number },
    text: string,
  ): void {
    this.seen.troubles.push({ trouble, kind: "node", client, text, began, ended: Date.now() });
  }
}

interface Question {
  readonly port: number;
  readonly path: string;
  readonly agent: Means;
}

function ask(
  question: Question,
  connected: (socket: Socket) => void,
): Promise<{ body: string; localPort: number }> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request({ host: "127.0.0.1", ...question }, (response) => {
      const localPort = response.socket.localPort ?? 0;
      connected(response.socket);
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ body, localPort }));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}
