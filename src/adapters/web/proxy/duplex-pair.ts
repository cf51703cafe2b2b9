import { Duplex } from "node:stream";

/** Two ends of a connection within this process: what is written to one is read from the other. */
export function duplexPair(): readonly [Duplex, Duplex] {
  const left = new End();
  const right = new End();
  left.other = right;
  right.other = left;
  return [left, right];
}

class End extends Duplex {
  other: End | null = null;
  /** Called when the other end wants to read on. */
  #taken: (() => void) | null = null;

  constructor() {
    super({ allowHalfOpen: true });
    this.on("error", () => undefined);
  }

  override _read(): void {
    this.other?.goOn();
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    if (this.other === null || this.other.destroyed || bytes.length === 0) return done();
    if (this.other.push(bytes)) done();
    else this.#taken = done;
  }

  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other } = this;
    // As a socket whose other side has gone.
    if (other !== null && !other.destroyed) queueMicrotask(() => other.destroy());
    done(error);
  }

  goOn(): void {
    const taken = this.#taken;
    this.#taken = null;
    taken?.();
  }
}
