import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import type { Verdict } from "../../core/effect.ts";
import type { Failure } from "../../core/failure.ts";
import { errorCode, ioFailure } from "../../core/io-failure.ts";
import { callControl } from "./call.ts";
import { readLines } from "./lines.ts";
import { answerLine, MOST_LINE, parseRequest, verdictAnswer } from "./protocol.ts";
import type { Answer, Request, RequestId, StatusReply, UiReply } from "./protocol.ts";
import { preparePlace } from "./socket-place.ts";

/** What those who ask may have. Requests of `wait` are numbered from 1. */
export interface ControlHandlers {
  status(): StatusReply;
  /** Answered by `Control.answer`, now or later. */
  wait(request: number): void;
  /** Nobody waits for this any more. */
  drop(request: number): void;
  /** Writes the journal to a file, and says where. */
  journal(): string | Failure;
  /** Asks for a rebuild and swap; null when it was asked for. */
  swap(): Failure | null;
  /** Asks for the go command that the failure names; null when it was asked for. */
  fix(): Failure | null;
  rollback(to: number | null): Failure | null;
  /** Resolves when what the program has written until now is where it is kept. */
  logs(): Promise<void>;
  /** Opens the dashboard, and says where it is. */
  ui(): Promise<UiReply | Failure>;
}

export interface Control {
  /** The verdict on a `wait`; without effect when nobody waits for it any more. */
  answer(request: number, verdict: Verdict): void;
  /** The same verdict on every `wait`; returns which there were. */
  answerAll(verdict: Verdict): readonly number[];
  /** Stops listening, ends all connections and removes the socket. */
  close(): Promise<void>;
}

export interface ControlOptions {
  /** Path of the socket, or name of the pipe on Windows; see `controlPath`. */
  readonly path: string;
  readonly handlers: ControlHandlers;
}

/**
 * Listens for requests. The socket of a gust that was killed is replaced; where one answers, the
 * failure is ALREADY_RUNNING. Other failures: IO_FAILED, DISK_FULL.
 */
export async function openControl(options: ControlOptions): Promise<Control | Failure> {
  const { path, handlers } = options;
  const unfit = await preparePlace(path);
  if (unfit !== null) return unfit;
  const control = new ControlServer(handlers);
  const failure = await control.listen(path);
  return failure ?? control;
}

class ControlServer implements Control {
  readonly #handlers: ControlHandlers;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waits = new Map<number, { readonly socket: Socket; readonly id: RequestId }>();
  #requests = 0;

  constructor(handlers: ControlHandlers) {
    this.#handlers = handlers;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  async listen(path: string): Promise<Failure | null> {
    let error = await listenOnce(this.#server, path);
    if (errorCode(error) === "EADDRINUSE") {
      const other = await whoRuns(path);
      if (other !== null) return other;
      // A gust that was killed has left its socket.
      await rm(path, { force: true });
      error = await listenOnce(this.#server, path);
    }
    if (errorCode(error) === "EADDRINUSE") return alreadyRunning(null);
    if (error !== null) return ioFailure(error, "listen on", path);
    // A connection that goes wrong ends by itself; the listener has no errors of its own.
    this.#server.on("error", () => undefined);
    if (process.platform !== "win32") await chmod(path, 0o600);
    return null;
  }

  answer(request: number, verdict: Verdict): void {
    const wait = this.#waits.get(request);
    if (wait === undefined) return;
    this.#waits.delete(request);
    send(wait.socket, wait.id, verdictAnswer(verdict));
  }

  answerAll(verdict: Verdict): readonly number[] {
    const requests = [...this.#waits.keys()];
    for (const request of requests) this.answer(request, verdict);
    return requests;
  }

  close(): Promise<void> {
    this.#waits.clear();
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    // A client that vanishes is no failure of ours; `close` follows.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#drop(socket);
    });
    readLines(socket, MOST_LINE, {
      line: (text) => this.#read(socket, text),
      tooLong: () => {
        const failure: Failure = { code: "REQUEST_INVALID", message: "the request is too long" };
        socket.end(answerLine(null, { type: "error", failure }), () => socket.destroy());
      },
    });
  }

  #read(socket: Socket, text: string): void {
    const { id, request } = parseRequest(text);
    if ("code" in request) send(socket, id, { type: "error", failure: request });
    else if (request.type === "wait") this.#wait(socket, id);
    else if (request.type === "logs") void this.#keepOutput(socket, id);
    else if (request.type === "ui") void this.#openUi(socket, id);
    else send(socket, id, this.#reply(request));
  }

  #wait(socket: Socket, id: RequestId): void {
    this.#requests += 1;
    const request = this.#requests;
    this.#waits.set(request, { socket, id });
    this.#handlers.wait(request);
  }

  async #openUi(socket: Socket, id: RequestId): Promise<void> {
    const opened = await this.#handlers.ui();
    send(
      socket,
      id,
      "code" in opened ? { type: "error", failure: opened } : { type: "ui", ...opened },
    );
  }

  async #keepOutput(socket: Socket, id: RequestId): Promise<void> {
    await this.#handlers.logs();
    send(socket, id, { type: "done" });
  }

  #reply(request: Exclude<Request, { type: "wait" | "ui" | "logs" }>): Answer {
    if (request.type === "status") return { type: "status", ...this.#handlers.status() };
    if (request.type === "journal") {
      const file = this.#handlers.journal();
      return typeof file === "string"
        ? { type: "journal", file }
        : { type: "error", failure: file };
    }
    const failure =
      request.type === "rollback"
        ? this.#handlers.rollback(request.to)
        : this.#handlers[request.type]();
    return failure === null ? { type: "done" } : { type: "error", failure };
  }

  #drop(socket: Socket): void {
    for (const [request, wait] of this.#waits) {
      if (wait.socket !== socket) continue;
      this.#waits.delete(request);
      this.#handlers.drop(request);
    }
  }
}

function send(socket: Socket, id: RequestId, answer: Answer): void {
  if (!socket.writable) return;
  // Whoever asks without end and reads no answers is not served any more.
  if (socket.writableLength > MOST_LINE) socket.destroy();
  else socket.write(answerLine(id, answer));
}

function listenOnce(server: Server, path: string): Promise<Error | null> {
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve(error);
    server.once("error", failed);
    server.listen(path, () => {
      server.off("error", failed);
      resolve(null);
    });
  });
}

/** A gust that listens there, as a failure; null when nobody does. */
async function whoRuns(path: string): Promise<Failure | null> {
  const answer = await callControl(path, { type: "status" }, PATIENCE_MS);
  if ("code" in answer) return answer.code === "NOT_RUNNING" ? null : alreadyRunning(null);
  return alreadyRunning(answer.type === "status" ? answer : null);
}

function alreadyRunning(other: StatusReply | null): Failure {
  const where = other === null ? "" : `: pid ${other.pid}, started in ${other.cwd}`;
  return {
    code: "ALREADY_RUNNING",
    message: `gust runs this program already${where}`,
    hint: other === null ? "end it first" : `end it there, or with \`kill ${other.pid}\``,
  };
}

/** One that listens and says nothing for so long is there all the same. */
const PATIENCE_MS = 2000;
