import { type Server, type Socket, createServer } from "node:net";
import type { Failure } from "../../core/failure.ts";
import { errorCode } from "../../core/io-failure.ts";
import { Breakpoints } from "./breakpoints.ts";
import { DapSession } from "./dap-session.ts";
import type { Delve } from "./delve.ts";
import { JsonSession } from "./json-session.ts";
import type { Request, Session, SessionSink } from "./session.ts";

/** The stable port: debuggers come here, and are led to the delve of the newest version. */
export class DebugDesk {
  readonly breakpoints: Breakpoints = new Breakpoints();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<Session>();
  #delve: Delve | null = null;

  constructor() {
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  /** Listens at this port of the loopback interface. Failure: DEBUGGER_PORT_TAKEN. */
  listen(port: number): Promise<Failure | null> {
    return new Promise((resolve) => {
      this.#server.once("error", (error) => resolve(portFailure(port, error)));
      this.#server.listen(port, "127.0.0.1", () => resolve(null));
    });
  }

  /** Nobody looks at the program. */
  get empty(): boolean {
    return this.#sessions.size === 0;
  }

  get editors(): readonly Session[] {
    return [...this.#sessions].filter((one) => one.editor);
  }

  /** The program of this delve has not begun: it does now, with all who were there before. */
  async lead(delve: Delve): Promise<void> {
    let led = false;
    for (const one of this.editors) led = (await one.lead(delve)) || led;
    await (led ? delve.follow() : delve.begin());
    if (delve.ended) return;
    this.#delve = delve;
    for (const one of this.#sessions) await one.join(delve);
    this.#spoken("other");
  }

  /** The program is about to be replaced: nobody is told of its end. */
  leave(delve: Delve): void {
    if (this.#delve !== delve) return;
    this.#delve = null;
    for (const one of this.#sessions) one.freeze();
  }

  async close(): Promise<void> {
    for (const one of this.#sessions) one.close();
    for (const socket of this.#sockets) socket.destroySoon();
    if (this.#server.listening) {
      await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    }
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    // delve itself tells the two protocols apart by the first letter.
    socket.once("data", (first: Buffer) => {
      socket.pause();
      const sink = this.#sinkFor(() => session);
      const editor = first.toString("latin1", 0, 1) === "C";
      const session: Session = editor
        ? new DapSession(socket, first, sink)
        : new JsonSession(socket, first, sink);
      this.#sessions.add(session);
      socket.resume();
      if (this.#delve !== null) void session.join(this.#delve);
    });
  }

  #sinkFor(session: () => Session): SessionSink {
    return {
      spoken: (by) => this.#spoken(by),
      attaching: () => this.#attaching(),
      over: () => {
        this.#sessions.delete(session());
        this.#delve?.look();
      },
    };
  }

  /** What a client asks for takes a moment to happen, and of a `continue` nothing else tells. */
  #spoken(by: "delve" | Request): void {
    if (by === "step") this.#delve?.step();
    if (by === "go") this.#delve?.goOn();
    this.#delve?.look();
    if (by === "delve") return;
    for (const ms of [25, 100, 400]) setTimeout(() => this.#delve?.look(), ms).unref();
  }

  /** What was set anew for an editor would be in the way of what it sets itself. */
  async #attaching(): Promise<void> {
    const delve = this.#delve;
    if (delve === null || !this.breakpoints.ofEditor) return;
    const { paused } = delve;
    delve.quietly(true);
    if (!paused) await delve.rpc.call("Command", { name: "halt" });
    await this.breakpoints.clearEditors(delve.rpc);
    if (!paused) await delve.begin();
    delve.quietly(false);
  }
}

function portFailure(port: number, error: Error): Failure {
  const taken = errorCode(error) === "EADDRINUSE";
  return {
    code: "DEBUGGER_PORT_TAKEN",
    message: `debuggers cannot come to 127.0.0.1:${port}${taken ? ", which is in use" : ""}`,
    ...(taken ? {} : { seen: error.message }),
    hint: "end what has the port, or choose another one with debug.port",
  };
}
