import type { Phase } from "./event.ts";
import type { Pending } from "./state.ts";

/**
 * What came before the build of an attempt, which begins at `at`. `classify`: what changed was looked
 * at; `watch`: the change waited for the end of a burst, or of what was under way; `rules`; `modules`.
 * Together they are the time since the first change. What took none is left out.
 */
export function leadOf(
  { since, understood, begun, ruled }: Pick<Pending, "since" | "understood" | "begun" | "ruled">,
  at: number,
): readonly Phase[] {
  const phases: readonly Phase[] = [
    { name: "classify", durationMs: understood - since },
    { name: "watch", durationMs: begun - understood },
    { name: "rules", durationMs: ruled - begun },
    { name: "modules", durationMs: at - ruled },
  ];
  return phases.filter(({ durationMs }) => durationMs > 0);
}
