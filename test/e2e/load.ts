import { Agent, type RequestOptions, request } from "node:http";

/** What clients saw while the load lasted. */
export interface Seen {
  answers: number;
  readonly failures: string[];
  /** Answers older than what was known to be live when they were asked for. */
  readonly stale: string[];
  /** Local ports of the connections that are kept alive. */
  readonly connections: Set<number>;
}

export interface Load {
  readonly seen: Seen;
  /** The number that every answer asked for from now on must have at least. */
  live(number: number): void;
  stop(): Promise<Seen>;
}

/** After so many failures there is nothing more to learn. */
const failuresMax = 20;

/** How many clients keep a connection, and how many open one for each request. */
const kept = 6;
const fresh = 2;

/** Asks without a pause until it is stopped; every answer is a number that grows with the saves. */
export function startLoad(port: number, slow = "/slow"): Load {
  const seen: Seen = { answers: 0, failures: [], stale: [], connections: new Set() };
  const over = new AbortController();
  let least = 0;

  async function client(agent: Means, path: string): Promise<void> {
    while (!over.signal.aborted && seen.failures.length < failuresMax) {
      const asked = least;
      try {
        const { body, localPort } = await ask({ port, path, agent });
        seen.answers += 1;
        if (agent !== false) seen.connections.add(localPort);
        if (Number(body) < asked) seen.stale.push(`${body}, though ${asked} was live`);
      } catch (error) {
        seen.failures.push(String(error));
      }
    }
  }

  const agents = Array.from({ length: kept }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const clients = [
    ...agents.map((agent, index) => client(agent, index === 0 ? slow : "/")),
    ...Array.from({ length: fresh }, () => client(false, "/")),
  ];
  return {
    seen,
    live: (number) => {
      least = number;
    },
    stop: async () => {
      over.abort();
      await Promise.all(clients);
      for (const agent of agents) agent.destroy();
      return seen;
    },
  };
}

/** A kept connection, or (false) one for this request alone. */
type Means = NonNullable<RequestOptions["agent"]>;

interface Question {
  readonly port: number;
  readonly path: string;
  readonly agent: Means;
}

function ask(question: Question): Promise<{ body: string; localPort: number }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", ...question }, (response) => {
      const localPort = response.socket.localPort ?? 0;
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ body, localPort }));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}
