import { Chunked, type Framing } from "./framing.ts";
import type { Head } from "./head.ts";
import type { Injection } from "./page-answer.ts";
import { withScript } from "./page-body.ts";
import type { Wire } from "./wire.ts";

/**
 * - "open": whole, if the connection ends in order;
 * - "cut": the end of the connection tells by itself that it is not whole, so that all which has come
 *   can still arrive;
 * - "broken": only a connection that breaks off tells it.
 */
export type Relayed = "done" | "open" | "cut" | "broken";

/** Passes on a body as it comes, byte for byte, and no faster than it is taken. */
export async function relay(
  from: Wire,
  to: Wire,
  framing: Framing,
): Promise<Exclude<Relayed, "open">> {
  for (;;) {
    const bytes = await from.read();
    if (bytes === null && from.failed) return "broken";
    if (bytes === null) return framing.open ? "done" : "cut";
    const { used, done } = framing.take(bytes);
    from.unread(bytes.subarray(used));
    if (!(await to.write(bytes.subarray(0, used)))) return "broken";
    if (done) return "done";
  }
}

export interface PageRelay {
  readonly from: Wire;
  readonly framing: Framing;
  readonly head: Head;
  readonly injection: Injection;
  /** False: the client knows no chunks, so that the end of the connection is that of the page. */
  readonly chunked: boolean;
}

/** Passes on a page with gust's script in it, as it comes. */
export async function relayPage(
  to: Wire,
  { from, framing, head, injection, chunked }: PageRelay,
): Promise<Relayed> {
  if (chunked) head.set("Transfer-Encoding", "chunked");
  else {
    head.remove("transfer-encoding");
    head.set("Connection", "close");
  }
  to.gather();
  if (!(await to.write(head.bytes()))) return "broken";
  try {
    for await (const part of withScript(contentOf(from, framing), injection)) {
      if (!(await to.write(chunked ? chunkOf(part) : Buffer.from(part)))) return "broken";
      to.gather();
    }
  } catch {
    return chunked && !from.failed ? "cut" : "broken";
  }
  if (!chunked) return "open";
  const trailers = framing instanceof Chunked ? framing.trailers : Buffer.from("\r\n");
  await to.write(Buffer.concat([Buffer.from("0\r\n"), trailers]));
  return framing.open ? "open" : "done";
}

/** Everything that both sides say, until one of them is gone. */
export async function tunnel(one: Wire, other: Wire): Promise<void> {
  const forget = [
    one.onceGone(() => other.socket.destroy()),
    other.onceGone(() => one.socket.destroy()),
  ];
  await Promise.all([oneWay(one, other), oneWay(other, one)]);
  for (const each of forget) each();
}

async function oneWay(from: Wire, to: Wire): Promise<void> {
  for (let bytes = await from.read(); bytes !== null; bytes = await from.read()) {
    if (!(await to.write(bytes))) return;
  }
  if (from.failed) to.break();
  else to.end();
}

async function* contentOf(from: Wire, framing: Framing): AsyncGenerator<Buffer> {
  for (let done = framing.empty; !done;) {
    const bytes = await from.read();
    if (bytes === null) {
      if (framing.open && !from.failed) return;
      throw new Error("the page was cut");
    }
    const taken = framing.take(bytes);
    from.unread(bytes.subarray(taken.used));
    for (const part of taken.content) if (part.length > 0) yield part;
    done = taken.done;
  }
}

function chunkOf(part: Uint8Array): Buffer {
  const size = Buffer.from(`${part.length.toString(16)}\r\n`);
  return Buffer.concat([size, part, Buffer.from("\r\n")]);
}
