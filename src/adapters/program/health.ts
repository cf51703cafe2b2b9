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

/** How the answer is known to be that of one version, while another one accepts as well. */
export interface Ways {
  /** Opens a way to the program that leads to no other version; null where the port has to do. */
  readonly door: () => Promise<number | null>;
  /** Whether the program has the connection from this port; null where nobody else can. */
  readonly isAnswerer: ((from: number, port: number) => Promise<boolean>) | null;
}

/** Asks until a good status comes (true) or the signal is aborted (false). */
export async function probeHealth(
  check: HealthCheck,
  signal: AbortSignal,
  { door, isAnswerer }: Ways,
): Promise<boolean> {
  while (!signal.aborted) {
    const own = await door();
    const proof = own === null ? isAnswerer : null;
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
  readonly proof: Ways["isAnswerer"];
}

function ask(
  check: HealthCheck,
  { port, proof }: Target,
  signal: AbortSignal,
): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: "127.0.0.1",
        port,
        path: check.path,
        timeout: check.timeoutMs,
        agent: false,
        signal,
        headers: {
          host: `127.0.0.1:${check.port}`,
          "user-agent": "gust-health",
          // Who has a connection can be seen as long as it is open.
          ...(proof === null ? {} : { connection: "keep-alive" }),
        },
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? null;
        if (proof === null) return resolve(status);
        return void proof(response.socket.localPort ?? 0, port).then((yes) => {
          resolve(yes ? status : null);
          request.destroy();
        });
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(null));
    if (proof === null) request.on("close", () => resolve(null));
  });
}
