import assert from "node:assert/strict";
import { once } from "node:events";
import { type Server, type Socket, connect, createServer } from "node:net";
import type { Desk } from "../../src/adapters/web/proxy/desk-server.ts";
import {
  type Proxy,
  type ProxyOptions,
  openProxy,
} from "../../src/adapters/web/proxy/open-proxy.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { View } from "../../src/core/view.ts";
import type { Afterwards } from "../world/temp-module.ts";
import { calmView } from "../world/views.ts";

/** A proxy, and a program behind it that is the test itself. */
export interface Stand {
  readonly proxy: Proxy;
  readonly program: Program;
  /** What is known of the program, from now on. */
  readonly tell: (view: View) => void;
  readonly connect: () => Promise<Talker>;
}

export async function stand(t: Afterwards, options: Partial<ProxyOptions> = {}): Promise<Stand> {
  const program = await Program.listen(t);
  const proxy = await openProxy({
    host: "127.0.0.1",
    port: 0,
    appPort: 0,
    startTimeoutMs: 60_000,
    injects: true,
    run: "",
    mostClients: 1000,
    desk: noDesk,
    guard: () => ({ hosts: [], remote: false }),
    root: "/app",
    readSource: () => null,
    ...options,
  });
  assert.ok(!("code" in proxy), "the proxy is open");
  t.after(() => proxy.close());
  proxy.view(serving(program.port));
  return {
    proxy,
    program,
    tell: (view) => proxy.view(view),
    connect: () => Talker.connect(t, proxy.port),
  };
}

const noDesk: Desk = () => false;

/** Takes connections, and lets the test say what a program would. */
export class Program {
  readonly server: Server;
  readonly port: number;
  readonly #came: Talker[] = [];
  readonly #waiting: ((talker: Talker) => void)[] = [];

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
    server.on("connection", (socket) => {
      const talker = new Talker(socket);
      const wanted = this.#waiting.shift();
      if (wanted === undefined) this.#came.push(talker);
      else wanted(talker);
    });
  }

  static async listen(t: Afterwards, port = 0): Promise<Program> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => sockets.add(socket));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    t.after(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    return new Program(server, address.port);
  }

  /** The next connection that comes. */
  accept(): Promise<Talker> {
    const came = this.#came.shift();
    if (came !== undefined) return Promise.resolve(came);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** How many connections have come that nobody has accepted. */
  get unaccepted(): number {
    return this.#came.length;
  }
}

/** One end of a connection that says and hears bytes, as text of Latin-1. */
export class Talker {
  readonly socket: Socket;
  #heard = "";
  readonly over: Promise<"end" | "reset">;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.#heard += bytes.toString("latin1");
      socket.emit("heard");
    });
    this.over = new Promise((resolve) => {
      socket.once("end", () => resolve("end"));
      socket.on("error", () => resolve("reset"));
    });
    void this.over.then(() => socket.emit("heard"));
  }

  static async connect(t: Afterwards, port: number): Promise<Talker> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    t.after(async () => void socket.destroy());
    const talker = new Talker(socket);
    await once(socket, "connect");
    return talker;
  }

  say(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** The next bytes that are heard, up to the end of this text. */
  async hear(text: string): Promise<string> {
    for (;;) {
      const at = this.#heard.indexOf(text);
      if (at >= 0) return this.#take(at + text.length);
      if (this.socket.readableEnded || this.socket.destroyed) {
        assert.fail(`${JSON.stringify(text)} was not heard, but ${JSON.stringify(this.#heard)}`);
      }
      await once(this.socket, "heard");
    }
  }

  /** The next bytes, so many. */
  async bytes(length: number): Promise<string> {
    while (this.#heard.length < length && !this.socket.readableEnded && !this.socket.destroyed) {
      await once(this.socket, "heard");
    }
    return this.#take(length);
  }

  /** Exactly these bytes, next. */
  async hears(text: string): Promise<void> {
    assert.equal(await this.bytes(text.length), text);
  }

  /** A head, up to and with its empty line. */
  head(): Promise<string> {
    return this.hear("\r\n\r\n");
  }

  /** All until the other side ends. */
  async rest(): Promise<string> {
    assert.equal(await this.over, "end");
    return this.#take(this.#heard.length);
  }

  #take(length: number): string {
    const taken = this.#heard.slice(0, length);
    this.#heard = this.#heard.slice(length);
    return taken;
  }
}

/** What is added to a request. */
export const added = (host: string): string =>
  `X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: ${host}\r\nX-Forwarded-Proto: http\r\n`;

export const get = (path = "/", more = ""): string =>
  `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${more}\r\n`;

/** A client that has asked, and the program that has heard it. */
export async function asked(
  { connect, program }: Stand,
  request: string,
): Promise<{ readonly client: Talker; readonly server: Talker; readonly head: string }> {
  const client = await connect();
  client.say(request);
  const server = await program.accept();
  return { client, server, head: await server.head() };
}

const idle = calmView();

/** A version that listens there is live. */
export function serving(port: number, generation = 1): View {
  return {
    ...idle,
    newest: generation,
    stale: false,
    serving: {
      generation,
      build: generation,
      pid: 1000 + generation,
      addresses: [{ network: "tcp", address: `127.0.0.1:${port}` }],
      since: 0,
    },
  };
}

/** None is, and one is built. */
export const building: View = { ...idle, activity: { type: "building", generation: 2, since: 0 } };

/** None is, and nothing goes on. */
export const down: View = idle;

/** None is, because the newest save does not build. */
export function red(generation = 2): View {
  const failure: Failure = {
    code: "BUILD_FAILED",
    message: "the build failed",
    diagnostics: [
      { file: "/app/main.go", line: 4, column: 2, message: "undefined: foo<bar>", own: true },
    ],
  };
  return { ...idle, newest: generation, failure, failed: generation };
}
