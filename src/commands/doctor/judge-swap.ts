import type { SwapFact } from "./facts.ts";
import { type Finding, advice, ok } from "./finding.ts";

/** How a new version takes over, and why not without a gap where it does not. */
export function judgeSwap({ mode, held, running, learned }: SwapFact): Finding {
  const hint = "docs/swap.md tells what is lost, and how to change that";
  if (mode === "stop-start") return ok("swap", "stop-start, as run.swap says: a short gap");
  if (!held) {
    return advice("swap", "stop-start: sockets cannot be held on this system", hint);
  }
  if (running !== null) {
    const { way, why } = running;
    if (why === null)
      return ok("swap", "overlap: the new version is ready before the old one ends");
    return way === "stop-start"
      ? advice("swap", `stop-start: ${why}`, hint)
      : ok("swap", `handoff: ${why}`);
  }
  if (mode === "handoff") return ok("swap", "handoff, as run.swap says");
  if (learned !== null && mode === "auto") return ok("swap", `handoff: ${learned}`);
  return ok("swap", `${mode}: the new version is ready before the old one ends, where it can be`);
}
