import { type Server, type Socket, createServer } from "node:net";
import type { Failure } from "../../../core/failure.ts";
import { errorCode } from "../../../core/io-failure.ts";
import type { View } from "../../../core/view.ts";
import type { GuardOptions } from "../guard.ts";
import { type Surroundings, serveClient } from "./connection.ts";
import { type Desk, DeskServer } from "./desk-server.ts";
import { Gate, type GateOptions } from "./gate.ts";
import { Unanswered } from "./unanswered.ts";
import { type RefusalOptions, refusalAnswer } from "./refusal.ts";

export interface ProxyOptions extends GateOptions, RefusalOptions {
  /** Address or name that it listens on. */
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Whether pages get gust's script. */
  readonly injects: boolean;
  /** What tells this run of gust from others. */
  readonly run: string;
  readonly desk: Desk;
  /** Clients at a time; the connections of more are closed at once. */
  readonly mostClients: number;
  /** Who may know sources; asked each time. */
  readonly guard: () => GuardOptions;
}

/** A reverse proxy before the program. */
export interface Proxy {
  readonly port: number;
  /** How a browser on this machine gets there. */
  readonly url: string;
  /** Told with every change of what is live. */
  view(view: View): void;
  /**
   * Asked before the program is told to end: null, or resolves within moments, when it must have
   * accepted what has been sent to it.
   */
  settled(): Promise<void> | null;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Opens air's `[proxy]`: what is asked there is asked of the program, and answered as the program does,
 * byte for byte; what comes while no version answers waits. Failure: PROXY_PORT_TAKEN.
 */
export async function openProxy(options: ProxyOptions): Promise<Proxy | Failure> {
  const gate = new Gate(options);
  const desk = new DeskServer(options.desk, gate);
  const around: Surroundings = {
    gate,
    injects: options.injects,
    run: options.run,
    desk: (peer) => desk.connect(peer),
    refuse: (refusal, to) => refusalAnswer(refusal, to, options),
    guard: options.guard,
    takingPart: new Set(),
    unanswered: new Unanswered(),
  };
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    clients.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => clients.delete(socket));
    void serveClient(socket, around);
  });
  server.maxConnections = options.mostClients;
  const failure = await listen(server, options);
  if (failure !== null) return failure;
  const port = portOf(server);
  return {
    port,
    url: `http://${nameOf(options.host)}:${port}`,
    view: (view) => gate.view(view),
    settled: () => around.unanswered.settled(),
    close() {
      desk.close();
      for (const client of clients) client.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, { host, port }: ProxyOptions): Promise<Failure | null> {
  return new Promise((resolve) => {
    server.once("error", (error) => resolve(notOpen(error, host, port)));
    server.listen({ host, port }, () => {
      server.removeAllListeners("error").on("error", () => undefined);
      resolve(null);
    });
  });
}

function notOpen(error: Error, host: string, port: number): Failure {
  const taken = errorCode(error) === "EADDRINUSE";
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    code: "PROXY_PORT_TAKEN",
    message: `the proxy cannot listen on ${place}${taken ? ", which is in use" : ""}`,
    ...(taken ? {} : { seen: error.message }),
    hint: taken
      ? "end what has the port, or choose another one with proxy.proxy_port (0: one that is free)"
      : "see proxy.host and proxy.proxy_port",
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** All addresses are reached by the one of this machine. */
function nameOf(host: string): string {
  if (["0.0.0.0", "::", "127.0.0.1", "::1", "localhost"].includes(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
