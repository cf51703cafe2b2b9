import type { Value } from "./config.ts";
import { readAirDuration, readDuration, writeDuration } from "./duration.ts";
import type { Entry } from "./entry.ts";
import { globSource } from "./glob.ts";
import { nearest } from "./nearest.ts";
import { readSize, sizeText, writeSize } from "./size.ts";
import { translateRegexp } from "./regexp.ts";

export type Checked =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly expected: string; readonly hint?: string };

/**
 * Checks a value as it stands in the file against its key. Durations become milliseconds and
 * `argv` becomes a list; everything else stays as written. `expected` completes "must be …".
 */
export function checkValue(entry: Entry, raw: unknown): Checked {
  switch (entry.kind) {
    case "string":
      return typeof raw === "string" ? allowed(entry, raw) : no(allowedText(entry) ?? "a string");
    case "strings":
      return isStrings(raw) ? yes(raw) : no('a list of strings, such as ["a", "b"]');
    case "argv":
      if (typeof raw === "string") return yes(raw === "" ? [] : [raw]);
      return isStrings(raw) ? yes(raw) : no("a string or a list of strings");
    case "command":
      return command(entry, raw);
    case "size": {
      const bytes = readSize(raw);
      const good = bytes !== null && bytes >= (entry.min ?? 0) && bytes <= (entry.max ?? bytes);
      return good ? yes(bytes) : no(sizeText(entry));
    }
    case "boolean":
      return typeof raw === "boolean" ? yes(raw) : no("true or false");
    case "integer":
      return inRange(entry, raw) ? yes(raw) : no(rangeText(entry));
    case "integers": {
      const all = Array.isArray(raw) ? raw.filter((item) => inRange(entry, item)) : [];
      const good = Array.isArray(raw) && all.length === raw.length;
      return good ? yes(all) : no(`a list, each ${rangeText(entry)}`);
    }
    case "duration":
    case "air-duration": {
      const ms = entry.kind === "duration" ? readDuration(raw) : readAirDuration(raw);
      return ms === null ? no('a duration such as "500ms" or "5s", or a number of ms') : yes(ms);
    }
    case "regexp":
      return typeof raw === "string" ? regexps([raw], raw) : no("a string");
    case "regexps":
      return isStrings(raw) ? regexps(raw, raw) : no("a list of strings");
    case "globs":
      return isStrings(raw) ? globs(raw) : no("a list of strings");
    case "patterns":
      return patterns(raw);
    case "status":
      return typeof raw === "string" && readStatus(raw) !== null
        ? yes(raw)
        : no('status codes such as "200-399" or "200,204"');
    case "variables":
      return variables(raw);
  }
}

/**
 * Checks a value as it stands on the command line. Lists are separated by commas; `\,` is a
 * comma of the value.
 */
export function checkText(entry: Entry, text: string): Checked {
  if (isList(entry)) {
    const parts =
      text === "" ? [] : text.split(/(?<!\\),/).map((part) => part.replaceAll("\\,", ","));
    return checkValue(entry, entry.kind === "integers" ? parts.map(Number) : parts);
  }
  if (entry.kind === "integer")
    return checkValue(entry, /^-?\d+$/.test(text) ? Number(text) : text);
  if (entry.kind !== "boolean") return checkValue(entry, text);
  const on = ["1", "t", "true"].includes(text.toLowerCase());
  return on || ["0", "f", "false"].includes(text.toLowerCase()) ? yes(on) : no("true or false");
}

/** Whether the flag may be repeated, each time adding to the list. */
export function isList(entry: Entry): boolean {
  const lists = [
    "patterns",
    "strings",
    "argv",
    "command",
    "integers",
    "regexps",
    "globs",
    "variables",
  ];
  return lists.includes(entry.kind);
}

/** A checked value as TOML. */
export function writeValue(entry: Entry, value: Value): string {
  if (typeof value === "number" && entry.kind.endsWith("duration")) {
    return JSON.stringify(writeDuration(value));
  }
  if (entry.kind === "patterns" && Array.isArray(value)) return writePatterns(value);
  if (typeof value === "number" && entry.kind === "size") return JSON.stringify(writeSize(value));
  if (entry.kind === "variables" && isStrings(value)) return writeVariables(value);
  return writeToml(value);
}

function writeVariables(words: readonly string[]): string {
  const pairs = words.map((word) => {
    const at = word.indexOf("=");
    const name = word.slice(0, at);
    const key = /^[\w-]+$/.test(name) ? name : writeString(name);
    return `${key} = ${writeString(word.slice(at + 1))}`;
  });
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** A string, number, boolean or list as TOML. */
export function writeToml(value: Value): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value === "object" && value !== null) {
    return `[${value.map((item) => writeToml(item)).join(", ")}]`;
  }
  return String(value);
}

/** Ranges of status codes from `"200-299,304"`; null when it is malformed. */
export function readStatus(text: string): readonly (readonly [number, number])[] | null {
  const ranges: [number, number][] = [];
  for (const part of text.split(",")) {
    const found = /^\s*(\d{3})\s*(?:-\s*(\d{3})\s*)?$/.exec(part);
    if (found === null) return null;
    const from = Number(found[1]);
    const to = Number(found[2] ?? found[1]);
    if (from < 100 || to > 599 || to < from) return null;
    ranges.push([from, to]);
  }
  return ranges;
}

/** `user/**=^TestUser` as its two parts. A glob has no `=`. */
export function splitPattern(text: string): readonly [glob: string, pattern: string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}

function patterns(raw: unknown): Checked {
  const expected = 'a table such as { "user/**" = "^TestUser" }';
  const pairs = Array.isArray(raw)
    ? raw.map((item): [string, unknown] => {
        const text = typeof item === "string" && item.includes("=") ? item : "=";
        const [glob, pattern] = splitPattern(text);
        return [glob, pattern];
      })
    : typeof raw === "object" && raw !== null
      ? Object.entries(raw)
      : null;
  if (pairs === null) return no(expected);
  const checked: string[] = [];
  for (const [glob, pattern] of pairs) {
    if (glob === "" || glob.includes("=") || globSource(glob, true) === null) {
      return no(`named by a glob; ${JSON.stringify(glob)} is none`);
    }
    if (typeof pattern !== "string" || pattern === "") {
      return no('a regular expression for names of tests, such as "^TestUser"');
    }
    const good = regexps([pattern], pattern);
    if (!good.ok) return good;
    checked.push(`${glob}=${pattern}`);
  }
  return yes(checked);
}

function writePatterns(value: readonly (string | number)[]): string {
  const pairs = value.map((item) => {
    const [glob, pattern] = splitPattern(String(item));
    return `${JSON.stringify(glob)} = ${writeString(pattern)}`;
  });
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function variables(raw: unknown): Checked {
  const expected = 'a table of strings, such as { PORT = "8080" }';
  // What stands in for a table that is not there.
  if (Array.isArray(raw) && raw.length === 0) return yes([]);
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return no(expected);
  const words: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (!/^[^=\0]+$/.test(name)) return no(expected, `${JSON.stringify(name)} is no name`);
    if (typeof value !== "string") return no(expected, `write ${name} = "${String(value)}"`);
    words.push(`${name}=${value}`);
  }
  return yes(words);
}

function yes(value: Value): Checked {
  return { ok: true, value };
}

function no(expected: string, hint?: string): Checked {
  return hint === undefined ? { ok: false, expected } : { ok: false, expected, hint };
}

function allowed(entry: Entry, raw: string): Checked {
  if (entry.allowed === undefined || entry.allowed.includes(raw)) return yes(raw);
  const near = nearest(raw, namesOf(entry));
  const hint = near === null ? undefined : `did you mean "${near}"?`;
  return no(allowedText(entry) ?? "a string", hint);
}

/** What a value must be one of; null where anything will do. */
function allowedText(entry: Entry): string | null {
  if (entry.allowed === undefined) return null;
  const names = namesOf(entry).map((name) => `"${name}"`);
  return `one of ${names.join(", ")}`;
}

const namesOf = ({ allowed: names = [] }: Entry): readonly string[] =>
  names.filter((name) => name !== "");

/** A line for a shell would have the facts of what happened pasted into it, sooner or later. */
function command(entry: Entry, raw: unknown): Checked {
  const expected = 'a list, the program and its arguments, such as ["make", "done"]';
  if (typeof raw === "string" && raw.trim() !== "") {
    const name = entry.path.slice(entry.path.lastIndexOf(".") + 1);
    const plain = /^[\w./:=@%+ -]+$/.test(raw);
    const words = plain ? raw.trim().split(/ +/) : ["sh", "-c", raw];
    return no(expected, `write ${name} = ${writeToml(words)}`);
  }
  if (!isStrings(raw) || raw[0] === "" || raw.some((word) => word.includes("\0"))) {
    return no(expected);
  }
  return yes(raw);
}

function isStrings(raw: unknown): raw is readonly string[] {
  return Array.isArray(raw) && raw.every((item) => typeof item === "string");
}

function inRange(entry: Entry, raw: unknown): raw is number {
  if (typeof raw !== "number" || !Number.isInteger(raw)) return false;
  return raw >= (entry.min ?? 0) && raw <= (entry.max ?? Number.MAX_SAFE_INTEGER);
}

function rangeText(entry: Entry): string {
  if (entry.max === undefined) return `a whole number from ${entry.min ?? 0} on`;
  return `a whole number from ${entry.min ?? 0} to ${entry.max}`;
}

function regexps(patterns: readonly string[], value: Value): Checked {
  for (const pattern of patterns) {
    const translated = translateRegexp(pattern, false);
    if (!translated.ok) {
      return no(`a regular expression; in ${JSON.stringify(pattern)}: ${translated.reason}`);
    }
  }
  return yes(value);
}

function globs(patterns: readonly string[]): Checked {
  const bad = patterns.find((pattern) => globSource(pattern, true) === null);
  return bad === undefined
    ? yes(patterns)
    : no(`a list of patterns; ${JSON.stringify(bad)} is none`);
}

function writeString(text: string): string {
  // A literal string keeps the backslashes of patterns readable.
  const literal = text.includes("\\") && /^[\x20-\x26\x28-\x7e]*$/.test(text);
  return literal ? `'${text}'` : JSON.stringify(text);
}
