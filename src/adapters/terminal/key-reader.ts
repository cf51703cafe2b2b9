/** What a key asks for. */
export type KeyCommand =
  | "rebuild"
  | "rollback"
  | "fix"
  | "dashboard"
  | "pause"
  | "clear"
  | "last-error"
  | "open-error"
  | "verbose"
  | "help"
  | "blank"
  | "quit"
  /** Ctrl-C once more: without waiting for anything. */
  | "force-quit"
  /** The program has the terminal from now on; `leave` ends it. */
  | "interact"
  | "failed-tests"
  | "all-tests"
  | "debug-test"
  | "leave"
  | "suspend"
  /** Of several services: show the next one alone; show its output or not; show number n alone. */
  | "next"
  | "mute"
  | `focus-${number}`;

export type Typed =
  | { readonly type: "command"; readonly command: KeyCommand }
  /** Bytes for the program. */
  | { readonly type: "bytes"; readonly data: Uint8Array };

/** Makes commands of what is typed, and passes it on while the program has the terminal. */
export class KeyReader {
  #interacting = false;
  #quitting = false;
  #state: "ground" | "escape" | "control" | "single" | "string" = "ground";

  read(data: Uint8Array): readonly Typed[] {
    const typed: Typed[] = [];
    let rest = data;
    while (rest.length > 0) {
      rest = this.#interacting ? this.#pass(rest, typed) : this.#commands(rest, typed);
    }
    return typed;
  }

  /** The program has ended, or somebody else decided: commands again. */
  leave(): void {
    this.#interacting = false;
    this.#state = "ground";
  }

  /** Passes bytes on up to Ctrl-]; returns what follows it. */
  #pass(data: Uint8Array, typed: Typed[]): Uint8Array {
    const end = data.indexOf(CTRL_BRACKET);
    const bytes = end === -1 ? data : data.subarray(0, end);
    if (bytes.length > 0) typed.push({ type: "bytes", data: bytes });
    if (end === -1) return NOTHING;
    this.leave();
    typed.push({ type: "command", command: "leave" });
    return data.subarray(end + 1);
  }

  /** Reads commands until the terminal goes to the program; returns what follows. */
  #commands(data: Uint8Array, typed: Typed[]): Uint8Array {
    // Nobody types that much at once: it is pasted text, which must not be taken for commands.
    const pasted = data.length >= PASTE && data.every((byte) => byte !== ESC && byte !== CTRL_C);
    if (pasted) return NOTHING;
    for (const [index, byte] of data.entries()) {
      const command = this.#command(byte);
      if (command === null) continue;
      typed.push({ type: "command", command });
      if (command === "interact") {
        this.#interacting = true;
        return data.subarray(index + 1);
      }
    }
    return NOTHING;
  }

  #command(byte: number): KeyCommand | null {
    switch (this.#state) {
      case "escape":
        this.#state = AFTER_ESCAPE[String.fromCodePoint(byte)] ?? "ground";
        return byte === CTRL_C ? this.#quit() : null;
      case "control":
        if (byte >= 0x40) this.#state = "ground";
        return null;
      case "single":
        this.#state = "ground";
        return null;
      case "string":
        if (byte === BELL || byte === ESC) this.#state = byte === ESC ? "single" : "ground";
        return null;
      case "ground":
        if (byte === ESC) this.#state = "escape";
        if (byte === CTRL_C) return this.#quit();
        return COMMANDS[String.fromCodePoint(byte)] ?? null;
    }
  }

  #quit(): KeyCommand {
    const again = this.#quitting;
    this.#quitting = true;
    return again ? "force-quit" : "quit";
  }
}

const BELL = 0x07;
const ESC = 0x1b;
const CTRL_C = 0x03;
const CTRL_BRACKET = 0x1d;
const PASTE = 6;
const NOTHING = new Uint8Array(0);

/** Function and arrow keys, and answers of the terminal, come as sequences: they are skipped. */
const AFTER_ESCAPE: Readonly<Record<string, "escape" | "control" | "single" | "string">> = {
  "\u{1b}": "escape",
  "[": "control",
  O: "single",
  "]": "string",
  P: "string",
  _: "string",
};

const COMMANDS: Readonly<Record<string, KeyCommand>> = {
  r: "rebuild",
  b: "rollback",
  g: "fix",
  u: "dashboard",
  p: "pause",
  c: "clear",
  "\u{c}": "clear",
  l: "last-error",
  e: "open-error",
  v: "verbose",
  "?": "help",
  h: "help",
  i: "interact",
  t: "failed-tests",
  a: "all-tests",
  d: "debug-test",
  q: "quit",
  "\u{1c}": "force-quit",
  "\u{1a}": "suspend",
  "\t": "next",
  m: "mute",
  0: "focus-0",
  1: "focus-1",
  2: "focus-2",
  3: "focus-3",
  4: "focus-4",
  5: "focus-5",
  6: "focus-6",
  7: "focus-7",
  8: "focus-8",
  9: "focus-9",
  "\r": "blank",
  "\n": "blank",
};
