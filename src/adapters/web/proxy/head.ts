/** One header field, as it was sent. */
export interface Field {
  /** In lower case. */
  readonly name: string;
  /** Without the white space around it. */
  readonly value: string;
  /** All of it, with the name and white space as they came, without the end of the line. */
  readonly line: string;
}

/**
 * The beginning of an HTTP/1 message: its first line and its fields. What nobody changes is sent as it
 * came, byte for byte: case and order of names, white space, repeated fields. Bytes are characters of
 * Latin-1.
 */
export class Head {
  readonly first: string;
  fields: readonly Field[];

  constructor(first: string, fields: readonly Field[]) {
    this.first = first;
    this.fields = fields;
  }

  /** The first of these; null where there is none. */
  get(name: string): string | null {
    return this.fields.find((field) => field.name === name)?.value ?? null;
  }

  all(name: string): readonly string[] {
    return this.fields.filter((field) => field.name === name).map(({ value }) => value);
  }

  /** The words of a list of them, in lower case. */
  words(name: string): readonly string[] {
    const values = this.all(name);
    if (values.length === 0) return values;
    return values.join(",").toLowerCase().split(",").map(stripped).filter(Boolean);
  }

  remove(...names: readonly string[]): void {
    if (!this.fields.some((field) => names.includes(field.name))) return;
    this.fields = this.fields.filter((field) => !names.includes(field.name));
  }

  /** Changes the first of that name in its place and removes the others; or adds one. */
  set(name: string, value: string): void {
    const index = this.fields.findIndex((field) => field.name === name.toLowerCase());
    const old = this.fields[index];
    if (old === undefined) return this.add(name, value);
    const written = old.line.slice(0, old.line.indexOf(":"));
    const changed = fieldOf(`${written}: ${value}`);
    this.fields = this.fields
      .with(index, changed)
      .filter((field, at) => at === index || field.name !== changed.name);
  }

  /** Changes all of that name, each in its place. */
  replaceAll(name: string, change: (value: string) => string): void {
    this.fields = this.fields.map((field) => {
      if (field.name !== name) return field;
      const value = change(field.value);
      if (value === field.value) return field;
      return fieldOf(`${field.line.slice(0, field.line.indexOf(":"))}: ${value}`);
    });
  }

  add(name: string, value: string): void {
    this.fields = [...this.fields, fieldOf(`${name}: ${value}`)];
  }

  /** As it is sent. */
  bytes(): Buffer {
    const lines = [this.first, ...this.fields.map(({ line }) => line), "", ""];
    return Buffer.from(lines.join("\r\n"), "latin1");
  }
}

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** Minor version of HTTP/1: 0 or 1. */
  readonly minor: number;
}

/** Null: it is no request of HTTP/1. */
export function parseRequestLine(first: string): RequestLine | null {
  const [, method, target, minor] = /^([^ ]+) (.*) HTTP\/1\.(\d)$/.exec(first) ?? [];
  if (method === undefined || target === undefined) return null;
  return { method, target, minor: Number(minor) };
}

/** Null: it is no answer of HTTP/1. */
export function parseStatus(first: string): number | null {
  const [, status] = /^HTTP\/1\.\d (\d{3})(?: |$)/.exec(first) ?? [];
  return status === undefined ? null : Number(status);
}

/**
 * Whether everybody reads the same fields in it: a name, a colon, and a value without line ends but
 * those before white space.
 */
export const isUnambiguous = ({ fields }: Head): boolean =>
  fields.every(({ line }) => /^[\w!#$%&'*+.^`|~-]+:/.test(line) && !/\0|\r(?!\n)/.test(line));

/** Takes the text of a head without the empty line at its end. */
export function parseHead(text: string): Head {
  const [first = "", ...lines] = text.split(/\r?\n/);
  const whole: string[] = [];
  for (const line of lines) {
    // One that begins with white space goes on with the field before.
    if (/^[ \t]/.test(line) && whole.length > 0) whole.push(`${whole.pop()}\r\n${line}`);
    else whole.push(line);
  }
  return new Head(first, whole.map(fieldOf));
}

/** Where the empty line behind a head begins and ends; null where it has not come. */
export function endOfHead(bytes: Buffer, from: number): { at: number; next: number } | null {
  for (let at = bytes.indexOf(10, Math.max(0, from)); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return { at: lineEnd(bytes, at), next: at + 2 };
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10)
      return { at: lineEnd(bytes, at), next: at + 3 };
  }
  return null;
}

const lineEnd = (bytes: Buffer, at: number): number => (bytes[at - 1] === 13 ? at - 1 : at);

function fieldOf(line: string): Field {
  const colon = line.indexOf(":");
  const name = (colon < 0 ? line : line.slice(0, colon)).trim().toLowerCase();
  return { name, value: colon < 0 ? "" : stripped(line.slice(colon + 1)), line };
}

/** Without the white space of HTTP around it, which is less than what JavaScript takes for such. */
const stripped = (text: string): string => text.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
