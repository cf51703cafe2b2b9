/*
 * Where a tag goes into a page: at its beginning, behind what must or may come first (a byte order
 * mark, white space, comments, the doctype, `<html …>`, `<head …>`), and before the first other thing.
 * Nothing later in the page is looked at, so that no text of a script or a string can mislead it, and
 * a page that comes in parts is passed on as it comes.
 *
 * shim/ has the same in Go; both are tried with test/fixtures/web/insertion.json.
 */

/** Puts a tag into a page that comes in parts. The page is in an encoding that has ASCII in it. */
export class TagInserter {
  readonly #tag: Uint8Array;
  readonly #scan = new Scan();
  /** What may be the beginning of something that the tag goes behind, or of the tag itself. */
  #held: number[] = [];
  #outcome: Outcome = "open";

  constructor(tag: string) {
    this.#tag = bytesOf(tag);
  }

  /**
   * - "open": the place has not been found yet;
   * - "inserted";
   * - "present": the page has the tag there already;
   * - "impossible": the page is in UTF-16, or ends within a comment or a tag.
   */
  get outcome(): Outcome {
    return this.#outcome;
  }

  /** Takes the next part, and returns what can be passed on by now, in this order. */
  push(part: Uint8Array): readonly Uint8Array[] {
    if (this.#outcome !== "open") return [part];
    const passed: number[] = [];
    for (const [index, byte] of part.entries()) {
      const verdict = this.#scan.next(byte);
      this.#held.push(byte);
      if (verdict === "pass") passed.push(...this.#release());
      if (verdict === "hold" || verdict === "pass") continue;
      return this.#found(verdict, passed, part.subarray(index + 1));
    }
    return [Uint8Array.from(passed)].filter(({ length }) => length > 0);
  }

  /** The page is over: returns what is left of it. */
  end(): readonly Uint8Array[] {
    if (this.#outcome !== "open") return [];
    return this.#found(this.#scan.within ? "impossible" : "inserted", [], new Uint8Array());
  }

  #found(
    outcome: Exclude<Outcome, "open">,
    passed: readonly number[],
    rest: Uint8Array,
  ): readonly Uint8Array[] {
    this.#outcome = outcome;
    const tag = outcome === "inserted" ? this.#tag : new Uint8Array();
    const parts = [Uint8Array.from(passed), tag, Uint8Array.from(this.#release()), rest];
    return parts.filter(({ length }) => length > 0);
  }

  #release(): readonly number[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}

export type Outcome = "open" | "inserted" | "present" | "impossible";

/** A tag of gust's begins like this, whoever has put it there. */
export const tagStart = '<script src="/__gust/client.js"';

/**
 * What a byte has decided: all up to it goes before the tag; not known yet; or the end of the search,
 * where what has not passed goes behind the tag.
 */
type Verdict = "pass" | "hold" | "inserted" | "present" | "impossible";

/** The small part of an HTML tokenizer that is needed before the first thing of a page. */
class Scan {
  /** Bytes since the last one that passed, in lower case. */
  #token = "";
  #mode: Mode = "between";
  #atStart = true;
  /** What of doctype, html and head has been: none comes twice, and none before another. */
  #rank = 0;

  /** True inside of something that the tag cannot be put into. */
  get within(): boolean {
    return this.#mode !== "between";
  }

  next(byte: number): Verdict {
    if (this.#mode !== "between") return this.#inside(byte);
    this.#token += String.fromCharCode(byte);
    const verdict = this.#atStart ? this.#mark() : this.#between();
    if (verdict !== "pass") return verdict;
    this.#atStart = false;
    this.#token = "";
    return verdict;
  }

  /** The byte order mark, at the very start. */
  #mark(): Verdict {
    if (this.#token === UTF8_MARK) return "pass";
    if (UTF16_MARKS.includes(this.#token)) return "impossible";
    if ([UTF8_MARK, ...UTF16_MARKS].some((mark) => mark.startsWith(this.#token))) return "hold";
    this.#atStart = false;
    return this.#between();
  }

  #between(): Verdict {
    const token = this.#token.toLowerCase();
    const last = token.slice(-1);
    if (SPACE.includes(token)) return "pass";
    if (token === "<!--") return this.#enter("comment-start");
    if (token === "<?") return this.#enter("declaration");
    for (const [index, name] of ["<!doctype", "<html", "<head"].entries()) {
      const rank = index + 1;
      if (rank <= this.#rank) continue;
      if (name.startsWith(token)) return "hold";
      const over = rank === 1 || SPACE.includes(last) || last === "/" || last === ">";
      if (token.slice(0, -1) !== name || !over) continue;
      this.#rank = rank;
      return last === ">" ? "pass" : this.#enter(rank === 1 ? "declaration" : "before-name");
    }
    if (tagStart.startsWith(this.#token)) return this.#token === tagStart ? "present" : "hold";
    if ("<!--".startsWith(token)) return "hold";
    // Browsers take it for a comment.
    if (token.startsWith("<!")) return last === ">" ? "pass" : this.#enter("declaration");
    return "inserted";
  }

  #enter(mode: Mode): Verdict {
    this.#mode = mode;
    return "pass";
  }

  #inside(byte: number): Verdict {
    const next = after(this.#mode, String.fromCharCode(byte));
    this.#mode = next;
    this.#token = "";
    return "pass";
  }
}

/** Where in a comment, a declaration or a tag the page is. */
type Mode = "between" | CommentMode | AttributeMode;

type CommentMode =
  | "declaration"
  | "comment-start"
  | "comment-start-dash"
  | "comment"
  | "comment-dash"
  | "comment-dashes"
  | "comment-bang";

type AttributeMode =
  | "before-name"
  | "name"
  | "after-name"
  | "before-value"
  | "unquoted"
  | "double"
  | "single";

/**
 * Where it is after a character, as HTML has it, with all its mistakes: `<!-->` is a comment, and so is
 * `<!-- --!>`. Characters that are not named here lead to what `""` says.
 */
const comments: Readonly<Record<CommentMode, Readonly<Record<string, Mode>>>> = {
  declaration: { ">": "between", "": "declaration" },
  "comment-start": { ">": "between", "-": "comment-start-dash", "": "comment" },
  "comment-start-dash": { ">": "between", "-": "comment-dashes", "": "comment" },
  comment: { "-": "comment-dash", "": "comment" },
  "comment-dash": { "-": "comment-dashes", "": "comment" },
  "comment-dashes": {
    ">": "between",
    "!": "comment-bang",
    "-": "comment-dashes",
    "": "comment",
  },
  "comment-bang": { ">": "between", "-": "comment-dash", "": "comment" },
};

function after(mode: Mode, char: string): Mode {
  if (mode === "between") return mode;
  if (!isComment(mode)) return afterAttribute(mode, char);
  const next = comments[mode];
  return next[char] ?? next[""] ?? mode;
}

const isComment = (mode: CommentMode | AttributeMode): mode is CommentMode =>
  Object.hasOwn(comments, mode);

/** A quote begins a value behind `=` alone; elsewhere it is a letter like others. */
function afterAttribute(mode: AttributeMode, char: string): Mode {
  if (mode === "double") return char === '"' ? "before-name" : mode;
  if (mode === "single") return char === "'" ? "before-name" : mode;
  if (char === ">") return "between";
  const space = SPACE.includes(char);
  if (mode === "unquoted") return space ? "before-name" : mode;
  if (mode === "before-value") {
    if (space) return mode;
    if (char === '"') return "double";
    return char === "'" ? "single" : "unquoted";
  }
  if (char === "/") return "before-name";
  if (char === "=" && mode !== "before-name") return "before-value";
  if (space) return mode === "name" ? "after-name" : mode;
  return "name";
}

const SPACE = [" ", "\t", "\n", "\f", "\r"];
const UTF8_MARK = "\u00EF\u00BB\u00BF";
const UTF16_MARKS = ["\u00FE\u00FF", "\u00FF\u00FE"];

/** Of ASCII. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.codePointAt(0) ?? 0);
}
