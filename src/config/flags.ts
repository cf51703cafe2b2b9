import type { Failure } from "../core/failure.ts";
import type { Flags, Value } from "./config.ts";
import type { Entry } from "./entry.ts";
import { nearKey } from "./read.ts";
import { entries } from "./table.ts";
import { checkText, isList } from "./value.ts";

export interface SplitFlags {
  readonly flags: Flags;
  /** gust's own flags, in the form that commander reads: `--name`, then its value. */
  readonly rest: readonly string[];
  readonly failures: readonly Failure[];
}

/** Flags that commander reads, by name without dashes; true: with a value. */
export const toolFlags: ReadonlyMap<string, boolean> = new Map([
  ["c", true],
  ["config", true],
  ["root", true],
  ["env", true],
  ["debug", false],
  ["color", true],
  ["json", false],
  ["no-keys", false],
  ["x", false],
  ["print-config", false],
  ["force", false],
  ["changed", false],
  ["junit", true],
  ["list", false],
  ["o", true],
  ["output", true],
  ["listen", true],
  ["ready", true],
  ["keeper", true],
  ["version", false],
  ["v", false],
  ["V", false],
  ["help", false],
  ["h", false],
]);

/**
 * Takes the flags of the configuration (`--build.delay 200`, `-build.delay=200`) out of a
 * command line, as air reads them. Flags end at `--` or at the first word that is none; from
 * there on everything goes to the program. A first word that is a path (`./cmd/api`) is the
 * main package, and flags may follow it.
 */
export function splitAirFlags(
  argv: readonly string[],
  tool: ReadonlyMap<string, boolean> = toolFlags,
): SplitFlags {
  const values = new Map<string, Value>();
  const rest: string[] = [];
  const failures: Failure[] = [];
  let named: string | null = null;
  let i = 0;
  for (; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") {
      i++;
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      if (named !== null || !isPackagePath(word)) break;
      named = word;
      continue;
    }
    const [, name = "", inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const entry = entries.get(name === "d" ? "verbose" : name);
    // `--root` is gust's own: as if it were started there.
    if (entry === undefined || tool.has(name)) {
      i += passOn({ word, name, inline, next: argv[i + 1] }, { tool, rest, failures });
      continue;
    }
    const taken = inline ?? takeValue(entry, argv[i + 1]);
    if (inline === undefined && taken !== undefined) i++;
    const text = taken ?? (entry.kind === "boolean" ? "true" : undefined);
    if (text === undefined) failures.push(invalid(`--${name} needs a value`));
    else setValue({ name, entry, text }, values, failures);
  }
  return { flags: { values, package: named, args: argv.slice(i) }, rest, failures };
}

/** A path beginning with a dot, or an absolute one, names a package; air has no such word. */
function isPackagePath(word: string): boolean {
  return /^\.{1,2}(?:$|[/\\])|^\/|^[A-Za-z]:[/\\]/.test(word);
}

/** A boolean flag takes the next word only when that is one for a boolean. */
function takeValue(entry: Entry, next: string | undefined): string | undefined {
  if (entry.kind !== "boolean" || next === undefined) return next;
  return /^(?:true|false|yes|no|on|off|[01tf])$/i.test(next) ? next : undefined;
}

interface Given {
  readonly name: string;
  readonly entry: Entry;
  readonly text: string;
}

function setValue(given: Given, values: Map<string, Value>, failures: Failure[]): void {
  const { name, entry, text } = given;
  const checked = checkText(entry, text);
  if (!checked.ok) {
    const message = `--${name} must be ${checked.expected}, not ${JSON.stringify(text)}`;
    failures.push(invalid(message, checked.hint));
    return;
  }
  const before = values.get(entry.path);
  values.set(entry.path, isList(entry) ? joined(before, checked.value) : checked.value);
}

/** The first occurrence replaces the list of the file, later ones add to it. */
function joined(before: Value | undefined, more: Value): Value {
  const strings = [...stringsOf(before), ...stringsOf(more)];
  const numbers = [...numbersOf(before), ...numbersOf(more)];
  return numbers.length > 0 ? numbers : strings;
}

function stringsOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function numbersOf(value: Value | undefined): readonly number[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "number") : [];
}

interface Word {
  readonly word: string;
  readonly name: string;
  readonly inline: string | undefined;
  readonly next: string | undefined;
}

interface Sinks {
  readonly tool: ReadonlyMap<string, boolean>;
  readonly rest: string[];
  readonly failures: Failure[];
}

/** Hands a flag to commander; returns how many further words it took. */
function passOn(given: Word, { tool, rest, failures }: Sinks): number {
  const { word, name, inline, next } = given;
  const withValue = tool.get(name);
  if (withValue === undefined) {
    // Words with a dot can only be keys, so commander could say nothing helpful about them.
    if (!name.includes(".")) rest.push(word);
    else failures.push(unknownFlag(name));
    return 0;
  }
  const dashed = name.length === 1 ? `-${name}` : `--${name}`;
  if (!withValue) {
    rest.push(inline === undefined ? dashed : word);
    return 0;
  }
  const value = inline ?? next;
  if (value === undefined) rest.push(dashed);
  else rest.push(dashed, value);
  return inline === undefined && next !== undefined ? 1 : 0;
}

function unknownFlag(name: string): Failure {
  const near = nearKey(name, [...entries.keys()]);
  return invalid(`unknown flag --${name}`, near === null ? undefined : `did you mean --${near}?`);
}

function invalid(message: string, hint?: string): Failure {
  return { code: "FLAG_INVALID", message, ...(hint === undefined ? {} : { hint }) };
}
