import type { Crash, Frame } from "./failure.ts";
import { plainLines } from "./go-output.ts";
import { isOwnSource } from "./source-path.ts";

/**
 * The last crash that a Go program printed, or null. A data race counts only where nothing worse
 * follows it, because a program goes on after one. `log.Fatal` and panics that net/http catches
 * are no crashes.
 */
export function parseCrash(output: string, ownDirs: readonly string[]): Crash | null {
  const lines = plainLines(output);
  const starts = lines.flatMap((_, index) => startAt(lines, index) ?? []);
  const start = starts.findLast(({ kind }) => kind !== "data-race") ?? starts[0];
  if (start === undefined) return null;
  const sections = sectionsOf(lines.slice(start.index + 1));
  // Only the first goroutine panicked; after other errors the guilty one may be any.
  const guilty = start.kind === "panic" ? sections.slice(0, 1) : sections;
  const frame = guilty.reduce<Frame | null>(
    (found, section) => found ?? ownFrame(section, ownDirs),
    null,
  );
  return { kind: start.kind, message: start.message, ...(frame === null ? {} : { frame }) };
}

export interface PortTaken {
  /** Null for a unix socket, or where the output does not tell. */
  readonly port: number | null;
  /** As printed: `127.0.0.1:8080`, `:8080`, `/run/app.sock`. */
  readonly address: string;
}

/** The last complaint in the output that an address is in use, or null. */
export function parsePortTaken(output: string): PortTaken | null {
  const line = plainLines(output).findLast((candidate) => addressTaken.test(candidate));
  if (line === undefined) return null;
  const address =
    /listen (?:tcp|udp|unix)\w* (\S+?): /.exec(line)?.[1] ??
    /address already in use:? (\S*:\d+|\/\S+)/i.exec(line)?.[1] ??
    /(\S*:\d+)/.exec(line.replace(/^\S*\d+[:/]\d+[:/]\d+\S*(?: \d+:\d+:\d+\S*)?/, ""))?.[1];
  const port = /:(\d+)$/.exec(address ?? "")?.[1];
  return { port: port === undefined ? null : Number(port), address: address ?? "an address" };
}

const addressTaken =
  /address already in use|EADDRINUSE|Only one usage of each socket address|WSAEADDRINUSE/i;

interface Start {
  readonly index: number;
  readonly kind: Crash["kind"];
  readonly message: string;
}

function startAt(lines: readonly string[], index: number): Start | null {
  const line = lines[index] ?? "";
  if (line === "WARNING: DATA RACE") return { index, kind: "data-race", message: line };
  if (line.startsWith("fatal error: ")) {
    const kind = line.endsWith(" - deadlock!") ? "deadlock" : "fatal";
    return { index, kind, message: line };
  }
  if (/^SIG[A-Z]+: /.test(line) && lines[index + 1]?.startsWith("PC=") === true) {
    return { index, kind: "signal", message: line };
  }
  if (!line.startsWith("panic: ") || !isPanic(lines.slice(index + 1))) return null;
  return { index, kind: "panic", message: panicMessage(lines.slice(index)) };
}

/** A program may print `panic: ` itself. A real one is followed by a trace, or by nothing. */
function isPanic(after: readonly string[]): boolean {
  return after.every((line) => line.trim() === "") || after.some((line) => goroutine.test(line));
}

/**
 * The panic that came first, and the one that ended the program where it is another. The lines
 * `panic: a [recovered]` and an indented `panic: b` tell of one that was caught and thrown again.
 */
function panicMessage(lines: readonly string[]): string {
  const end = lines.findIndex((line) => goroutine.test(line) || line.startsWith("[signal "));
  const head = (end < 0 ? lines.slice(0, 1) : lines.slice(0, end)).filter((line) =>
    /^\t*panic: /.test(line),
  );
  const messages = head.map((line) => line.trim().replace(/ \[recovered.*\]$/, ""));
  const [first = "", ...others] = messages;
  const last = others.at(-1);
  return last === undefined || last === first ? first : `${first}, then ${last}`;
}

const goroutine = /^goroutine \d+ .*\[.*\]:$/;

/** The lines of each goroutine; those of a data race stand in sections of their own. */
function sectionsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (goroutine.test(line)) sections.push([]);
    else sections.at(-1)?.push(line);
  }
  const [before = [], ...goroutines] = sections;
  return before.some((line) => callPattern.test(line)) ? sections : goroutines;
}

/** The first frame of a section in the user's own code. */
function ownFrame(section: readonly string[], ownDirs: readonly string[]): Frame | null {
  const own: { readonly frame: Frame; readonly index: number }[] = [];
  let thrownAgain = -1;
  for (const [index, line] of section.entries()) {
    if (line.startsWith("panic(")) thrownAgain = index;
    const call = callPattern.exec(section[index - 1] ?? "");
    const place = placePattern.exec(line);
    const file = place?.[1] ?? "";
    if (call === null || place === null || !isOwnSource(file, ownDirs)) continue;
    own.push({
      index,
      frame: { function: shortName(call[1] ?? ""), file, line: Number(place[2]) },
    });
  }
  // Above the call of `panic` stand the functions that caught a panic and threw it again.
  const first = own.find(({ index }) => index > thrownAgain) ?? own[0];
  return first?.frame ?? null;
}

/** `example.com/shop.(*Cart).Add(0xc000, ...)` and `created by example.com/shop.Run in goroutine 1`. */
const callPattern = /^ *(?:created by )?(\S+?)(?:\([^()]*\)| in goroutine \d+)?$/;
const placePattern = /^\s+(\S.*?\.\w+):(\d+)(?: .*)?$/;

/** Without the path of the package: `shop.(*Cart).Add`. */
function shortName(name: string): string {
  return name.replace(/^.*\//, "");
}
