/*
 * Arguments of the console as text. Only what is safe to look at is looked at: no getter is called,
 * no `toString` of the page's, and there is a limit to depth, number and length.
 */

const MOST_TEXT = 4000;
const MOST_ITEMS = 20;
const MOST_DEPTH = 3;

/** One line or more, as consoles show them: placeholders of the first argument are filled in. */
export function consoleText(args: readonly unknown[]): string {
  const [first, ...rest] = args;
  const [text, left] = typeof first === "string" ? filled(first, rest) : [shown(first), rest];
  const parts = args.length === 0 ? [] : [text, ...left.slice(0, MOST_ITEMS).map(top)];
  return cut(parts.join(" "), MOST_TEXT);
}

/** Strings stand as they are, everything else as `shown` has it. */
function top(value: unknown): string {
  return typeof value === "string" ? value : shown(value);
}

function filled(format: string, rest: readonly unknown[]): readonly [string, readonly unknown[]] {
  const left = [...rest];
  const text = format.replaceAll(/%[sdifoOc%]/g, (mark) => {
    if (mark === "%%") return "%";
    if (left.length === 0) return mark;
    const value = left.shift();
    return mark === "%c" ? "" : top(value);
  });
  return [text, left];
}

function shown(value: unknown, depth = 0, seen: readonly object[] = []): string {
  try {
    return typeof value === "object" && value !== null
      ? shownObject(value, depth, seen)
      : shownSimple(value);
  } catch {
    // A proxy may do anything.
    return "[unreadable]";
  }
}

function shownSimple(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cut(value, 500));
  if (typeof value === "function") return `[function ${ownText(value, "name")}]`;
  return typeof value === "bigint" ? `${value}n` : String(value);
}

function shownObject(value: object, depth: number, seen: readonly object[]): string {
  if (seen.includes(value)) return "[circular]";
  const within = [...seen, value];
  const next = (item: unknown): string => shown(item, depth + 1, within);
  if (value instanceof Error) return shownError(value, depth, next);
  if (value instanceof Date) return Date.prototype.toJSON.call(value) ?? "Invalid Date";
  const node = shownNode(value);
  if (node !== null) return node;
  const name = className(value);
  if (depth >= MOST_DEPTH) return `[${name === "" ? "object" : name}]`;
  if (Array.isArray(value))
    return listed(
      "[",
      value.map((item) => () => next(item)),
      "]",
    );
  const head = name === "" ? "{" : `${name} {`;
  if (value instanceof Map || value instanceof Set) {
    return listed(
      head,
      [...value].map((item) => () => next(item)),
      "}",
    );
  }
  const items = Object.keys(value).map((key) => () => {
    const property = Object.getOwnPropertyDescriptor(value, key);
    return `${key}: ${property?.get === undefined ? next(property?.value) : "[getter]"}`;
  });
  return listed(head, items, "}");
}

function listed(open: string, items: readonly (() => string)[], close: string): string {
  const parts = items.slice(0, MOST_ITEMS).map((item) => item());
  if (items.length > parts.length) parts.push(`… ${items.length - parts.length} more`);
  return open + parts.join(", ") + close;
}

function shownError(error: Error, depth: number, next: (item: unknown) => string): string {
  const message = ownText(error, "message");
  const head = className(error) + (message === "" ? "" : `: ${message}`);
  const cause: unknown = Object.getOwnPropertyDescriptor(error, "cause")?.value;
  return cause === undefined || depth >= MOST_DEPTH ? head : `${head} (cause: ${next(cause)})`;
}

/** `<div id="a">` for elements, without asking what only their class knows how to tell. */
function shownNode(value: object): string | null {
  if (typeof Element === "undefined" || !(value instanceof Element)) return null;
  const id = value.getAttribute("id");
  return `<${value.localName}${id === null ? "" : ` id="${id}"`}>`;
}

/** "" for plain objects and lists. */
function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || Array.isArray(value)) return "";
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof made === "function" ? ownText(made, "name") : "";
}

/** A property that is text, without calling anything; "" where it is none. */
function ownText(value: object, name: string): string {
  const text: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof text === "string" ? text : "";
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** `URL:LINE:COLUMN` of the first frame of a stack that is not in `script`; null where there is none. */
export function stackPlace(stack: string, script: string): string | null {
  for (const line of stack.split("\n")) {
    const place = /((?:https?|file|blob|webpack(?:-internal)?):\/?\/?[^\s()]*:\d+:\d+)\)?$/.exec(
      line.trim(),
    )?.[1];
    if (place !== undefined && !place.includes(script)) return place;
  }
  return null;
}
