import assert from "node:assert/strict";
import type { Effect } from "../../src/core/effect.ts";
import type { Event } from "../../src/core/event.ts";
import type { State } from "../../src/core/state.ts";
import { startsUnasked } from "../../src/core/waiting.ts";

/** Where swaps are asked for, nothing starts by itself but what brings service back. */
export class Requests {
  /** How many swaps were asked for that have not led to a start. */
  private open = 0;
  private readonly started = new Set<number>();

  follow(
    { type }: Event,
    effects: readonly Effect[],
    { before, now }: { readonly before: State; readonly now: State },
  ): void {
    if (type === "swap-requested") this.open += 1;
    for (const effect of effects) {
      if (effect.type === "start-process") this.check(effect, before, now);
    }
  }

  private check(
    { version, instance }: Extract<Effect, { type: "start-process" }>,
    before: State,
    now: State,
  ): void {
    if (now.settings.swap.automatic !== false) return;
    const { generation } = version;
    const started = now.fleet.instances.find((one) => one.id === instance);
    const again = started?.target.purpose.type !== "save";
    // One that cannot live beside the other is started a second time, when that one has ended.
    const known = this.started.has(generation);
    const unasked = startsUnasked(before);
    const allowed = this.open > 0 || known || again || unasked;
    assert.ok(allowed, "a version started that nobody asked for");
    this.started.add(generation);
    // What needed no request leaves it to the one that it was made for.
    if (!known && !again && !unasked) this.open = Math.max(0, this.open - 1);
  }
}
