import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { forwardRequest, isGusts, isKept, isSafe, removeHopByHop } from "./forward.ts";
import { type Framing, requestFraming, responseFraming } from "./framing.ts";
import type { Gate, Refusal } from "./gate.ts";
import {
  type Head,
  type RequestLine,
  isUnambiguous,
  parseRequestLine,
  parseStatus,
} from "./head.ts";
import { type AnswerTo, type OwnAnswer, bytesOf, plainAnswer } from "./own-answer.ts";
import { type PageAnswer, preparePage } from "./page-answer.ts";
import { type PageLoad, isPageLoad, preparePageLoad } from "./page-request.ts";
import { type Relayed, relay, relayPage, tunnel } from "./relay.ts";
import type { Unanswered } from "./unanswered.ts";
import { Wire } from "./wire.ts";
import { type GuardOptions, isLoopback, trustOf } from "../guard.ts";
import type { Refused } from "./refusal.ts";

/** What connections of clients share. */
export interface Surroundings {
  readonly gate: Gate;
  /** Whether pages get gust's script. */
  readonly injects: boolean;
  /** What tells this run of gust from others. */
  readonly run: string;
  /** Leads to what gust itself answers, for a client with this address. */
  readonly desk: (peer: string) => Duplex;
  /** What is said where no version answers. */
  readonly refuse: (refusal: Refusal, to: Refused) => OwnAnswer;
  /** Who may know sources. */
  readonly guard: () => GuardOptions;
  /** Generations that put the script into their pages themselves. */
  readonly takingPart: Set<number>;
  readonly unanswered: Unanswered;
}

/** More than net/http takes. */
const LONGEST_HEAD = 2_097_152;

/** Answers one client until one of the two sides is over. Never rejects. */
export async function serveClient(socket: Socket, around: Surroundings): Promise<void> {
  const client = new Client(socket, around);
  try {
    await client.serve();
  } catch {
    // What was announced was not what came.
    client.wire.break();
  } finally {
    client.forget();
  }
}

interface Upstream {
  readonly wire: Wire;
  readonly generation: number;
}

interface Request {
  readonly line: RequestLine;
  readonly head: Head;
  readonly framing: Framing;
  readonly kept: boolean;
  readonly origin: string;
  readonly page: boolean;
}

/** By which a request goes to the program. */
interface Way {
  readonly upstream: Upstream;
  /** Null where no script goes into the answer. */
  readonly load: PageLoad | null;
  /** Called when the first of an answer comes, or the end. */
  readonly answered: () => void;
}

/** "again": it has not been answered, and may be sent once more. */
type Outcome = "next" | "leave" | "broken" | "again";

class Client {
  readonly wire: Wire;
  readonly #peer: string;
  readonly #around: Surroundings;
  readonly #gone = new AbortController();
  /** Kept from the request before. */
  #idle: Upstream | null = null;

  constructor(socket: Socket, around: Surroundings) {
    this.wire = new Wire(socket);
    this.#peer = (socket.remoteAddress ?? "").replace(/^::ffff:/i, "");
    this.#around = around;
    this.wire.onceGone(() => this.#gone.abort());
  }

  async serve(): Promise<void> {
    const first = await this.wire.read();
    if (first === null) return this.wire.leave();
    this.wire.unread(first);
    // A program that speaks TLS is spoken to directly.
    if (first[0] === TLS_HANDSHAKE) return this.#direct(null);
    for (let outcome: Outcome = "next"; outcome === "next";) {
      outcome = await this.#message();
      if (outcome === "leave") this.wire.leave();
      if (outcome === "broken") this.wire.break();
    }
  }

  forget(): void {
    this.#idle?.wire.leave();
    this.#idle = null;
  }

  async #message(): Promise<Outcome> {
    const head = await this.wire.readHead(LONGEST_HEAD, "after empty lines");
    if (head === null) return "leave";
    if (head === "invalid") return this.#refuse(plainAnswer(431, "the head is too long"), atEnd);
    if (head.first === "PRI * HTTP/2.0") {
      await this.#direct(head.bytes());
      return "leave";
    }
    const line = parseRequestLine(head.first);
    const framing = line === null ? null : requestFraming(head, line.minor);
    if (line === null || framing === null || !isUnambiguous(head)) {
      return this.#refuse(plainAnswer(400, "this is no request of HTTP/1"), atEnd);
    }
    const request: Request = {
      line,
      head,
      framing,
      kept: isKept(head, line.minor),
      origin: `${head.get("x-forwarded-proto") ?? "http"}://${head.get("host") ?? ""}`,
      page: isPageLoad(line, head),
    };
    // In a tunnel, as in #direct, nothing can be marked; a program may answer and not mean one.
    if (line.method === "CONNECT" && !isLoopback(this.#peer)) {
      return this.#refuse(plainAnswer(403, "CONNECT is for this machine alone"), atEnd);
    }
    return isGusts(line) ? this.#askDesk(request) : this.#ask(request);
  }

  async #askDesk(request: Request): Promise<Outcome> {
    const upstream = { wire: new Wire(this.#around.desk(this.#peer)), generation: 0 };
    const way = { upstream, load: null, answered: noop };
    const outcome = await this.#exchange({ ...request, page: false }, way);
    if (this.#idle === upstream) this.#idle = null;
    upstream.wire.leave();
    if (outcome !== "again") return outcome;
    const answer = plainAnswer(400, "this is no request that gust knows");
    return this.#refuse(answer, { kept: false, method: request.line.method });
  }

  async #ask(request: Request): Promise<Outcome> {
    const { gate, refuse, injects, run, takingPart, unanswered } = this.#around;
    const { head, line, framing } = request;
    const original = head.fields;
    const mayRepeat = isSafe(line.method) && framing.empty;
    const page = request.page && injects;
    for (let once = true; ; once = false) {
      const upstream = this.#kept(request) ?? (await this.#open());
      if (upstream === null) return "broken";
      if (!("wire" in upstream)) {
        const answer = refuse(upstream, { page: request.page, trusted: this.#isTrusted(head) });
        return this.#refuse(answer, { kept: request.kept && framing.empty, method: line.method });
      }
      head.fields = original;
      // A program with gust's files does the same with its pages.
      const load =
        page && !takingPart.has(upstream.generation)
          ? preparePageLoad(head, { build: upstream.generation, run })
          : { tag: null };
      // For the same reason as in #direct: the answer comes as HTTP/1 then.
      if (!isLoopback(this.#peer) && head.words("upgrade").includes("h2c")) head.remove("upgrade");
      forwardRequest(head, this.#peer);
      const reused = this.#idle === upstream;
      this.#idle = null;
      const answered = mayRepeat ? noop : unanswered.begin();
      const outcome = await this.#exchange(request, {
        upstream,
        load: page ? load : null,
        answered,
      });
      if (outcome !== "again") return outcome;
      upstream.wire.break();
      const replaced = reused || gate.generation !== upstream.generation;
      if (once && replaced && mayRepeat) continue;
      const answer = plainAnswer(502, "the program has ended the connection without an answer");
      return this.#refuse(answer, { kept: false, method: line.method });
    }
  }

  /**
   * The connection of the request before. What may not be sent twice gets a new one: a program that
   * leaves may end one that is kept at the very moment in which it is used.
   */
  #kept({ line, framing }: Request): Upstream | null {
    const idle = this.#idle;
    if (idle === null) return null;
    const { wire, generation } = idle;
    const usable = wire.quiet && generation === this.#around.gate.generation;
    if (usable && isSafe(line.method) && framing.empty) return idle;
    this.forget();
    return null;
  }

  #isTrusted(head: Head): boolean {
    const host = head.get("host");
    return trustOf(host === null ? {} : { host }, this.#peer, this.#around.guard()) === "full";
  }

  async #open(): Promise<Upstream | Refusal | null> {
    const opened = await this.#around.gate.open(this.#gone.signal);
    if (opened === null || !("socket" in opened)) return opened;
    const wire = new Wire(opened.socket);
    // What ends between two requests is not kept waiting for the next one.
    opened.socket.once("end", () => {
      if (this.#idle?.wire === wire) wire.end();
    });
    return { wire, generation: opened.generation };
  }

  /** Sends a request and its answer back, both as they come. */
  async #exchange(request: Request, way: Way): Promise<Outcome> {
    const { wire: to } = way.upstream;
    const { wire: client } = this;
    const halfClosed = (): void => to.end();
    const forget = client.onceGone(() => to.socket.destroy());
    to.gather();
    await to.write(request.head.bytes());
    const sent = this.#send(request, to).then(
      (whole) => {
        // The client says nothing more, be it that it has said all or that it has broken off.
        if (client.ended) halfClosed();
        else if (whole) client.socket.once("end", halfClosed);
        return whole;
      },
      () => {
        client.break();
        return false;
      },
    );
    try {
      return await this.#answer(request, { ...way, sent });
    } finally {
      way.answered();
      forget();
      client.socket.off("end", halfClosed);
    }
  }

  async #send({ framing }: Request, to: Wire): Promise<boolean> {
    if (framing.empty) return true;
    return (await relay(this.wire, to, framing)) === "done";
  }

  async #answer(
    request: Request,
    { upstream, load, answered, sent }: Way & { readonly sent: Promise<boolean> },
  ): Promise<Outcome> {
    const { wire: from, generation } = upstream;
    const { wire: client } = this;
    for (let begun = false; ; begun = true) {
      const head = await from.readHead(LONGEST_HEAD);
      answered();
      const status = head === null || head === "invalid" ? null : parseStatus(head.first);
      if (head === null || head === "invalid" || status === null) {
        if (client.gone || begun) return "broken";
        return "again";
      }
      if (status === 101 || (request.line.method === "CONNECT" && status < 300 && status >= 200)) {
        await client.write(head.bytes());
        await tunnel(client, from);
        return "leave";
      }
      if (status < 200) {
        if (request.line.minor > 0) await client.write(head.bytes());
        continue;
      }
      const { run } = this.#around;
      const answer = {
        build: generation,
        run,
        origin: request.origin,
        load: load ?? { tag: null },
      };
      const outcome = await this.#relay(request, {
        from,
        head,
        status,
        answer,
        page: load !== null,
      });
      return this.#after(outcome, { request, upstream, head, sent });
    }
  }

  async #relay(
    { line }: Request,
    how: {
      readonly from: Wire;
      readonly head: Head;
      readonly status: number;
      readonly answer: PageAnswer;
      readonly page: boolean;
    },
  ): Promise<Relayed> {
    const { from, head, status, answer, page } = how;
    const { wire: client } = this;
    const framing = responseFraming(head, status, line.method);
    if (framing === null) return "broken";
    removeHopByHop(head);
    if (head.get("x-gust-page") !== null) this.#around.takingPart.add(answer.build);
    const injection = page ? preparePage(head, status, answer) : null;
    if (!page) head.remove("x-gust-page");
    if (injection !== null) {
      return relayPage(client, { from, framing, head, injection, chunked: line.minor > 0 });
    }
    client.gather();
    await client.write(head.bytes());
    const outcome = framing.empty ? "done" : await relay(from, client, framing);
    return outcome === "done" && framing.open ? "open" : outcome;
  }

  async #after(
    outcome: Relayed,
    how: {
      readonly request: Request;
      readonly upstream: Upstream;
      readonly head: Head;
      readonly sent: Promise<boolean>;
    },
  ): Promise<Outcome> {
    const { request, upstream, head, sent } = how;
    const { wire } = upstream;
    if (outcome === "broken" || outcome === "cut") {
      wire.break();
      return outcome === "cut" ? "leave" : "broken";
    }
    const minor = Number(/^HTTP\/1\.(\d)/.exec(head.first)?.[1]);
    const kept = outcome === "done" && isKept(head, minor);
    if (!kept || !request.kept) {
      wire.leave();
      return "leave";
    }
    // The program has answered before it has heard all, and goes on listening.
    if (!(await sent)) return "broken";
    this.#idle = upstream;
    if (wire.ended) wire.end();
    return "next";
  }

  async #refuse(answer: OwnAnswer, to: AnswerTo): Promise<Outcome> {
    await this.wire.write(bytesOf(answer, to));
    return to.kept ? "next" : "leave";
  }

  /**
   * Another protocol than HTTP/1 goes to the program as it comes: HTTP/2 in the clear tells so with its
   * first bytes. Only that is byte for byte what the client and the program say to each other.
   */
  async #direct(begin: Buffer | null): Promise<void> {
    // What is said there cannot be marked as from another machine.
    const upstream = isLoopback(this.#peer) ? await this.#open() : null;
    if (upstream === null || !("wire" in upstream)) return this.wire.break();
    if (begin !== null) await upstream.wire.write(begin);
    await tunnel(this.wire, upstream.wire);
  }
}

const noop = (): void => undefined;

const TLS_HANDSHAKE = 0x16;

/** What was not understood has no end that is known. */
const atEnd: AnswerTo = { kept: false, method: "" };
