import { createConnection } from "node:net";
import type { Failure } from "../../core/failure.ts";
import { errorCode } from "../../core/io-failure.ts";
import { readLines } from "./lines.ts";
import { MOST_LINE, parseAnswer, requestLine } from "./protocol.ts";
import type { Answer, Request } from "./protocol.ts";

/** Nothing came in the time given. */
export type TimedOut = { readonly type: "timed-out" };

/**
 * Asks the gust behind a control socket, and waits for its answer as long as it takes, or for
 * `timeoutMs`. Failures: NOT_RUNNING (nobody listens there, or it left meanwhile), IO_FAILED,
 * REQUEST_INVALID, and whatever that gust answers.
 */
export function callControl(
  path: string,
  request: Request,
  timeoutMs: number | null = null,
): Promise<Answer | TimedOut | Failure> {
  const socket = createConnection(path);
  return new Promise((resolve) => {
    const timer =
      timeoutMs === null ? null : setTimeout(() => end({ type: "timed-out" }), timeoutMs);
    function end(result: Answer | TimedOut | Failure): void {
      if (timer !== null) clearTimeout(timer);
      // What still happens on this connection does not matter any more.
      socket.removeAllListeners();
      socket.on("error", () => undefined);
      socket.destroy();
      resolve(result);
    }
    socket.on("connect", () => socket.write(requestLine(request)));
    socket.on("error", (error) => end(connectionFailure(error, path)));
    socket.on("close", () => end(notRunning("gust left before it answered")));
    readLines(socket, MOST_LINE, {
      line: (text) => {
        const answer = parseAnswer(text);
        end("type" in answer && answer.type === "error" ? answer.failure : answer);
      },
      tooLong: () => end({ code: "REQUEST_INVALID", message: "the answer was too long" }),
    });
  });
}

/** Errors that mean that nobody listens: no file, a file that nobody listens on, no directory. */
export function isNobody(error: unknown): boolean {
  return ["ENOENT", "ECONNREFUSED", "ENOTDIR", "ENOTSOCK"].includes(errorCode(error));
}

function connectionFailure(error: Error, path: string): Failure {
  if (isNobody(error)) return notRunning("no gust runs this program");
  const left = ["EPIPE", "ECONNRESET"].includes(errorCode(error));
  if (left) return notRunning("gust left before it answered");
  return { code: "IO_FAILED", message: `cannot ask gust over ${path}`, seen: error.message };
}

function notRunning(message: string): Failure {
  return { code: "NOT_RUNNING", message, hint: "start `gust` in the project first" };
}
