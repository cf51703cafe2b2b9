import assert from "node:assert/strict";
import type { State } from "../../src/core/state.ts";
import { isOutgoing } from "../../src/core/stopping.ts";

/** What holds of the processes at each step. */
export function checkFleet({ fleet, settings }: State, attached: boolean, alive: number): void {
  const inUse = fleet.instances.filter((one) => !isOutgoing(one));
  const limit = attached && settings.swap.mode === "auto" ? 2 : 1;
  assert.ok(inUse.length <= limit, "too many processes of the program lived at once");
  if (limit === 1) assert.ok(alive <= 1, "two versions lived at once");
  const serving = fleet.instances.find((one) => one.status.type === "ready");
  if (serving !== undefined) {
    assert.ok(serving.pid > 0, "a process served before it was started");
  }
}
