import { once } from "node:events";
import { type Socket, connect } from "node:net";

/** Those ports of this machine whose connections to another one the program has. */
export type Accepted = (from: readonly number[], port: number) => Promise<readonly number[]>;

/** How many connections are tried at once; the more, the surer each version gets some of them. */
const ATTEMPTS = 16;

/**
 * A connection that was accepted by one version of the program, while another one accepts at the
 * same socket. Nobody can choose who accepts: so some are opened, nothing is sent on them, and all
 * but one that the right version has are closed. Null: it has none of them.
 */
export async function ownConnection(
  port: number,
  accepted: Accepted,
  signal: AbortSignal,
): Promise<Socket | null> {
  const sockets = Array.from({ length: ATTEMPTS }, () => connect({ host: "127.0.0.1", port }));
  // A failure is that of `once`, or no matter any more.
  for (const socket of sockets) socket.on("error", () => undefined);
  const over = new Error("nobody waits for the answer any more");
  const giveUp = (): void => {
    for (const socket of sockets) socket.destroy(over);
  };
  signal.addEventListener("abort", giveUp, { once: true });
  let own: Socket | null = null;
  try {
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    const from = sockets.map((socket) => socket.localPort ?? 0);
    const known = new Set(await accepted(from, port));
    own = sockets.find((socket) => known.has(socket.localPort ?? 0)) ?? null;
  } catch {
    // Nobody listens, or nobody waits for the answer any more.
  }
  signal.removeEventListener("abort", giveUp);
  for (const socket of sockets) if (socket !== own) socket.destroy();
  return own;
}
