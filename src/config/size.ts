import type { Entry } from "./entry.ts";

/** `"10MB"`, `"512 kB"`, `"1GiB"` or a whole number, in bytes; null when it is none. */
export function readSize(raw: unknown): number | null {
  if (typeof raw === "number") return Number.isSafeInteger(raw) && raw >= 0 ? raw : null;
  if (typeof raw !== "string") return null;
  const found = /^\s*(\d+)\s*(?:([kmg])i?)?b?\s*$/i.exec(raw);
  if (found === null) return null;
  const bytes = Number(found[1]) * (UNITS.get((found[2] ?? "").toUpperCase()) ?? 1);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The shortest text that means this many bytes. */
export function writeSize(bytes: number): string {
  for (const [unit, size] of [...UNITS].toReversed()) {
    if (bytes > 0 && bytes % size === 0) return `${bytes / size}${unit}B`;
  }
  return `${bytes}B`;
}

/** What is expected, completing "must be …". */
export function sizeText({ min, max }: Entry): string {
  const from = min === undefined ? "" : ` from ${writeSize(min)}`;
  const to = max === undefined ? "" : ` to ${writeSize(max)}`;
  return `a size such as "10MB" or "512KB", or a number of bytes${from}${to}`;
}

/** As most people mean them: a kilobyte has 1024 bytes. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["K", 1024],
  ["M", 1024 ** 2],
  ["G", 1024 ** 3],
]);
