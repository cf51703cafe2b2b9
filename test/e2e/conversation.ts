import { type IncomingHttpHeaders, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { type Socket, connect } from "node:net";
import { type Interface, createInterface } from "node:readline";

export interface Reply {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  /** The client's own port: the same one means the same connection. */
  readonly localPort: number;
  /** Its connection has been closed. */
  readonly closed: Promise<void>;
}

/** A request whose body has an end when the test says so. */
export interface Upload {
  /** The program has begun to read the body. */
  readonly begun: Promise<void>;
  finish(): Promise<Reply>;
}

/** A client of HTTP/1 with one connection, which it keeps as long as the server lets it. */
export class Client {
  readonly #port: number;
  readonly #secure: boolean;
  readonly #agent: PlainAgent;

  constructor(port: number, secure = false) {
    this.#port = port;
    this.#secure = secure;
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = secure
      ? new SecureAgent({ ...options, rejectUnauthorized: false })
      : new PlainAgent(options);
  }

  ask(path = "/"): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const asked = this.#request({ path });
      hear(asked, resolve, reject);
      asked.end();
    });
  }

  /** `Expect: 100-continue` makes the server say that it has begun. */
  upload(path = "/upload"): Upload {
    const headers = { "Transfer-Encoding": "chunked", Expect: "100-continue" };
    const asked = this.#request({ path, method: "POST", headers });
    const reply = new Promise<Reply>((resolve, reject) => hear(asked, resolve, reject));
    const begun = new Promise<void>((resolve, reject) => {
      asked.once("continue", () => {
        asked.write("some of it");
        resolve();
      });
      reply.catch(reject);
    });
    asked.flushHeaders();
    return {
      begun,
      finish: () => {
        asked.end("and the rest");
        return reply;
      },
    };
  }

  close(): void {
    this.#agent.destroy();
  }

  #request(options: {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }): ReturnType<typeof plainRequest> {
    const all = { host: "127.0.0.1", port: this.#port, agent: this.#agent, ...options };
    return this.#secure ? secureRequest(all) : plainRequest(all);
  }
}

function hear(
  asked: ReturnType<typeof plainRequest>,
  resolve: (reply: Reply) => void,
  reject: (error: Error) => void,
): void {
  asked.once("error", reject);
  asked.once("response", (response) => {
    const { socket } = response;
    const localPort = socket.localPort ?? 0;
    const closed = endOf(socket);
    let body = "";
    response.setEncoding("utf8").on("data", (text: string) => (body += text));
    response.once("end", () => resolve({ body, headers: response.headers, localPort, closed }));
    response.once("error", reject);
  });
}

const ends = new WeakMap<Socket, Promise<void>>();

function endOf(socket: Socket): Promise<void> {
  const known = ends.get(socket);
  if (known !== undefined) return known;
  const end = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  ends.set(socket, end);
  return end;
}

/** A client of a protocol in which each line is answered by one. */
export class Lines {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #lines: Interface;

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    // Whether the end is in order or not is nothing that the program decides.
    this.#socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    this.#lines = createInterface(this.#socket);
    this.#lines.on("error", () => undefined);
  }

  ask(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#lines.once("line", resolve);
      void this.closed.then(() => reject(new Error("closed without an answer")));
      this.#socket.write("?\n");
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** What clients saw that never keep a connection. */
export interface Knocks {
  answers: number;
  readonly failures: string[];
  /** Answers older than what was known to be live when they were asked for. */
  readonly stale: string[];
}

/** Opens connections without a pause, one after the other; answers are numbers that grow. */
export class Knocking {
  readonly #seen: Knocks = { answers: 0, failures: [], stale: [] };
  readonly #over = new AbortController();
  readonly #done: Promise<void>;
  #least = 0;

  constructor(ask: () => Promise<string>) {
    this.#done = this.#run(ask);
  }

  /** Every answer asked for from now on must be this one or a later one. */
  live(number: number): void {
    this.#least = number;
  }

  async stop(): Promise<Knocks> {
    this.#over.abort();
    await this.#done;
    return this.#seen;
  }

  async #run(ask: () => Promise<string>): Promise<void> {
    while (!this.#over.signal.aborted) {
      const least = this.#least;
      try {
        const answer = await ask();
        this.#seen.answers += 1;
        if (!(Number(answer) >= least)) this.#seen.stale.push(`${answer}, not ${least}`);
      } catch (error) {
        this.#seen.failures.push(String(error));
        // There is nothing more to learn from the next ones.
        return;
      }
    }
  }
}
