/** What the benchmarks read of gust's event stream; see docs/json.md. */
export interface GustEvent {
  readonly type: string;
  /** Wall-clock milliseconds. */
  readonly at: number;
  readonly generation?: number | undefined;
  readonly pid?: number | undefined;
  readonly totalMs?: number | undefined;
  readonly downtimeMs?: number | undefined;
  readonly phases?: readonly { readonly name: string; readonly durationMs: number }[] | undefined;
}

/** One line of the stream; null when it is none. */
export function readGustEvent(line: string): GustEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  const { time, ...rest } = value as Omit<GustEvent, "at"> & { readonly time: string };
  return { ...rest, at: Date.parse(time) };
}
