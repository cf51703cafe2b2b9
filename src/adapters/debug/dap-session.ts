import type { Socket } from "node:net";
import type { Delve } from "./delve.ts";
import { DapStream, type Fields, dapText, fieldsOf, parseFields } from "./json-stream.ts";
import { type Request, type Session, type SessionSink, connectTo } from "./session.ts";

/** Numbers of gust's own requests: no client gets that far. */
const OWN = 1_000_000_000;

/**
 * An editor that speaks the debug adapter protocol (VS Code). Its session lives on over a swap: gust
 * attaches to the next delve as the editor has done, with all its breakpoints.
 */
export class DapSession implements Session {
  readonly editor = true;
  readonly #client: Socket;
  readonly #sink: SessionSink;
  readonly #fromClient = new DapStream();
  #server: Socket | null = null;
  #queue: Fields[] = [];
  #requests = OWN;
  /** What is done again with the next delve; null before the editor has done it. */
  #initialize: Fields | null = null;
  #attach: Fields | null = null;
  /** The newest request for the breakpoints of each source, and of each other kind. */
  readonly #settings = new Map<string, Fields>();
  #configured = false;
  readonly #own = new Map<number, (message: Fields) => void>();
  #onInitialized: (() => void) | null = null;

  constructor(client: Socket, first: Buffer, sink: SessionSink) {
    this.#client = client;
    this.#sink = sink;
    client.on("data", (data: Buffer) => this.#heard(data));
    client.on("error", () => undefined);
    client.on("close", () => {
      this.#server?.destroy();
      sink.over();
    });
    this.#heard(first);
  }

  freeze(): void {
    // The next delve knows nothing of an attachment that is half done: the editor tries again.
    if (this.#initialize !== null && !this.#configured) this.#client.end();
    const server = this.#server;
    this.#server = null;
    server?.removeAllListeners("data");
    server?.destroy();
  }

  /** One that has not attached yet has no part in it. */
  async lead(delve: Delve): Promise<boolean> {
    if (!this.#configured || this.#initialize === null || this.#attach === null) return false;
    const server = await this.#connect(delve);
    if (server === null) return false;
    await this.#ask(server, this.#initialize);
    const ready = new Promise<void>((resolve) => (this.#onInitialized = resolve));
    const args = { ...fieldsOf(this.#attach["arguments"]), stopOnEntry: false };
    const attached = this.#ask(server, { ...this.#attach, arguments: args });
    await Promise.race([ready, closed(server)]);
    this.#onInitialized = null;
    for (const one of this.#settings.values()) await this.#ask(server, one);
    await this.#ask(server, { type: "request", command: "configurationDone" });
    await attached;
    this.#open(server);
    return true;
  }

  async join(delve: Delve): Promise<void> {
    if (this.#server !== null) return;
    const server = await this.#connect(delve);
    if (server !== null) this.#open(server);
  }

  close(): void {
    if (this.#configured)
      this.#client.write(dapText({ type: "event", event: "terminated", seq: OWN }));
    this.#client.end();
    this.#server?.destroy();
  }

  async #connect(delve: Delve): Promise<Socket | null> {
    const server = await connectTo(delve.where);
    if (server === null) return null;
    const stream = new DapStream();
    server.on("data", (data: Buffer) => {
      for (const text of stream.read(data)) this.#answer(server, text);
    });
    server.on("close", () => {
      if (this.#server === server) this.#client.end();
    });
    return server;
  }

  /** What the editor has said meanwhile is said now. */
  #open(server: Socket): void {
    this.#server = server;
    const queue = this.#queue;
    this.#queue = [];
    for (const message of queue) void this.#pass(message);
  }

  #ask(server: Socket, request: Fields): Promise<void> {
    this.#requests += 1;
    const seq = this.#requests;
    server.write(dapText({ ...request, seq }));
    const answered = new Promise<void>((resolve) => this.#own.set(seq, () => resolve()));
    return Promise.race([answered, closed(server)]);
  }

  #heard(data: Buffer): void {
    for (const text of this.#fromClient.read(data)) {
      const message = parseFields(text);
      if (message !== null) void this.#pass(message);
    }
  }

  async #pass(message: Fields): Promise<void> {
    this.#note(message);
    if (this.#server === null) {
      this.#queue.push(message);
      return;
    }
    if (message["command"] === "attach") {
      const server = this.#server;
      await this.#sink.attaching();
      if (this.#server !== server) return;
    }
    this.#server.write(dapText(message));
    this.#sink.spoken(requestOf(message));
  }

  #note(message: Fields): void {
    const args = fieldsOf(message["arguments"]);
    switch (message["command"]) {
      case "initialize":
        this.#initialize = message;
        return;
      case "attach":
        this.#attach = message;
        return;
      case "configurationDone":
        this.#configured = true;
        return;
      case "setBreakpoints": {
        const path = fieldsOf(args?.["source"])?.["path"];
        this.#settings.set(`source ${String(path)}`, message);
        return;
      }
      case "setFunctionBreakpoints":
      case "setExceptionBreakpoints":
        this.#settings.set(message["command"], message);
        return;
      default:
    }
  }

  #answer(server: Socket, text: string): void {
    const message = parseFields(text);
    if (message === null) return;
    const own = this.#own.get(Number(message["request_seq"]));
    if (own !== undefined) {
      this.#own.delete(Number(message["request_seq"]));
      return own(message);
    }
    // While gust attaches, what delve tells is not for the editor, which has attached long ago.
    if (this.#server !== server) {
      if (message["event"] === "initialized") this.#onInitialized?.();
      return;
    }
    this.#client.write(dapText(message));
    this.#sink.spoken("delve");
  }
}

function requestOf({ command }: Fields): Request {
  if (command === "next" || command === "stepIn" || command === "stepOut") return "step";
  return command === "continue" || command === "configurationDone" ? "go" : "other";
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
