import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, describe, it } from "node:test";
import { HeldKit, Load, request } from "./held-kit.ts";
import type { Running } from "./held-kit.ts";

const portOf = (address: string | undefined): number => Number(address?.split(":").at(-1));

describe("held sockets", { timeout: 120_000, skip: process.platform !== "linux" }, () => {
  let kit: HeldKit;
  before(async () => {
    kit = await HeldKit.create();
  });
  after(() => kit.close());

  /** Starts the first version at a port that is free. */
  async function first(): Promise<{ running: Running; port: number }> {
    const running = kit.start("v1", ["http", "127.0.0.1:0"]);
    const [address] = await running.listensOn(1);
    return { running, port: portOf(address) };
  }

  async function end(...all: Running[]): Promise<void> {
    await Promise.all(all.map((running) => running.terminate()));
    kit.processes.release?.([]);
  }

  it("lets a successor listen, and gives it new connections from the drain on", async () => {
    const { running: v1, port } = await first();
    assert.ok(v1.takesPart);
    const agent = new Agent({ keepAlive: false });
    const v2 = kit.start("v2", ["http", `127.0.0.1:${port}`]);
    assert.deepEqual(await v2.listensOn(1), [`127.0.0.1:${port}`]);
    assert.equal((await request(agent, { port })).answer, "v1");
    await v1.drain(v2);
    assert.equal((await request(agent, { port })).answer, "v2");
    assert.equal(await v1.terminate(), "0");
    assert.equal((await request(agent, { port })).answer, "v2");
    await end(v2);
  });

  it("moves idle connections, which their clients go on using", async () => {
    const { running: v1, port } = await first();
    const agent = new Agent({ keepAlive: true });
    const before_ = await Promise.all(Array.from({ length: 20 }, () => request(agent, { port })));
    const v2 = kit.start("v2", ["http", `127.0.0.1:${port}`]);
    await v2.listensOn(1);
    assert.deepEqual(await v1.drain(v2), { moved: 20, left: 0 });
    await v1.terminate();
    const after_ = await Promise.all(Array.from({ length: 20 }, () => request(agent, { port })));
    assert.deepEqual(new Set(after_.map((seen) => seen.answer)), new Set(["v2"]));
    const ports = (all: readonly { from: number }[]): number[] =>
      all.map((seen) => seen.from).toSorted((a, b) => a - b);
    assert.deepEqual(ports(after_), ports(before_));
    agent.destroy();
    await end(v2);
  });

  it("loses no request and no connection over 50 swaps under load", async () => {
    const { running, port } = await first();
    let current = running;
    const load = new Load({ port }, { kept: 8, fresh: 4 });
    let moved = 0;
    for (let swap = 2; swap <= 51; swap += 1) {
      const next = kit.start(`v${swap}`, ["http", `127.0.0.1:${port}`]);
      await next.listensOn(1);
      const report = await current.drain(next);
      assert.equal(report.left, 0);
      moved += report.moved;
      const asked = load.seen.length;
      assert.equal(await current.terminate(), "0");
      current = next;
      // Whatever began after the drain is answered by the new one.
      assert.equal((await request(new Agent(), { port })).answer, `v${swap}`);
      assert.ok(load.seen.length >= asked);
    }
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.ok(moved >= 50, `${moved} moved`);
    await end(current);
  });
});
