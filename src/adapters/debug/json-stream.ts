/** Cuts a stream of JSON objects, with or without line feeds between them, into its objects. */
export class JsonStream {
  #text = "";
  #depth = 0;
  #string = false;
  #escaped = false;
  #scanned = 0;

  /** The objects that are whole now, as their texts. */
  read(data: string): readonly string[] {
    this.#text += data;
    const found: string[] = [];
    let from = 0;
    for (; this.#scanned < this.#text.length; this.#scanned += 1) {
      const char = this.#text[this.#scanned] ?? "";
      if (this.#depth === 0 && char !== "{") from = this.#scanned + 1;
      this.#step(char);
      if (this.#depth === 0 && char === "}") {
        found.push(this.#text.slice(from, this.#scanned + 1));
        from = this.#scanned + 1;
      }
    }
    this.#text = this.#text.slice(from);
    this.#scanned -= from;
    return found;
  }

  #step(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (this.#string) {
      if (char === "\\") this.#escaped = true;
      else if (char === '"') this.#string = false;
    } else if (char === '"') this.#string = this.#depth > 0;
    else if (char === "{") this.#depth += 1;
    else if (char === "}") this.#depth = Math.max(0, this.#depth - 1);
  }
}

/** Cuts the messages of the debug adapter protocol: headers, an empty line, and so many bytes. */
export class DapStream {
  #data: Buffer = Buffer.alloc(0);

  read(data: Buffer): readonly string[] {
    this.#data = Buffer.concat([this.#data, data]);
    const found: string[] = [];
    for (;;) {
      const end = this.#data.indexOf("\r\n\r\n");
      if (end < 0) return found;
      const length = Number(
        /^content-length: *(\d+)/im.exec(this.#data.subarray(0, end).toString())?.[1] ?? 0,
      );
      const from = end + 4;
      if (this.#data.length < from + length) return found;
      found.push(this.#data.subarray(from, from + length).toString());
      this.#data = this.#data.subarray(from + length);
    }
  }
}

/** A message of that protocol, as it is sent. */
export function dapText(message: unknown): string {
  const text = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What a text tells, or null where it is no JSON object. */
export function parseFields(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    // Whoever sent it will not be understood by the other side either.
    return null;
  }
}

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}
