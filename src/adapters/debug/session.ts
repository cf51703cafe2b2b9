import { type NetConnectOpts, type Socket, createConnection } from "node:net";
import type { Delve } from "./delve.ts";

/** A client at the stable port, whatever delve it is led to. */
export interface Session {
  /** It speaks the debug adapter protocol, and sets its breakpoints itself. */
  readonly editor: boolean;
  /** From now on nothing of its delve reaches it: the program is about to be replaced. */
  freeze(): void;
  /** An editor's part in the start of a version: true when it has let the program begin. */
  lead(delve: Delve): Promise<boolean>;
  /** The program runs: others are led to it. */
  join(delve: Delve): Promise<void>;
  /** gust leaves. */
  close(): void;
}

/** What a client asks for: a step to the next line, that the program goes on, or something else. */
export type Request = "step" | "go" | "other";

/** What a session tells of its client. */
export interface SessionSink {
  /** Client and delve have spoken: what the program does may be something else now. */
  spoken(by: "delve" | Request): void;
  /** The client is about to attach, and to set its breakpoints itself. */
  attaching(): Promise<void>;
  over(): void;
}

/** A connection to a delve, for a client. */
export function connectTo(where: NetConnectOpts): Promise<Socket | null> {
  const socket = createConnection(where);
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(socket));
    socket.on("error", () => resolve(null));
  });
}
