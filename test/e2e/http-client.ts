import { Agent, type IncomingHttpHeaders, request } from "node:http";

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** The client's own port: the same as long as the connection is. */
  readonly localPort: number;
}

export interface Question {
  readonly port: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps the connection; without one each request has its own. */
  readonly agent?: Agent;
}

export function fetchOnce({ agent, ...question }: Question): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", path: "/", agent: agent ?? false, ...question };
    const asked = request(options, (response) => {
      const { statusCode: status = 0, headers, rawHeaders, socket } = response;
      const { localPort = 0 } = socket;
      let body = "";
      response.setEncoding("latin1").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status, headers, rawHeaders, body, localPort }));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** A client that keeps one connection. */
export const keptAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

/** What a browser sends when it loads a page. */
export const asBrowser = { "sec-fetch-dest": "document", accept: "text/html" };
