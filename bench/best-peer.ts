import type { ToolName } from "./options.ts";
import type { Series } from "./saves.ts";
import { median } from "./stats.ts";

/** The tool of others whose saves are answered soonest in the median; null when none was measured. */
export function bestPeer(all: readonly Series[]): Series | null {
  const others = all.filter((one) => !own.has(one.tool) && median(one.answerMs) > 0);
  return others.toSorted((a, b) => median(a.answerMs) - median(b.answerMs))[0] ?? null;
}

/** What is ours: gust, and the floors, which watch nothing. */
const own: ReadonlySet<ToolName> = new Set<ToolName>(["gust", "floor", "floor-w", "floor-go"]);
