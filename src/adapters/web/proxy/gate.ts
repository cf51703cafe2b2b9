import { EventEmitter, once } from "node:events";
import { type Socket, connect } from "node:net";
import type { Failure } from "../../../core/failure.ts";
import type { Address } from "../../../core/version.ts";
import type { View } from "../../../core/view.ts";

export interface GateOptions {
  /** Port of the program on this machine; 0: the address that it listens on. */
  readonly appPort: number;
  /** How long a request waits where gust is not about to make a version answer. */
  readonly startTimeoutMs: number;
}

/** A connection to the version that answers. */
export interface Passage {
  readonly socket: Socket;
  readonly generation: number;
}

/** Why there is none. */
export interface Refusal {
  /** The newest save that failed, while nothing else is alive. */
  readonly red: { readonly failure: Failure; readonly generation: number } | null;
  readonly newest: number;
  /** Where nobody was found; null: gust knows no address. */
  readonly sought: string | null;
  /** The generation that is live, though nobody accepts there. */
  readonly live: number | null;
  /** Where that listens as gust sees it; null: nowhere. */
  readonly listens: string | null;
}

/** Lets requests through to the program as soon as a version of it answers. */
export class Gate {
  readonly #options: GateOptions;
  readonly #news = new EventEmitter<{ change: [] }>().setMaxListeners(0);
  #view: View | null = null;
  /** The address that let somebody in last. */
  #known: Place | null = null;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** The generation that answers; null while none does. */
  get generation(): number | null {
    return this.#view?.serving?.generation ?? null;
  }

  /** By which a page knows whether what it tells is still so; null while a version answers or comes. */
  get label(): string | null {
    const stage = stageOf(this.#view);
    return stage === "serving" || stage === "coming" ? null : labelOf(this.#refused());
  }

  view(view: View): void {
    const before = this.#view;
    this.#view = view;
    const same =
      stageOf(before) === stageOf(view) &&
      before?.serving?.pid === view.serving?.pid &&
      before?.failed === view.failed;
    if (!same) this.#news.emit("change");
  }

  /**
   * Connects to the program. Waits while gust builds or starts a version, which comes to an end by
   * itself, and the time that was configured while nothing is on its way or nobody accepts. Aborting
   * resolves with null.
   */
  async open(signal: AbortSignal): Promise<Passage | Refusal | null> {
    let left = this.#options.startTimeoutMs;
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      const stage = stageOf(this.#view);
      if (stage === "red") return this.#refused();
      const passage = stage === "serving" ? await this.#connect() : null;
      if (passage !== null) {
        // Nothing has been sent yet: what is about to leave, or has been replaced, gets no more.
        if (!signal.aborted && this.generation === passage.generation) return passage;
        passage.socket.destroy();
        continue;
      }
      // What was seen may have changed while nobody accepted.
      if (stageOf(this.#view) !== stage) continue;
      if (left <= 0 && stage !== "coming") return this.#refused();
      // The program accepts again without a word to gust, so that there is nothing else to wait for.
      const most = stage === "serving" ? Math.min(pause, left) : left;
      const began = performance.now();
      await this.changed(stage === "coming" ? null : most, signal);
      if (stage !== "coming") left -= performance.now() - began;
    }
    return null;
  }

  /** Resolves with the next change of what answers, after so many milliseconds, or with an abort. */
  async changed(ms: number | null, signal: AbortSignal): Promise<void> {
    const limits = ms === null ? [] : [AbortSignal.timeout(Math.max(1, Math.ceil(ms)))];
    await once(this.#news, "change", { signal: AbortSignal.any([signal, ...limits]) }).catch(
      () => undefined,
    );
  }

  async #connect(): Promise<Passage | null> {
    const serving = this.#view?.serving;
    if (serving === null || serving === undefined) return null;
    const known = this.#known;
    const places = placesOf(this.#options.appPort, serving.addresses);
    const ordered = places.toSorted((a, b) => Number(isSame(b, known)) - Number(isSame(a, known)));
    for (const place of ordered) {
      const socket = await tryConnect(place);
      if (socket === null) continue;
      this.#known = place;
      return { socket, generation: serving.generation };
    }
    return null;
  }

  #refused(): Refusal {
    const { serving = null, failure = null, failed = null, newest = 0 } = this.#view ?? {};
    const places = placesOf(this.#options.appPort, serving?.addresses ?? []);
    const red =
      serving === null && failure !== null && failed !== null
        ? { failure, generation: failed }
        : null;
    const seen = placesOf(0, serving?.addresses ?? []);
    return {
      red,
      newest,
      sought: places.map(nameOf).at(0) ?? null,
      live: serving?.generation ?? null,
      listens: seen.map(nameOf).at(0) ?? null,
    };
  }
}

/** By which a page knows whether it still tells what is. */
export const labelOf = ({ red }: Refusal): string =>
  red === null ? "none" : `none; failed=${red.generation}`;

/**
 * - "serving": a version is ready;
 * - "coming": none is, and gust is at work, or has not begun;
 * - "red": none is, the newest save has failed, and nothing goes on;
 * - "down": none is, and nothing goes on.
 */
type Stage = "serving" | "coming" | "red" | "down";

function stageOf(view: View | null): Stage {
  if (view === null) return "coming";
  if (view.serving !== null) return "serving";
  if (view.activity.type !== "idle" || view.newest === 0) return "coming";
  return view.failure === null ? "down" : "red";
}

type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** Each machine has two loopback addresses; a program that names one listens on the other one seldom. */
function placesOf(appPort: number, addresses: readonly Address[]): readonly Place[] {
  if (appPort !== 0) return loopback(appPort);
  const tcpFirst = addresses.toSorted(
    (a, b) => Number(b.network === "tcp") - Number(a.network === "tcp"),
  );
  return tcpFirst.flatMap(({ network, address }): readonly Place[] => {
    if (network === "udp") return [];
    if (network === "unix") return [{ path: address }];
    const [, name = "", digits = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
    const port = Number(digits);
    if (port === 0) return [];
    return ["", "*", "0.0.0.0", "::"].includes(name) ? loopback(port) : [{ host: name, port }];
  });
}

const loopback = (port: number): readonly Place[] =>
  ["127.0.0.1", "::1"].map((host) => ({ host, port }));

/** As people write it. */
export function nameOf(place: Place): string {
  if ("path" in place) return place.path;
  return place.host.includes(":") ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
}

const isSame = (place: Place, other: Place | null): boolean =>
  other !== null && nameOf(place) === nameOf(other);

/** Null: nobody accepts there. */
function tryConnect(place: Place): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ ...place, noDelay: true, allowHalfOpen: true });
    socket.once("error", () => {
      socket.destroy();
      resolve(null);
    });
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 200;
