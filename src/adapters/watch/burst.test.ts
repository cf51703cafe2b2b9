import assert from "node:assert/strict";
import { test } from "node:test";
import { Burst } from "./burst.ts";

const limits = { events: 10, stallMs: 5, stallEvents: 3 };

test("the first path goes out in the same turn, and each path once", async () => {
  const { burst, log } = open();
  burst.touched("a");
  burst.touched("b");
  burst.touched("a");
  assert.deepEqual(log, []);
  await turn();
  assert.deepEqual(log, ["a b"]);
  burst.touched("a");
  await turn();
  assert.deepEqual(log, ["a b", "a"]);
});

test("a burst of many events ends with a loss", async () => {
  const { burst, log } = open();
  for (let event = 0; event < 5; event += 1) burst.event();
  burst.touched("a");
  await turn();
  for (let event = 0; event < 5; event += 1) burst.event();
  await turn();
  assert.deepEqual(log, ["a"]);
  await turn();
  assert.deepEqual(log, ["a", "lost: 10 events at once, more than the system may have kept"]);
});

test("events that come one by one are no burst", async () => {
  const { burst, log } = open();
  for (let event = 0; event < 30; event += 1) {
    burst.event();
    await turn();
    await turn();
  }
  assert.deepEqual(log, []);
});

test("a stalled loop is a loss when enough events come with it", async () => {
  const { burst, log } = open();
  for (const events of [2, 3]) {
    for (let event = 0; event < events; event += 1) burst.event();
    block(limits.stallMs * 2);
    await turn();
    await turn();
  }
  assert.deepEqual(log, ["lost: 3 events while gust was held up"]);
});

test("a loss that the system reports comes after the paths before it", async () => {
  const { burst, log } = open();
  burst.lost("told so");
  burst.touched("a");
  await turn();
  await turn();
  assert.deepEqual(log, ["a", "lost: told so"]);
});

test("nothing goes out after close", async () => {
  const { burst, log } = open();
  burst.touched("a");
  burst.close();
  burst.touched("b");
  burst.lost("late");
  await turn();
  await turn();
  assert.deepEqual(log, []);
});

function open(): { burst: Burst; log: string[] } {
  const log: string[] = [];
  const sink = {
    touched: (paths: readonly string[]) => log.push(paths.join(" ")),
    lost: (reason: string) => log.push(`lost: ${reason}`),
  };
  return { burst: new Burst(sink, limits), log };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Holds up the event loop, as a long computation would. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
