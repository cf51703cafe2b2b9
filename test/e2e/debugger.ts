import assert from "node:assert/strict";
import { once } from "node:events";
import { type Socket, createConnection } from "node:net";
import { resolve } from "node:path";
import { PATIENCE_MS } from "./events.ts";

/** The delve that the scripts build for the tests. */
export const DLV: string = resolve(
  process.platform === "win32" ? "build/tools/dlv.exe" : "build/tools/dlv",
);

type Fields = Readonly<Record<string, unknown>>;

/** A client of delve's JSON-RPC, as GoLand and `dlv connect` are. */
export class RpcClient {
  readonly #socket: Socket;
  readonly #answers = new Map<number, (answer: Fields) => void>();
  #calls = 0;
  #text = "";
  closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("close", () => (this.closed = true));
    socket.on("error", () => undefined);
    socket.setEncoding("utf8").on("data", (data) => {
      const lines = (this.#text + String(data)).split("\n");
      this.#text = lines.pop() ?? "";
      for (const line of lines.filter((one) => one !== "")) {
        const answer = JSON.parse(line);
        this.#answers.get(answer.id)?.(answer);
      }
    });
  }

  static async connect(port: number): Promise<RpcClient> {
    const socket = createConnection(port, "127.0.0.1");
    await once(socket, "connect");
    const client = new RpcClient(socket);
    await client.call("SetApiVersion", { APIVersion: 2 });
    return client;
  }

  /** The result; an error of delve's is one of the test. */
  async call(method: string, argument: unknown = {}): Promise<Fields> {
    this.#calls += 1;
    const id = this.#calls;
    const answered = new Promise<Fields>((resolve) => this.#answers.set(id, resolve));
    this.#socket.write(
      `${JSON.stringify({ method: `RPCServer.${method}`, params: [argument], id })}\n`,
    );
    const answer = await inTime(answered, method);
    assert.equal(answer["error"] ?? null, null, method);
    return answer["result"] as Fields;
  }

  /** Lets the program go on; the place where it stops next. */
  async goOn(): Promise<Stop> {
    return stopOf(await this.call("Command", { name: "continue" }));
  }

  async halt(): Promise<void> {
    await this.call("Command", { name: "halt" });
  }

  /** Waits until the program stops. */
  async stops(): Promise<Stop> {
    return stopOf(await this.call("State", { NonBlocking: false }));
  }

  close(): void {
    this.#socket.destroy();
  }
}

export interface Stop {
  readonly file: string;
  readonly line: number;
}

function stopOf(result: Fields): Stop {
  const state = result["State"] as { readonly currentThread?: Stop; readonly exited?: boolean };
  assert.ok(state.currentThread !== undefined, JSON.stringify(result));
  const { file, line } = state.currentThread;
  return { file, line };
}

/** An editor that speaks the debug adapter protocol, as VS Code does. */
export class DapClient {
  readonly #socket: Socket;
  readonly messages: Fields[] = [];
  #data: Buffer = Buffer.alloc(0);
  #seq = 0;
  #seen = 0;
  #thread = 0;
  #frame = 0;
  #wake: (() => void) | null = null;
  closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
      this.#wake?.();
    });
    socket.on("data", (data: Buffer) => this.#read(data));
  }

  /** Attaches with a breakpoint on a line, as launch.json says it. */
  static async attach(port: number, breakpoint: Stop): Promise<DapClient> {
    const socket = createConnection(port, "127.0.0.1");
    await once(socket, "connect");
    const client = new DapClient(socket);
    await client.ask("initialize", { adapterID: "go", linesStartAt1: true, pathFormat: "path" });
    client.send("attach", { mode: "remote", stopOnEntry: false });
    await client.event("initialized");
    await client.setBreakpoint(breakpoint);
    await client.ask("configurationDone", {});
    return client;
  }

  async setBreakpoint({ file, line }: Stop): Promise<void> {
    const args = { source: { path: file }, breakpoints: [{ line }] };
    const answer = await this.ask("setBreakpoints", args);
    const [made] = (answer["body"] as { readonly breakpoints: readonly Fields[] }).breakpoints;
    assert.equal(made?.["verified"], true, JSON.stringify(answer));
  }

  send(command: string, args: unknown): number {
    this.#seq += 1;
    const text = JSON.stringify({ seq: this.#seq, type: "request", command, arguments: args });
    this.#socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return this.#seq;
  }

  async ask(command: string, args: unknown): Promise<Fields> {
    const seq = this.send(command, args);
    const found = (): Fields | undefined =>
      this.messages.find((one) => one["type"] === "response" && one["request_seq"] === seq);
    const answer = await inTime(this.#until(found), command);
    assert.equal(answer["success"], true, JSON.stringify(answer));
    return answer;
  }

  /** The next event of this name, behind the one that was waited for last. */
  async event(name: string): Promise<Fields> {
    const found = (): Fields | undefined => {
      const index = this.messages.findIndex((one, at) => at >= this.#seen && one["event"] === name);
      if (index < 0) return undefined;
      this.#seen = index + 1;
      return this.messages[index];
    };
    return inTime(this.#until(found), name);
  }

  /** Waits until the program stops; where it is then. */
  async stops(): Promise<Stop> {
    const event = await this.event("stopped");
    const { threadId } = event["body"] as { readonly threadId: number };
    this.#thread = threadId;
    const answer = await this.ask("stackTrace", { threadId, startFrame: 0, levels: 1 });
    const [frame] = (answer["body"] as { readonly stackFrames: readonly Frame[] }).stackFrames;
    assert.ok(frame !== undefined);
    this.#frame = frame.id;
    return { file: frame.source.path, line: frame.line };
  }

  async goOn(): Promise<void> {
    await this.ask("continue", { threadId: this.#thread });
  }

  /** Goes to the next line of the goroutine that has stopped. */
  async step(): Promise<void> {
    await this.ask("next", { threadId: this.#thread });
  }

  /** The value of an expression where the program has stopped. */
  async evaluate(expression: string): Promise<string> {
    const answer = await this.ask("evaluate", { expression, frameId: this.#frame });
    return (answer["body"] as { readonly result: string }).result;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #until<T>(found: () => T | undefined): Promise<T> {
    for (;;) {
      const result = found();
      if (result !== undefined) return result;
      assert.equal(
        this.closed,
        false,
        `the connection was closed: ${JSON.stringify(this.messages)}`,
      );
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #read(data: Buffer): void {
    this.#data = Buffer.concat([this.#data, data]);
    for (;;) {
      const end = this.#data.indexOf("\r\n\r\n");
      if (end < 0) break;
      const length = Number(/\d+/.exec(this.#data.subarray(0, end).toString())?.[0]);
      if (this.#data.length < end + 4 + length) break;
      this.messages.push(JSON.parse(this.#data.subarray(end + 4, end + 4 + length).toString()));
      this.#data = this.#data.subarray(end + 4 + length);
    }
    this.#wake?.();
  }
}

interface Frame {
  readonly id: number;
  readonly line: number;
  readonly source: { readonly path: string };
}

function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${what} in time`)), PATIENCE_MS);
    const done = (): void => clearTimeout(timer);
    promise.finally(done).then(resolve, reject);
  });
}
