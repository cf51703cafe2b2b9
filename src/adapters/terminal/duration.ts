/** `318 ms`, `2.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. Takes milliseconds. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole} ms`;
  const tenths = Math.round(whole / 100) / 10;
  if (tenths < 10) return `${tenths.toFixed(1)} s`;
  return elapsed(whole);
}

/** The same in whole seconds, for something that goes on: `0 s`, `14 s`, `3 min`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${rest(seconds % 60, "s")}`;
  return `${Math.floor(minutes / 60)} h${rest(minutes % 60, "min")}`;
}

function rest(value: number, unit: string): string {
  return value === 0 ? "" : ` ${value} ${unit}`;
}
