import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";

export interface Reply2 {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/** A call whose client still has something to say. */
export interface Call {
  readonly begun: Promise<void>;
  say(data: Uint8Array): void;
  finish(): Promise<Reply2>;
}

/**
 * A client of HTTP/2 that keeps one connection, and makes another when the server has told it to go
 * away, as every client has to.
 */
export class Http2Client {
  /** One for each connection: GOAWAY was received, without an error code. */
  readonly goneAway: Promise<void>[] = [];
  readonly #url: string;
  /** All that there were; the last one is in use. */
  readonly #sessions: ClientHttp2Session[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async ask(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    data?: Uint8Array,
  ): Promise<Reply2> {
    for (;;) {
      const call = this.call(path, headers, data === undefined ? "GET" : "POST");
      if (data !== undefined) call.say(data);
      try {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        return await call.finish();
      } catch (error) {
        // No server has looked at it, so every client asks again (RFC 9113, 8.7): it was made in the
        // moment in which GOAWAY came.
        if (!(error instanceof Refused) || this.#sessions.at(-1)?.closed !== true) throw error;
      }
    }
  }

  call(path: string, headers: Readonly<Record<string, string>> = {}, method = "POST"): Call {
    const stream = this.#connected().request(
      { ...headers, ":path": path, ":method": method },
      { endStream: false },
    );
    const reply = replyOf(stream);
    const begun = new Promise<void>((resolve, reject) => {
      // With `expect: 100-continue`, or with the first of the answer.
      stream.once("continue", () => resolve());
      stream.once("response", () => resolve());
      reply.catch(reject);
    });
    // What was refused is told by the end of the call, too.
    begun.catch(() => undefined);
    return {
      begun,
      say: (data) => void stream.write(data),
      finish: () => {
        stream.end();
        return reply;
      },
    };
  }

  /** How many connections there were. */
  get connections(): number {
    return this.#sessions.length;
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #connected(): ClientHttp2Session {
    const known = this.#sessions.at(-1);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const session = connect(this.#url, { rejectUnauthorized: false });
    this.#sessions.push(session);
    // Each call hears of it by its own stream.
    session.on("error", () => undefined);
    this.goneAway.push(
      new Promise((resolve) => {
        session.once("goaway", (code: number) => {
          if (code === constants.NGHTTP2_NO_ERROR) resolve();
        });
      }),
    );
    return session;
  }
}

class Refused extends Error {}

function replyOf(stream: ClientHttp2Stream): Promise<Reply2> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let trailers: Record<string, string> = {};
    let ended = false;
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("trailers", (fields) => {
      trailers = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, String(value)]),
      );
    });
    stream.once("end", () => (ended = true));
    stream.once("error", (error) => {
      reject(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? new Refused() : error);
    });
    stream.once("close", () => {
      if (ended) resolve({ body: Buffer.concat(parts), trailers });
      else reject(new Error("the stream was closed without an answer"));
    });
  });
}

/** gRPC frames a message by five bytes: not compressed, and its length. */
export function framed(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The texts of google.protobuf.StringValue messages, of which each is field 1 and short. */
export function textsOf(body: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 5 <= body.length;) {
    const length = body.readUInt32BE(at + 1);
    texts.push(body.subarray(at + 7, at + 5 + length).toString());
    at += 5 + length;
  }
  return texts;
}

/** A client of the gRPC service in test/fixtures/programs/grpc. */
export class GrpcClient {
  readonly http: Http2Client;

  constructor(port: number) {
    this.http = new Http2Client(`http://127.0.0.1:${port}`);
  }

  async get(): Promise<string> {
    const reply = await this.http.ask("/example.Answers/Get", grpcHeaders, nothing);
    return wellEnded(reply).join();
  }

  collect(): { readonly begun: Promise<void>; finish(): Promise<readonly string[]> } {
    const call = this.http.call("/example.Answers/Collect", grpcHeaders);
    call.say(nothing);
    return { begun: call.begun, finish: async () => wellEnded(await call.finish()) };
  }

  close(): void {
    this.http.close();
  }
}

const grpcHeaders = { "content-type": "application/grpc", te: "trailers" };
const nothing = framed(new Uint8Array());

function wellEnded({ body, trailers }: Reply2): string[] {
  if (trailers["grpc-status"] !== "0") {
    throw new Error(`grpc-status ${trailers["grpc-status"]}: ${trailers["grpc-message"]}`);
  }
  return textsOf(body);
}
