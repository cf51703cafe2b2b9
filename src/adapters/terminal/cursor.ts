/**
 * What a stream of bytes has done to the line it is on: whether its last byte ended a line,
 * whether it stopped inside of a character or an escape sequence, and which colours it left on.
 * Reads bytes and never changes them.
 */
export class Cursor {
  #state: State = "ground";
  #lineStart = true;
  /** Bytes that the last character still lacks. */
  #lacking = 0;
  #parameters = "";
  #colours = "";
  #alternate = false;

  /** True when the next byte would begin a line. */
  get lineStart(): boolean {
    return this.#lineStart && this.whole;
  }

  /** False in the middle of a character or of an escape sequence. */
  get whole(): boolean {
    return this.#state === "ground" && this.#lacking === 0;
  }

  /** The sequences that bring the stream's colours back; empty with the default colours. */
  get colours(): string {
    return this.#colours;
  }

  /** True while the stream shows a full-screen program. */
  get alternate(): boolean {
    return this.#alternate;
  }

  feed(data: Uint8Array): void {
    let at = 0;
    while (at < data.length) {
      if (this.#state === "ground") {
        // Nearly all output is plain: the search for ESC is the only look at most bytes.
        const escape = data.indexOf(ESC, at);
        const end = escape === -1 ? data.length : escape;
        if (end > at) this.#plain(data, at, end);
        if (escape !== -1) this.#state = "escape";
        at = end + 1;
      } else {
        this.#sequence(data[at] ?? 0);
        at += 1;
      }
    }
  }

  /** Somebody else ended the line (and broke off what was not whole). */
  ended(): void {
    this.#state = "ground";
    this.#lacking = 0;
    this.#lineStart = true;
  }

  #plain(data: Uint8Array, from: number, end: number): void {
    let start = from;
    while (this.#lacking > 0 && start < end && isContinuation(data[start] ?? 0)) {
      this.#lacking -= 1;
      start += 1;
    }
    if (start < end) this.#lacking = lackingAtEnd(data, start, end);
    this.#lineStart = data[end - 1] === NEWLINE;
  }

  #sequence(byte: number): void {
    if (byte === CANCEL || byte === SUBSTITUTE) {
      this.#state = "ground";
    } else if (this.#state === "escape") {
      this.#afterEscape(byte);
    } else if (this.#state === "control") {
      this.#inControl(byte);
    } else if (this.#state === "string") {
      if (byte === BELL) this.#state = "ground";
      else if (byte === ESC) this.#state = "string-escape";
    } else if (byte === BACKSLASH) {
      // The end of a string; anything else after ESC breaks the string off.
      this.#state = "ground";
    } else {
      this.#afterEscape(byte);
    }
  }

  #afterEscape(byte: number): void {
    if (byte === ESC) {
      this.#state = "escape";
    } else if (byte === BRACKET) {
      this.#state = "control";
      this.#parameters = "";
    } else if (STRINGS.has(byte)) {
      this.#state = "string";
    } else if (byte >= 0x20 && byte <= 0x2f) {
      this.#state = "escape";
    } else {
      this.#state = "ground";
      this.#lineStart = byte === RESET && this.#reset();
    }
  }

  #inControl(byte: number): void {
    if (byte === ESC) {
      this.#state = "escape";
    } else if (byte < 0x40) {
      if (this.#parameters.length < MOST_PARAMETERS) {
        this.#parameters += String.fromCodePoint(byte);
      }
    } else {
      this.#state = "ground";
      this.#control(String.fromCodePoint(byte), this.#parameters);
    }
  }

  #control(final: string, parameters: string): void {
    if (final === "m") this.#colour(parameters);
    else if (final === "h" || final === "l") this.#mode(parameters, final === "h");
    // What moves the cursor leaves it somewhere on a line; the others do not matter.
    else if (!STILL.has(final)) this.#lineStart = false;
  }

  #colour(parameters: string): void {
    if (/^[0;]*$/.test(parameters)) {
      this.#colours = "";
      return;
    }
    const sequence = `\u{1b}[${parameters}m`;
    const longer = parameters.startsWith("0;") ? sequence : this.#colours + sequence;
    // Programs that never reset would let this grow; their newest colours are the ones that count.
    this.#colours = longer.length > MOST_COLOURS ? sequence : longer;
  }

  #mode(parameters: string, on: boolean): void {
    if (!parameters.startsWith("?")) return;
    const modes = parameters.slice(1).split(";");
    if (modes.some((mode) => ALTERNATE.has(mode))) this.#alternate = on;
  }

  #reset(): true {
    this.#colours = "";
    this.#alternate = false;
    return true;
  }
}

type State = "ground" | "escape" | "control" | "string" | "string-escape";

const BELL = 0x07;
const NEWLINE = 0x0a;
const CANCEL = 0x18;
const SUBSTITUTE = 0x1a;
const ESC = 0x1b;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const RESET = 0x63;
/** What begins a string that a terminator ends: DCS, SOS, OSC, PM, APC. */
const STRINGS = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
/** Final bytes of sequences that leave the cursor where it is: erase, reports, shapes. */
const STILL = new Set(["J", "K", "c", "n", "q", "t"]);
const ALTERNATE = new Set(["47", "1047", "1049"]);
const MOST_PARAMETERS = 64;
const MOST_COLOURS = 256;

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** How many bytes the last character of `data[from..end)` lacks. */
function lackingAtEnd(data: Uint8Array, from: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= from; back += 1) {
    const byte = data[end - back] ?? 0;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return Math.max(0, length - back);
  }
  return 0;
}
