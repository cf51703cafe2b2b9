/** Adds the same two fields to every log line of one stream of a program. */
export interface Annotator {
  /** What is to be passed on now, in place of the piece. */
  add(piece: Uint8Array): Uint8Array;
  /** What is held back; the stream ends. */
  end(): Uint8Array;
}

/** The fields; null while they are not known. */
export type Fields = () => { readonly origPid: number; readonly reloadCount: number } | null;

/**
 * Lines of `log` and `log/slog`, and JSON objects with a level or a message, as slog, zap, zerolog
 * and logrus write them, get `orig_pid` and `reload_cnt`. Everything else passes as it is, and so
 * does the beginning of a line that is not whole yet: somebody may wait for it.
 */
export function openAnnotator(fields: Fields): Annotator {
  /** The line so far, and how much of it is passed on already. */
  let line: Buffer = EMPTY;
  let passed = 0;
  let skipping = false;
  return {
    add(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      const out: Uint8Array[] = [];
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        const rest = bytes.subarray(from, end + 1);
        from = end + 1;
        if (skipping) {
          skipping = false;
          out.push(rest);
          continue;
        }
        const whole = line.length === 0 ? rest : Buffer.concat([line, rest]);
        put(out, whole, passed, fields);
        line = EMPTY;
        passed = 0;
      }
      const rest = bytes.subarray(from);
      if (rest.length === 0) return joined(out);
      if (skipping) {
        out.push(rest);
        return joined(out);
      }
      line = line.length === 0 ? Buffer.from(rest) : Buffer.concat([line, rest]);
      const free = line.length - heldBack(line);
      if (free > passed) out.push(line.subarray(passed, free));
      passed = Math.max(passed, free);
      if (line.length > LONGEST) {
        // No log line: it goes on as it is.
        out.push(line.subarray(passed));
        line = EMPTY;
        passed = 0;
        skipping = true;
      }
      return joined(out);
    },
    end() {
      const rest = line.subarray(passed);
      line = EMPTY;
      passed = 0;
      return rest;
    },
  };
}

const EMPTY = Buffer.alloc(0);
const NEWLINE = 10;
const LONGEST = 1 << 16;

/** The fields of JSON stand before the last brace, which may not be passed on before them. */
function heldBack(line: Buffer): number {
  if (line[0] !== 0x7b) return 0;
  let end = line.length;
  while (end > 0 && isClosing(line[end - 1])) end -= 1;
  return line.length - end;
}

/** `}`, a carriage return or a blank. */
const isClosing = (byte: number | undefined): boolean =>
  byte === 0x7d || byte === 0x0d || byte === 0x20;

function put(out: Uint8Array[], line: Buffer, passed: number, fields: Fields): void {
  const at = placeIn(line);
  const known = at === null || at.at < passed ? null : fields();
  if (at === null || known === null) {
    out.push(line.subarray(passed));
    return;
  }
  const { origPid, reloadCount } = known;
  const text =
    at.form === "json"
      ? `,"orig_pid":${origPid},"reload_cnt":${reloadCount}`
      : ` orig_pid=${origPid} reload_cnt=${reloadCount}`;
  out.push(line.subarray(passed, at.at), Buffer.from(text), line.subarray(at.at));
}

interface Place {
  readonly form: "json" | "text";
  /** Bytes from the start of the line. */
  readonly at: number;
}

/** Where in a line with its end the fields belong; null where it is no log line, or has them. */
function placeIn(line: Buffer): Place | null {
  const first = line[0] ?? 0;
  if (!mayBegin(first)) return null;
  if (line.includes("orig_pid")) return null;
  let end = line.length - 1;
  while (end > 0 && (line[end - 1] === 0x0d || line[end - 1] === 0x20)) end -= 1;
  if (first === 0x7b) {
    const json = line[end - 1] === 0x7d && isJsonLog(line.toString("latin1", 0, end));
    return json ? { form: "json", at: end - 1 } : null;
  }
  const head = line.toString("latin1", 0, Math.min(end, 200));
  return textLog.test(head) ? { form: "text", at: end } : null;
}

/** Most lines of a program are no log lines: their first byte tells it. */
function mayBegin(byte: number): boolean {
  return byte >= 0x20 || byte === 0x1b;
}

const jsonLogKey = /"(?:level|lvl|severity|msg|message)":/;

/** What only looks like it, or has such a key farther inside, is an answer or an error of somebody. */
function isJsonLog(text: string): boolean {
  if (!jsonLogKey.test(text)) return false;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return false;
    return ["level", "lvl", "severity", "msg", "message"].some((key) => Object.hasOwn(value, key));
  } catch {
    return false;
  }
}

/** The date of `log`, perhaps behind a prefix; or `key=value` as TextHandler writes it. */
const textLog =
  /^(?:[^\n]{0,40}?\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d|(?:time=\S+ )?level=[A-Za-z]+(?:[+-]\d+)? |time="[^"]*" level=)/;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  return Buffer.concat(pieces);
}
