import { randomBytes } from "node:crypto";

/** Words that open a door once, within a minute. */
export class Tickets {
  readonly #valid = new Map<string, number>();
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  issue(): string {
    const ticket = randomBytes(24).toString("base64url");
    this.#valid.set(ticket, this.#now() + VALID_MS);
    return ticket;
  }

  /** True for one that is valid; it is not from then on. */
  take(ticket: string): boolean {
    const until = this.#valid.get(ticket);
    this.#valid.delete(ticket);
    for (const [old, end] of this.#valid) if (end < this.#now()) this.#valid.delete(old);
    return until !== undefined && this.#now() <= until;
  }
}

const VALID_MS = 60_000;
