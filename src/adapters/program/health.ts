import { get } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Accepted, ownConnection } from "./own-connection.ts";

export interface HealthCheck {
  readonly path: string;
  /** 0: the first port that the program listens on. */
  readonly port: number;
  /** Inclusive ranges of good status codes. */
  readonly status: readonly (readonly [number, number])[];
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

/** How the answer is known to be that of one version, while another one accepts as well. */
export interface Ways {
  /** Opens a way to the program that leads to no other version; null where the port has to do. */
  readonly door: () => Promise<number | null>;
  /** Null where no other version accepts at the same port. */
  readonly accepted: Accepted | null;
}

/** Asks until a good status comes (true) or the signal is aborted (false). */
export async function probeHealth(
  check: HealthCheck,
  signal: AbortSignal,
  { door, accepted }: Ways,
): Promise<boolean> {
  while (!signal.aborted) {
    const own = await door();
    const proof = own === null ? accepted : null;
    const status = await ask(check, { port: own ?? check.port, proof }, signal);
    if (status !== null && check.status.some(([from, to]) => status >= from && status <= to)) {
      return !signal.aborted;
    }
    try {
      // Health is the program's own word: there is no event to wait for, only another question.
      await delay(check.intervalMs, undefined, { signal });
    } catch {
      return false;
    }
  }
  return false;
}

interface Target {
  readonly port: number;
  readonly proof: Accepted | null;
}

async function ask(
  check: HealthCheck,
  { port, proof }: Target,
  signal: AbortSignal,
): Promise<number | null> {
  if (proof === null) return askOn(null, check, port, signal);
  const socket = await ownConnection(port, proof, signal);
  return socket === null ? null : askOn(socket, check, port, signal);
}

function askOn(
  socket: Socket | null,
  check: HealthCheck,
  port: number,
  signal: AbortSignal,
): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: "127.0.0.1",
        port,
        path: check.path,
        timeout: check.timeoutMs,
        signal,
        headers: { host: `127.0.0.1:${check.port}`, "user-agent": "gust-health" },
        // An agent would open a connection of its own.
        ...(socket === null ? { agent: false } : { createConnection: () => socket }),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? null);
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(null));
    request.on("close", () => {
      socket?.destroy();
      resolve(null);
    });
  });
}
