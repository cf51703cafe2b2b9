import { type NetConnectOpts, type Socket, createConnection } from "node:net";
import { type Fields, JsonStream, fieldsOf, parseFields } from "./json-stream.ts";

export type RpcResult =
  | { readonly ok: true; readonly value: Fields }
  | { readonly ok: false; readonly error: string };

/** gust's own connection to a delve: its JSON-RPC, version 2. */
export class Rpc {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (result: RpcResult) => void>();
  #calls = 0;
  #over = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    const stream = new JsonStream();
    socket.setEncoding("utf8").on("data", (data) => {
      for (const text of stream.read(String(data))) this.#answer(text);
    });
    // A delve that is gone answers nothing more; what it was comes by its process.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#end());
  }

  /** Resolves in any case: with an error when delve ends before it answers. */
  call(method: string, argument: unknown = {}): Promise<RpcResult> {
    if (this.#over) return Promise.resolve(gone);
    this.#calls += 1;
    const id = this.#calls;
    const text = JSON.stringify({ method: `RPCServer.${method}`, params: [argument], id });
    this.#socket.write(`${text}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    this.#socket.destroy();
    this.#end();
  }

  #answer(text: string): void {
    const fields = parseFields(text);
    const id = fields?.["id"];
    const resolve = typeof id === "number" ? this.#waiting.get(id) : undefined;
    if (fields === null || typeof id !== "number" || resolve === undefined) return;
    this.#waiting.delete(id);
    const error = fields["error"];
    if (typeof error === "string") resolve({ ok: false, error });
    else resolve({ ok: true, value: fieldsOf(fields["result"]) ?? {} });
  }

  #end(): void {
    this.#over = true;
    for (const resolve of this.#waiting.values()) resolve(gone);
    this.#waiting.clear();
  }
}

const gone: RpcResult = { ok: false, error: "delve is gone" };

/** Connects as soon as somebody listens there; null when it is given up before. */
export async function connectWhenUp(
  where: NetConnectOpts,
  given: AbortSignal,
): Promise<Socket | null> {
  for (;;) {
    if (given.aborted) return null;
    const socket = await connectOnce(where);
    if (socket !== null) return socket;
    // Nothing tells when another process begins to listen: one has to try.
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const LOOK_MS = 15;

function connectOnce(where: NetConnectOpts): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(where);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", () => resolve(null));
  });
}
