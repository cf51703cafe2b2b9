import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { once } from "node:events";
import { Agent } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { HeldKit, Line, Load, request } from "./held-kit.ts";
import type { Running, Seen } from "./held-kit.ts";

const portOf = (address: string | undefined): number => Number(address?.split(":").at(-1));

/** A free port of those that the system chooses from. */
async function chosenPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

const ownPorts = (all: readonly Seen[]): number[] =>
  all.map((seen) => seen.from).toSorted((a, b) => a - b);

describe("held sockets", { timeout: 120_000, skip: process.platform !== "linux" }, () => {
  let kit: HeldKit;
  before(async () => {
    kit = await HeldKit.create();
  });
  beforeEach(() => kit.open());
  afterEach(() => kit.shut());
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
    const earlier = await Promise.all(Array.from({ length: 20 }, () => request(agent, { port })));
    const v2 = kit.start("v2", ["http", `127.0.0.1:${port}`]);
    await v2.listensOn(1);
    assert.deepEqual(await v1.drain(v2), { moved: 20, left: 0 });
    await v1.terminate();
    const later = await Promise.all(Array.from({ length: 20 }, () => request(agent, { port })));
    assert.deepEqual(new Set(later.map((seen) => seen.answer)), new Set(["v2"]));
    assert.deepEqual(ownPorts(later), ownPorts(earlier));
    agent.destroy();
    await end(v2);
  });

  it("loses no request and no connection over 50 swaps under load", async () => {
    const { running, port } = await first();
    let current = running;
    const load = new Load("v1", { port }, { kept: 8, fresh: 4 });
    for (let swap = 2; swap <= 51; swap += 1) {
      const next = kit.start(`v${swap}`, ["http", `127.0.0.1:${port}`]);
      await Promise.all([next.listensOn(1), load.more(50)]);
      load.expect(`v${swap}`);
      const report = await current.drain(next);
      assert.equal(report.left, 0);
      assert.ok(report.moved >= 8, `${report.moved} moved`);
      load.swapped(`v${swap}`);
      assert.equal(await current.terminate(), "0");
      current = next;
    }
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.deepEqual(load.stale, []);
    // Each client that keeps its connection has had one connection all the time.
    assert.deepEqual(
      load.keptPorts.map((ports) => ports.size),
      Array.from({ length: 8 }, () => 1),
    );
    await end(current);
  });

  it("lets a request that is under way end where it began, and moves its connection then", async () => {
    const { running: v1, port } = await first();
    const agent = new Agent({ keepAlive: true });
    const waiting = request(agent, { port, path: "/wait" });
    await v1.until(() => v1.text.includes("waiting"));
    const v2 = kit.start("v2", ["http", `127.0.0.1:${port}`]);
    await v2.listensOn(1);
    assert.deepEqual(await v1.drain(v2, 50), { moved: 0, left: 1 });
    v1.child.signal("SIGUSR1");
    const { answer, from } = await waiting;
    assert.equal(answer, "v1");
    assert.deepEqual(await request(agent, { port }), { answer: "v2", from });
    agent.destroy();
    await end(v1, v2);
  });

  it("gives new raw connections to the successor and leaves the old ones", async () => {
    const v1 = kit.start("v1", ["raw", "127.0.0.1:0"]);
    const [address] = await v1.listensOn(1);
    const port = portOf(address);
    const old = await Line.open({ port });
    assert.equal(await old.ask("a"), "v1 a");
    const v2 = kit.start("v2", ["raw", `127.0.0.1:${port}`]);
    await v2.listensOn(1);
    assert.deepEqual(await v1.drain(v2, 50), { moved: 0, left: 1 });
    assert.equal(await old.ask("b"), "v1 b");
    const fresh = await Line.open({ port });
    assert.equal(await fresh.ask("c"), "v2 c");
    old.close();
    fresh.close();
    await end(v1, v2);
  });

  for (const deed of ["http-unix", "http-unix-left"]) {
    it(`hands a unix socket on, with its file and its connections (${deed})`, async () => {
      const socketPath = join(kit.dir, `${deed}.sock`);
      let current = kit.start("v1", [deed, socketPath]);
      await current.listensOn(1);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let sockets = 0;
      agent.on("free", () => {
        sockets = Math.max(sockets, Object.values(agent.freeSockets).length);
      });
      assert.equal((await request(agent, { socketPath })).answer, "v1");
      for (let swap = 2; swap <= 6; swap += 1) {
        const next = kit.start(`v${swap}`, [deed, socketPath]);
        assert.deepEqual(await next.listensOn(1), [socketPath]);
        assert.deepEqual(await current.drain(next), { moved: 1, left: 0 });
        assert.equal((await request(agent, { socketPath })).answer, `v${swap}`);
        assert.equal(await current.terminate(), "0");
        assert.equal((await request(new Agent(), { socketPath })).answer, `v${swap}`);
        current = next;
      }
      agent.destroy();
      await end(current);
      assert.deepEqual(
        readdirSync(kit.dir).filter((name) => name.includes(".gust")),
        [],
      );
    });
  }

  it("hands several listeners on, each to its own", async () => {
    const socketPath = join(kit.dir, "several.sock");
    const v1 = kit.start("v1", [
      "http",
      "127.0.0.1:0",
      "raw",
      "127.0.0.2:0",
      "http-unix",
      socketPath,
    ]);
    await v1.until(() => v1.addresses.length === 3);
    const http =
      v1.addresses.find(({ address }) => address.startsWith("127.0.0.1:"))?.address ?? "";
    const raw = v1.addresses.find(({ address }) => address.startsWith("127.0.0.2:"))?.address ?? "";
    const v2 = kit.start("v2", ["raw", raw, "http-unix", socketPath, "http", http]);
    await v2.until(() => v2.addresses.length === 3);
    assert.deepEqual(v2.addresses, v1.addresses);
    await v1.drain(v2);
    await v1.terminate();
    assert.equal((await request(new Agent(), { port: portOf(http) })).answer, "v2");
    assert.equal((await request(new Agent(), { socketPath })).answer, "v2");
    const line = await Line.open({ host: "127.0.0.2", port: portOf(raw) });
    assert.equal(await line.ask("x"), "v2 x");
    line.close();
    await end(v2);
  });

  it("keeps a port that the system chose, and tells it from one that the program chose", async () => {
    const { running: v1, port } = await first();
    const v2 = kit.start("v2", ["http", "127.0.0.1:0"]);
    assert.deepEqual(await v2.listensOn(1), [`127.0.0.1:${port}`]);
    await v2.until(() => v2.text.includes(`listening on 127.0.0.1:${port}\n`));
    await v1.drain(v2);
    assert.equal((await request(new Agent(), { port })).answer, "v2");
    // The next one names a port of the same range that nobody has.
    const other = await chosenPort();
    const v3 = kit.start("v3", ["http", `127.0.0.1:${other}`]);
    assert.deepEqual(await v3.listensOn(1), [`127.0.0.1:${other}`]);
    await v2.drain(v3);
    assert.equal((await request(new Agent(), { port: other })).answer, "v3");
    await end(v1, v2, v3);
  });

  it("leaves the old version alone when the new one ends before it listens", async () => {
    const { running: v1, port } = await first();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { from } = await request(agent, { port });
    const v2 = kit.start("v2", ["crash", "now", "http", `127.0.0.1:${port}`]);
    await v2.until(() => v2.ended);
    assert.equal(v2.exit, "3");
    assert.deepEqual(await request(agent, { port }), { answer: "v1", from });
    assert.equal((await request(new Agent(), { port })).answer, "v1");
    agent.destroy();
    await end(v1);
  });

  it("lets a waiting version accept when the one before it ends without a drain", async () => {
    const { running: v1, port } = await first();
    const v2 = kit.start("v2", ["http", `127.0.0.1:${port}`]);
    await v2.listensOn(1);
    v1.child.kill();
    await v1.until(() => v1.ended);
    assert.equal((await request(new Agent(), { port })).answer, "v2");
    await end(v2);
  });

  it("keeps connections waiting while no version runs, and drops them when released", async () => {
    const { running: v1, port } = await first();
    assert.equal(await v1.terminate(), "0");
    const waiting = request(new Agent(), { port });
    const v2 = kit.start("v2", ["http", `127.0.0.1:${port}`]);
    assert.equal((await waiting).answer, "v2");
    await end(v2);
    await kit.processes.portOwner(port);
    await assert.rejects(request(new Agent(), { port }), /ECONNREFUSED/u);
  });

  it("frees the address of a listener that the program closes", async () => {
    const v1 = kit.start("v1", ["reopen", "127.0.0.1:0"]);
    await v1.until(() => v1.text.split("\n").length === 3 || v1.ended);
    const [opened, again] = v1.text.split("\n");
    assert.equal(opened, again);
    const port = portOf(opened);
    assert.equal((await request(new Agent(), { port })).answer, "v1");
    await end(v1);
  });

  it("refuses an address that another program has, to the first version and to the next", async () => {
    const other = kit.start("other", ["http", "127.0.0.1:0"], { held: false });
    const [taken = ""] = await other.listensOn(1);
    const lonely = kit.start("v1", ["http", taken]);
    await lonely.until(() => lonely.ended);
    assert.match(lonely.text, /address already in use/u);
    const { running: v1, port } = await first();
    const v2 = kit.start("v2", ["http", `127.0.0.1:${port}`, "http", taken]);
    await v2.until(() => v2.ended);
    assert.match(v2.text, /address already in use/u);
    assert.equal((await request(new Agent(), { port })).answer, "v1");
    await end(v1, other);
  });

  it("does nothing to a program that is started without gust, or as any other command", async () => {
    const plain = kit.start("plain", ["http", "127.0.0.1:0", "print", "x"], { held: false });
    const [address = ""] = await plain.listensOn(1);
    await plain.until(() => plain.text.includes("x true"));
    assert.equal(plain.takesPart, false);
    const descriptors = readdirSync(`/proc/${plain.pid}/fd`).length;
    await end(plain);
    const without = kit.start("without", ["http", address, "print", "x"], { held: false });
    await without.listensOn(1);
    await without.until(() => without.text.includes("x true"));
    assert.equal(readdirSync(`/proc/${without.pid}/fd`).length, descriptors);
    await end(without);
  });

  it("runs a program that was built without its files as ever", async () => {
    const v1 = kit.start("without", ["http", "127.0.0.1:0"]);
    const [address] = await v1.listensOn(1);
    assert.equal(v1.takesPart, false);
    assert.equal((await request(new Agent(), { port: portOf(address) })).answer, "without");
    assert.deepEqual(await v1.drain(v1), { moved: 0, left: 0 });
    assert.equal(await v1.terminate(), "0");
    const v2 = kit.start("without", ["http", address ?? ""]);
    await v2.listensOn(1);
    await end(v2);
  });
});
