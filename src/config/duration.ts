/**
 * Reads a duration as Go writes it (`"1m30s"`, `"500ms"`, `"0"`) or a whole number of
 * milliseconds. Returns milliseconds, or null when it is none. Nothing below zero is taken.
 */
export function readDuration(raw: unknown): number | null {
  if (typeof raw === "number") return Number.isInteger(raw) && raw >= 0 ? raw : null;
  if (typeof raw !== "string") return null;
  const text = raw.trim();
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return null;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(number) * (units.get(unit ?? "") ?? 0);
  }
  return Math.round(sum);
}

/** The same with air's rule for `kill_delay`: a number of a million or more is nanoseconds. */
export function readAirDuration(raw: unknown): number | null {
  const ms = readDuration(raw);
  const plain = typeof raw === "number" || (typeof raw === "string" && /^\s*\d+\s*$/.test(raw));
  return ms !== null && plain && ms >= 1_000_000 ? Math.round(ms / 1_000_000) : ms;
}

/** The shortest way to write it in the file: `"5s"`, `"1500ms"`. */
export function writeDuration(ms: number): string {
  if (ms === 0) return "0s";
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms % 1000 === 0) return `${ms / 1000}s`;
  return `${ms}ms`;
}

const units: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);
