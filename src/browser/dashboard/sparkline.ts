import { max } from "d3-array";
import { area, line } from "d3-shape";

/** A small chart of one number over time: paths in a box of `width` by `height` pixels. */
export interface Sparkline {
  readonly line: string;
  readonly area: string;
  readonly most: number;
}

/** Draws values, the oldest first; null with fewer than two. `least` is the smallest full height. */
export function sparklineOf(
  values: readonly number[],
  { width, height, least }: { width: number; height: number; least: number },
): Sparkline | null {
  if (values.length < 2) return null;
  const most = max(values) ?? 0;
  const full = Math.max(most, least) * 1.1 || 1;
  const step = width / (values.length - 1);
  const points = values.map((value, index): [number, number] => [
    index * step,
    height - (value / full) * height,
  ]);
  return { line: line()(points) ?? "", area: area().y0(height)(points) ?? "", most };
}
