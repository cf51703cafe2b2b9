/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half];
  if (upper === undefined) return Number.NaN;
  const lower = sorted[half - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/** The smallest value that at least this share (0 to 1) of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/**
 * How many times `values` is `base`: the median of the quotients round by round. Values of one
 * round were measured one right after the other, so that what else the machine did falls out.
 * Rounds without both values do not count.
 */
export function ratio(values: readonly number[], base: readonly number[]): number {
  const quotients = values.flatMap((value, round) => {
    const other = base[round];
    return other === undefined || !(other > 0) || Number.isNaN(value) ? [] : [value / other];
  });
  return median(quotients);
}
