import assert from "node:assert/strict";
import { mostCut } from "../../src/core/attempt.ts";
import type { State } from "../../src/core/state.ts";
import { isOutgoing } from "../../src/core/stopping.ts";

/** What holds of builds and processes at each step. */
export function checkState(
  { fleet, settings, intake }: State,
  attached: boolean,
  alive: number,
): void {
  assert.ok(intake.cut <= mostCut, "builds were cut short for ever");
  const inUse = fleet.instances.filter((one) => !isOutgoing(one));
  const limit = attached && settings.swap.mode === "auto" ? 2 : 1;
  assert.ok(inUse.length <= limit, "too many processes of the program lived at once");
  if (limit === 1) assert.ok(alive <= 1, "two versions lived at once");
  const serving = fleet.instances.find((one) => one.status.type === "ready");
  if (serving !== undefined) {
    assert.ok(serving.pid > 0, "a process served before it was started");
  }
}
