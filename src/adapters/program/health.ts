import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export interface HealthCheck {
  readonly path: string;
  /** 0: the first port that the program listens on. */
  readonly port: number;
  /** Inclusive ranges of good status codes. */
  readonly status: readonly (readonly [number, number])[];
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

/**
 * Asks until a good status comes (true) or the signal is aborted (false). `door` opens a way to the
 * program that leads to no other version of it; null where the port itself has to do.
 */
export async function probeHealth(
  check: HealthCheck,
  signal: AbortSignal,
  door: () => Promise<number | null>,
): Promise<boolean> {
  while (!signal.aborted) {
    const status = await ask(check, (await door()) ?? check.port, signal);
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

function ask(check: HealthCheck, port: number, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: "127.0.0.1",
        port,
        path: check.path,
        timeout: check.timeoutMs,
        agent: false,
        signal,
        headers: { host: `127.0.0.1:${check.port}`, "user-agent": "gust-health" },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? null);
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(null));
    request.on("close", () => resolve(null));
  });
}
