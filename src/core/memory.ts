import type { Memory } from "./effect.ts";
import { servingInstance } from "./instance.ts";
import type { State } from "./state.ts";
import type { Step } from "./step.ts";
import { ephemeralPort, portOf } from "./swap-way.ts";
import type { Address } from "./version.ts";

/**
 * Notes for the next run where the program listens and how it is swapped, so that clients can wait
 * before its first build is done. Called after every event.
 */
export function advanceMemory(state: State): Step {
  const serving = servingInstance(state.fleet);
  const { alone } = state.fleet;
  const before = state.memory;
  if (serving === null && alone === (before?.alone ?? null)) return [state, []];
  const addresses =
    serving === null ? (before?.addresses ?? []) : serving.addresses.filter(isFixed);
  const memory: Memory = { addresses, alone };
  if (before !== null && before.alone === alone && isSame(before.addresses, addresses)) {
    return [state, []];
  }
  return [{ ...state, memory }, [{ type: "remember", memory }]];
}

/** A port that the system chose is another one next time. */
function isFixed({ network, address }: Address): boolean {
  return network === "tcp" && portOf(address) < ephemeralPort;
}

function isSame(a: readonly Address[], b: readonly Address[]): boolean {
  return a.length === b.length && a.every((one, index) => one.address === b[index]?.address);
}
