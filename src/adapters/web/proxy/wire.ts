import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { endOfHead, type Head, parseHead } from "./head.ts";

/** One end of a connection, read when somebody wants to read, and written no faster than it takes. */
export class Wire {
  readonly socket: Duplex;
  #unread: Buffer | null = null;
  #wake: (() => void)[] = [];

  constructor(socket: Duplex) {
    this.socket = socket;
    const wake = (): void => this.#awake();
    // Reading of an ended stream tells its end, where nobody else is about to read.
    socket.on("readable", () => {
      wake();
      if (socket.readableLength === 0) socket.read(0);
    });
    for (const event of ["end", "close", "error", "drain", "finish"]) socket.on(event, wake);
  }

  /** Nothing can be read any more, nor written. */
  get gone(): boolean {
    return this.socket.destroyed;
  }

  /** The other side has said that it sends nothing more, and all has been read. */
  get ended(): boolean {
    return this.#unread === null && this.socket.readableEnded;
  }

  /** It can be used further, and the other side has said nothing yet. */
  get quiet(): boolean {
    const { socket } = this;
    const usable = !socket.destroyed && !socket.readableEnded && !socket.writableEnded;
    return usable && this.#unread === null && socket.readableLength === 0;
  }

  /** The other side has broken the connection off. */
  get failed(): boolean {
    return this.socket.destroyed && !this.socket.readableEnded;
  }

  /** What is written until all that can be done now is done goes in one piece. */
  gather(): void {
    const { socket } = this;
    if (socket.writableCorked > 0 || socket.destroyed) return;
    socket.cork();
    process.nextTick(() => socket.uncork());
  }

  /** The next bytes; null at the end of what the other side sends, in order or not. */
  async read(): Promise<Buffer | null> {
    for (;;) {
      const unread = this.#unread;
      this.#unread = null;
      if (unread !== null) return unread;
      const { socket } = this;
      const bytes: unknown = socket.read();
      if (Buffer.isBuffer(bytes)) return bytes;
      if (socket.readableEnded || socket.destroyed) return null;
      await this.#change();
    }
  }

  /** The next read returns these first. */
  unread(bytes: Buffer): void {
    if (bytes.length > 0) this.#unread = bytes;
  }

  /** Resolves when there is something to read, or nothing will come. */
  async readable(): Promise<void> {
    const bytes = await this.read();
    if (bytes !== null) this.unread(bytes);
  }

  /**
   * The head of the next message, `most` bytes at most. Null: there is none, because the connection
   * is over. "invalid": it is too long, or broken off.
   */
  async readHead(most: number, begin?: "after empty lines"): Promise<Head | null | "invalid"> {
    if (begin !== undefined) await this.#passEmptyLines();
    let bytes = await this.read();
    if (bytes === null) return null;
    for (let seen = 0; ;) {
      const end = endOfHead(bytes, seen - 3);
      if (end !== null) {
        this.unread(bytes.subarray(end.next));
        return parseHead(bytes.toString("latin1", 0, end.at));
      }
      if (bytes.length > most) return "invalid";
      seen = bytes.length;
      const more = await this.read();
      if (more === null) return "invalid";
      bytes = Buffer.concat([bytes, more]);
    }
  }

  /** Old clients end what they have sent with a line more than they say (RFC 9112, 2.2). */
  async #passEmptyLines(): Promise<void> {
    for (let bytes = await this.read(); bytes !== null; bytes = await this.read()) {
      const begin = bytes.findIndex((byte) => byte !== 13 && byte !== 10);
      if (begin >= 0) return this.unread(bytes.subarray(begin));
    }
  }

  /** Resolves when more can be written; false: nothing can any more. */
  async write(bytes: Buffer): Promise<boolean> {
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return false;
    if (bytes.length === 0 || socket.write(bytes)) return true;
    while (socket.writableNeedDrain && !socket.destroyed) await this.#change();
    return !socket.destroyed;
  }

  /** Tells the other side that nothing more comes. */
  end(): void {
    if (!this.socket.writableEnded && !this.socket.destroyed) this.socket.end();
  }

  /**
   * Ends in order: what was written arrives, also where the other side is still sending, which makes
   * systems throw it away when a connection is closed too early.
   */
  leave(): void {
    const { socket } = this;
    if (socket.destroyed) return;
    socket.end(() => setTimeout(() => socket.destroy(), LINGER_MS));
    void this.#discard();
  }

  async #discard(): Promise<void> {
    while ((await this.read()) !== null) this.#unread = null;
  }

  /** Ends at once, so that nobody takes what has been sent for all there was. */
  break(): void {
    const { socket } = this;
    if (socket instanceof Socket) socket.resetAndDestroy();
    else socket.destroy();
  }

  onceGone(callback: () => void): () => void {
    this.socket.once("close", callback);
    return () => void this.socket.off("close", callback);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #awake(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const LINGER_MS = 500;
