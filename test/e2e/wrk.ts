import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { hasProc } from "./census.ts";
import { assertInstalled } from "./installed.ts";

export interface WrkReport {
  readonly requests: number;
  /** Of connections: connect, read, write, timeout. */
  readonly socketErrors: number;
  /** Answers whose status is neither 2xx nor 3xx. */
  readonly badAnswers: number;
}

export interface Wrk {
  stop(): Promise<WrkReport>;
}

/** wrk with 16 kept connections that are never idle, until it is stopped. */
export function startWrk(port: number): Wrk {
  assertInstalled("wrk");
  if (hasProc) assertInstalled("setpriv");
  const args = ["-c16", "-t1", "-d10m", "--timeout", "20s", `http://127.0.0.1:${port}/`];
  // It must not go on at full speed when the test is killed; elsewhere it ends after ten minutes.
  const bound = hasProc ? ["setpriv", "--pdeathsig", "INT"] : ["env"];
  const [command = "", ...before] = bound;
  const whole = [...before, "wrk", ...args];
  const child = spawn(command, whole, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  child.stderr.setEncoding("utf8").on("data", (more: string) => (text += more));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    stop: async () => {
      // It tells what it has seen until then.
      child.kill("SIGINT");
      await ended;
      return parseWrk(text);
    },
  };
}

/** A line of errors is there only if there were any. */
export function parseWrk(text: string): WrkReport {
  const requests = /^\s*(\d+) requests in /m.exec(text)?.[1];
  assert.ok(requests !== undefined, `wrk has not told what it saw:\n${text}`);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? "0";
  const counts = (errors ?? []).slice(1).map(Number);
  return {
    requests: Number(requests),
    socketErrors: counts.reduce((sum, count) => sum + count, 0),
    badAnswers: Number(bad),
  };
}
