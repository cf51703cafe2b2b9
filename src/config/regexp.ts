export type Translated =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly reason: string };

/**
 * Translates a regular expression from Go's syntax (RE2) into the source of a JavaScript one
 * that means the same without flags. With `path`, the text it is tested against is a path
 * relative to the root, where air tests an absolute one: a slash then also matches the
 * beginning, so that `/gen/` finds `gen/a.go`.
 */
export function translateRegexp(pattern: string, path: boolean): Translated {
  const translator = new Translator(pattern, path);
  try {
    const source = translator.run();
    void new RegExp(source);
    return { ok: true, source };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // JavaScript repeats the translated pattern, which the user has never seen.
    return {
      ok: false,
      reason: text.replace(/^Invalid regular expression: .*: /s, "").toLowerCase(),
    };
  }
}

interface Modes {
  ignoreCase: boolean;
  dotAll: boolean;
  multiline: boolean;
  ungreedy: boolean;
}

class Translator {
  private readonly text: string;
  private readonly path: boolean;
  private position = 0;
  private modes: Modes = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: false };
  /** Modes end with the group that they were set in. */
  private readonly saved: Modes[] = [];

  constructor(text: string, path: boolean) {
    this.text = text;
    this.path = path;
  }

  run(): string {
    let source = "";
    while (this.position < this.text.length) source += this.next();
    return source;
  }

  private next(): string {
    const char = this.take();
    if (char === "\\") return this.escape(false);
    if (char === "[") return this.charClass();
    if (char === "(") return this.open();
    if (char === ")") {
      const modes = this.saved.pop();
      if (modes === undefined) throw new Error("unmatched ')'");
      this.modes = modes;
      return char;
    }
    if (char === ".") return this.modes.dotAll ? "[^]" : "[^\\n]";
    if (char === "^") return this.modes.multiline ? "(?:^|(?<=\\n))" : "^";
    if (char === "$") return this.modes.multiline ? "(?:$|(?=\\n))" : "$";
    if (/[*+?]/.test(char)) return char + this.greed();
    if (char === "{") return this.count();
    if (char === "|") return char;
    return this.literal(char);
  }

  private take(): string {
    return this.text.charAt(this.position++);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found !== null) this.position = pattern.lastIndex;
    return found;
  }

  private greed(): string {
    const lazy = this.match(/\?/y) !== null;
    return lazy === this.modes.ungreedy ? "" : "?";
  }

  private count(): string {
    const found = this.match(/\d+(?:,\d*)?\}/y);
    return found === null ? "\\{" : `{${found[0]}${this.greed()}`;
  }

  private open(): string {
    this.saved.push({ ...this.modes });
    const named = this.match(/\?P?<([A-Za-z_]\w*)>/y);
    if (named !== null) return `(?<${named[1] ?? ""}>`;
    const around = this.match(/\?(?:<?[=!])/y);
    if (around !== null) return `(${around[0]}`;
    const modes = this.match(/\?([imsU]*)(?:-([imsU]+))?([:)])/y);
    if (modes === null) {
      if (this.text.charAt(this.position) === "?") throw new Error("unknown group syntax");
      return "(";
    }
    // Groups that only set modes have no end of their own: the group around them is it.
    if (modes[3] === ")") this.saved.pop();
    this.set(modes[1] ?? "", true);
    this.set(modes[2] ?? "", false);
    return modes[3] === ")" ? "" : "(?:";
  }

  private set(letters: string, on: boolean): void {
    if (letters.includes("i")) this.modes.ignoreCase = on;
    if (letters.includes("s")) this.modes.dotAll = on;
    if (letters.includes("m")) this.modes.multiline = on;
    if (letters.includes("U")) this.modes.ungreedy = on;
  }

  /** After a backslash. */
  private escape(inClass: boolean): string {
    const quoted = inClass ? null : this.match(/Q([^]*?)(?:\\E|$)/y);
    if (quoted !== null) return (quoted[1] ?? "").replaceAll(/[^]/g, (char) => this.literal(char));
    const code = this.match(/x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|([0-7]{3}|0)/y);
    if (code !== null) return codeUnits(code);
    const char = this.take();
    if (char === "") throw new Error("backslash at the end");
    if (!inClass && char === "A") return "^";
    if (!inClass && char === "z") return "$";
    if (!inClass && (char === "b" || char === "B")) return `\\${char}`;
    if (char === "a") return "\\x07";
    if (/[dDsSwWfnrtv]/.test(char)) return `\\${char}`;
    if (char === "p" || char === "P") throw new Error("Unicode classes (\\p) are not supported");
    if (/[1-9]/.test(char)) throw new Error("back references are not supported");
    if (/\w/.test(char)) throw new Error(`unknown escape \\${char}`);
    if (inClass) return `\\${char}`;
    return this.literal(char);
  }

  private literal(char: string): string {
    // Half of the patterns on Windows are written with a backslash; paths here have slashes.
    if (this.path && (char === "/" || char === "\\")) return "(?:^|/)";
    if (/[\\^$.*+?()[\]{}|/]/.test(char)) return `\\${char}`;
    const [lower, upper] = [char.toLowerCase(), char.toUpperCase()];
    const both = this.modes.ignoreCase && lower !== upper && lower.length === upper.length;
    return both ? `[${lower}${upper}]` : char;
  }

  private charClass(): string {
    let source = this.match(/\^/y) === null ? "[" : "[^";
    let first = true;
    for (;;) {
      const posix = this.match(/\[:(\^?)(\w+):\]/y);
      if (posix !== null) source += posixClass(posix[2] ?? "", posix[1] === "^");
      else {
        const char = this.take();
        if (char === "") throw new Error("missing closing ]");
        if (char === "]" && !first) return `${source}]`;
        source += this.member(char);
      }
      first = false;
    }
  }

  private member(char: string): string {
    if (char === "\\") return this.escape(true);
    const range = this.modes.ignoreCase ? this.match(/-([A-Za-z])/y) : null;
    if (range !== null && /[A-Za-z]/.test(char)) {
      const to = range[1] ?? char;
      const [low, high] = [char.toLowerCase(), to.toLowerCase()];
      return `${low}-${high}${low.toUpperCase()}-${high.toUpperCase()}`;
    }
    if (this.modes.ignoreCase && /[A-Za-z]/.test(char)) {
      return char.toLowerCase() + char.toUpperCase();
    }
    return /[\\[\]^]/.test(char) ? `\\${char}` : char;
  }
}

function codeUnits(found: RegExpExecArray): string {
  const [, braced, hex, octal] = found;
  const point = octal === undefined ? parseInt(braced ?? hex ?? "", 16) : parseInt(octal, 8);
  const units = String.fromCodePoint(point).split("");
  const escapes = units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return escapes.length === 1 ? escapes.join("") : `(?:${escapes.join("")})`;
}

function posixClass(name: string, not: boolean): string {
  const members = not ? undefined : posixClasses.get(name);
  if (members !== undefined) return members;
  throw new Error(`unknown character class [:${not ? "^" : ""}${name}:]`);
}

const posixClasses: ReadonlyMap<string, string> = new Map([
  ["alnum", "0-9A-Za-z"],
  ["alpha", "A-Za-z"],
  ["ascii", "\\x00-\\x7f"],
  ["blank", "\\t "],
  ["cntrl", "\\x00-\\x1f\\x7f"],
  ["digit", "0-9"],
  ["graph", "!-~"],
  ["lower", "a-z"],
  ["print", " -~"],
  ["punct", "!-\\/:-@\\[-`{-~"],
  ["space", "\\t\\n\\v\\f\\r "],
  ["upper", "A-Z"],
  ["word", "0-9A-Za-z_"],
  ["xdigit", "0-9A-Fa-f"],
]);
