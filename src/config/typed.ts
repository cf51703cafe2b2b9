import type { Value } from "./config.ts";

/**
 * Typed access to checked values. The table decides the types, so a mismatch is a mistake in
 * gust and throws.
 */
export class Typed {
  private readonly values: ReadonlyMap<string, Value>;

  constructor(values: ReadonlyMap<string, Value>) {
    this.values = values;
  }

  string(path: string): string {
    return this.optional(path) ?? fail(path);
  }

  optional(path: string): string | null {
    const value = this.get(path);
    return typeof value === "string" || value === null ? value : fail(path);
  }

  number(path: string): number {
    const value = this.get(path);
    return typeof value === "number" ? value : fail(path);
  }

  boolean(path: string): boolean {
    const value = this.get(path);
    return typeof value === "boolean" ? value : fail(path);
  }

  strings(path: string): readonly string[] {
    return this.list(path).map((item) => (typeof item === "string" ? item : fail(path)));
  }

  numbers(path: string): readonly number[] {
    return this.list(path).map((item) => (typeof item === "number" ? item : fail(path)));
  }

  /** One of a fixed set of words; any other is a mistake in the table. */
  oneOf<const T extends string>(path: string, words: readonly T[]): T {
    const value = this.get(path);
    return words.find((word) => word === value) ?? fail(path);
  }

  private list(path: string): readonly (string | number)[] {
    const value = this.get(path);
    return typeof value === "object" && value !== null ? value : fail(path);
  }

  private get(path: string): Value {
    const value = this.values.get(path);
    return value === undefined ? fail(path) : value;
  }
}

function fail(path: string): never {
  throw new Error(`the table of keys and its use disagree on ${path}`);
}
