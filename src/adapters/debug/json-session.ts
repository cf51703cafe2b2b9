import type { Socket } from "node:net";
import type { Delve } from "./delve.ts";
import { type Fields, JsonStream, fieldsOf, parseFields } from "./json-stream.ts";
import { type Request, type Session, type SessionSink, connectTo } from "./session.ts";

/**
 * A client of delve's JSON-RPC (GoLand, `dlv connect`). It keeps its connection over a swap: while it
 * waits for the program to stop, it waits for the next version instead.
 */
export class JsonSession implements Session {
  readonly editor = false;
  readonly #client: Socket;
  readonly #sink: SessionSink;
  readonly #fromClient = new JsonStream();
  /** What the client waits for, by the text of the request's number. */
  readonly #open = new Map<string, { readonly method: string; readonly id: unknown }>();
  #server: Socket | null = null;
  /** What came while there was no delve. */
  #queue: string[] = [];
  #version: string | null = null;

  constructor(client: Socket, first: Buffer, sink: SessionSink) {
    this.#client = client;
    this.#sink = sink;
    client.setEncoding("utf8");
    client.on("data", (data) => this.#heard(String(data)));
    client.on("error", () => undefined);
    client.on("close", () => {
      this.#server?.destroy();
      sink.over();
    });
    this.#heard(first.toString());
  }

  freeze(): void {
    const server = this.#server;
    this.#server = null;
    server?.removeAllListeners("data");
    server?.destroy();
  }

  lead(_delve: Delve): Promise<boolean> {
    return Promise.resolve(false);
  }

  async join(delve: Delve): Promise<void> {
    const server = await connectTo(delve.where);
    if (server === null) return;
    this.#server = server;
    const answers = new JsonStream();
    server.setEncoding("utf8").on("data", (data) => {
      for (const text of answers.read(String(data))) this.#answer(text);
    });
    server.on("close", () => {
      if (this.#server === server) this.#client.end();
    });
    if (this.#version !== null) this.#tell(this.#version);
    for (const { method, id } of this.#open.values()) this.#again(method, id);
    const queue = this.#queue;
    this.#queue = [];
    for (const text of queue) this.#pass(text);
  }

  close(): void {
    this.#client.end();
    this.#server?.destroy();
  }

  #heard(data: string): void {
    for (const text of this.#fromClient.read(data)) this.#pass(text);
  }

  #pass(text: string): void {
    if (this.#server === null) {
      this.#queue.push(text);
      return;
    }
    const fields = parseFields(text);
    const name = fields?.["method"];
    const method = typeof name === "string" ? name : "";
    const id = fields?.["id"];
    this.#open.set(JSON.stringify(id), { method, id });
    // The next delve is told as well; what it answers is for nobody.
    if (method === "RPCServer.SetApiVersion") this.#version = text.replace(/"id": ?\d+/, '"id":-1');
    this.#tell(text);
    this.#sink.spoken(requestOf(method, fields));
  }

  #answer(text: string): void {
    const id = JSON.stringify(parseFields(text)?.["id"]);
    if (!this.#open.delete(id)) return;
    this.#client.write(`${text}\n`);
    this.#sink.spoken("delve");
  }

  /** Who waited for the program to stop goes on waiting; what else was asked has no answer now. */
  #again(method: string, id: unknown): void {
    if (method === "RPCServer.Command" || method === "RPCServer.State") {
      const params = [{ NonBlocking: false }];
      return this.#tell(JSON.stringify({ method: "RPCServer.State", params, id }));
    }
    this.#open.delete(JSON.stringify(id));
    const error = "the program was replaced by a newer version";
    this.#client.write(`${JSON.stringify({ id, result: null, error })}\n`);
  }

  #tell(text: string): void {
    this.#server?.write(`${text}\n`);
  }
}

function requestOf(method: string, fields: Fields | null): Request {
  const params = fields?.["params"];
  if (method !== "RPCServer.Command" || !Array.isArray(params)) return "other";
  const name = String(fieldsOf(params[0])?.["name"]);
  if (/^(?:next|step|reverseNext|reverseStep)/.test(name)) return "step";
  return name === "continue" ? "go" : "other";
}
