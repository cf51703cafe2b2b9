import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createServer } from "node:net";
import { once } from "node:events";
import { freePort } from "./census.ts";
import { runGust } from "./gust.ts";
import { startLoad } from "./load.ts";
import { startFreshLoad } from "./fresh-load.ts";
import { Binaries, Manager, Place, listening } from "./served.ts";

const skip = process.platform === "linux" ? false : "sockets are passed on Linux only";

const cleaning: (() => Promise<void>)[] = [];
after(async () => {
  for (const clean of cleaning) await clean();
});
const binaries = await Binaries.create({ after: (clean) => void cleaning.push(clean) });

const quick = '[run]\nprobation = "200ms"\n[ready]\ntimeout = "2s"\n';

/** A crash counts as one on probation, however slow the machine is. */
const patient = quick.replace("200ms", "1m");

test(
  "a program with gust's files is replaced under load, and its connections move",
  { skip },
  async (t) => {
    const place = await Place.create(t, await binaries.shimmed(1), quick);
    const gust = await place.serve();
    await gust.next("live");
    const load = startLoad(gust.port);
    t.after(() => load.stop());
    for (const version of [2, 3, 4, 5]) {
      await place.replace(await binaries.shimmed(version));
      const live = await gust.next("live");
      assert.equal(live.downtimeMs, 0);
      load.live(version);
    }
    const { failures, stale, connections } = await load.stop();
    assert.deepEqual(failures, []);
    assert.deepEqual(stale, []);
    assert.equal(connections.size, 6);
    await gust.stop("SIGTERM");
  },
);

test("a program that takes sockets by LISTEN_FDS is replaced under load", { skip }, async (t) => {
  const port = await freePort();
  const place = await Place.create(t, await binaries.activated(1), quick);
  const gust = await place.serve({ port, args: listening(port) });
  await gust.next("live");
  assert.match(await gust.get("/env"), /^1 web own=true/);
  const load = startFreshLoad(port);
  t.after(() => load.stop());
  for (const version of [2, 3]) {
    await place.replace(await binaries.activated(version));
    assert.equal((await gust.next("live")).downtimeMs, 0);
    await gust.next("stopped");
    load.live(version);
    await load.more(50);
  }
  await place.overwrite(await binaries.activated(4));
  await gust.next("live");
  await gust.next("stopped");
  load.live(4);
  await load.more(50);
  const { failures, stale } = await load.stop();
  assert.deepEqual(failures, []);
  assert.deepEqual(stale, []);
  await gust.stop();
});

test("what is no whole program is never started", { skip }, async (t) => {
  const port = await freePort();
  const place = await Place.create(t, await binaries.activated(1), quick);
  const gust = await place.serve({ port, args: listening(port) });
  await gust.next("live");
  const fails = async (code: string): Promise<void> => {
    const { failure, serving } = await gust.next("failed");
    assert.equal(failure.code, code);
    assert.equal(serving, 1);
    assert.equal(await gust.get(), "1");
  };
  await place.truncate(await binaries.activated(2), 0.5);
  await fails("BINARY_INCOMPLETE");
  await place.truncate(await binaries.activated(2), 0.99);
  await fails("BINARY_INCOMPLETE");
  await place.replaceByText("not a program", 0o755);
  await fails("BINARY_WRONG_FORMAT");
  await place.replaceByText("#!/bin/sh\nexit 1\n", 0o644);
  await fails("BINARY_NOT_EXECUTABLE");
  await place.project.remove("server");
  await fails("BINARY_MISSING");
  await place.replace(await binaries.activated(2));
  await gust.next("live");
  await gust.answersNow("2");
  await gust.stop();
});

test("a version that crashes or hangs leaves the old one serving", { skip }, async (t) => {
  const port = await freePort();
  const place = await Place.create(t, await binaries.activated(1), patient);
  const gust = await place.serve({ port, args: [...listening(port), "--ready", "notify"] });
  await gust.next("live");
  await place.replace(await binaries.activated(2, { start: "crash" }));
  const crashed = await gust.next("failed");
  assert.equal(crashed.serving, 1);
  assert.match(crashed.failure.message, /not this one/);
  await place.replace(await binaries.activated(3, { start: "hang" }));
  const hung = await gust.next("failed");
  assert.equal(hung.failure.code, "START_NOT_READY");
  assert.match(hung.failure.seen ?? "", /READY=1/);
  // Both accept while a candidate is alive; it is gone now, or about to be.
  await gust.answersNow("1");
  await place.replace(await binaries.activated(4, { start: "late-crash" }));
  await gust.next("live");
  const late = await gust.next("failed");
  assert.equal(late.failure.code, "CRASHED_IN_PROBATION");
  assert.equal((await gust.next("rolled-back")).to, 1);
  await gust.answersNow("1");
  await gust.stop();
});

test(
  "a health check is that of the new version, though the old one accepts as well",
  { skip },
  async (t) => {
    const port = await freePort();
    const config = `${quick}[health]\npath = "/healthz"\ninterval = "20ms"\nretries = 0\n`;
    const place = await Place.create(t, await binaries.activated(1), config);
    const gust = await place.serve({ port, args: listening(port) });
    await gust.next("live");
    await place.replace(await binaries.activated(2, { start: "sick" }));
    const sick = await gust.next("failed");
    assert.equal(sick.failure.code, "START_NOT_READY");
    assert.equal(sick.serving, 1);
    await place.replace(await binaries.activated(3));
    await gust.next("live");
    await gust.answersNow("3");
    await gust.stop();
  },
);

test("a version that crashes later is started again, while clients wait", { skip }, async (t) => {
  const port = await freePort();
  const place = await Place.create(t, await binaries.activated(1), "[run]\nprobation = 0\n");
  const gust = await place.serve({ port, args: listening(port) });
  await gust.next("live");
  await gust.provoke("/crash");
  const { restartMs } = await gust.next("crashed");
  assert.notEqual(restartMs, null);
  assert.equal(await gust.get(), "1");
  await gust.next("live");
  await gust.stop();
});

test(
  "without a change, SIGUSR2 and gust swap restart, and gust rollback goes back",
  { skip },
  async (t) => {
    const port = await freePort();
    const place = await Place.create(t, await binaries.activated(1), quick);
    const gust = await place.serve({ port, args: listening(port) });
    const first = await gust.next("live");
    gust.kill("SIGUSR2");
    const second = await gust.next("live");
    assert.notEqual(second.pid, first.pid);
    assert.deepEqual(second.cause, { type: "request", origin: "signal" });
    const ask = async (command: string, ...args: string[]): Promise<void> => {
      const asked = await runGust(place.project, { command, args, json: false });
      assert.equal(asked.code, 0, asked.stderr);
    };
    await ask("swap");
    assert.deepEqual((await gust.next("live")).cause, { type: "request", origin: "control" });
    await place.replace(await binaries.activated(2));
    await ask("wait");
    await gust.next("live");
    await gust.answersNow("2");
    await ask("rollback");
    assert.equal((await gust.next("rolled-back")).to, 3);
    await gust.answersNow("1");
    await gust.stop();
  },
);

test("a service manager passes sockets on, and is told how things are", { skip }, async (t) => {
  const place = await Place.create(
    t,
    await binaries.activated(1, { word: "READY=1\nSTATUS=warm" }),
    quick,
  );
  const manager = await Manager.listen(t, await binaries.manager(), place.project.path("notify"));
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const handle: unknown = Reflect.get(server, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : 0;
  const gust = await place.serve({
    port,
    descriptors: [Number(fd)],
    wrapper: ["sh", "-c", 'export LISTEN_PID=$$; exec "$@"', "sh"],
    env: { LISTEN_FDS: "1", LISTEN_FDNAMES: "front", NOTIFY_SOCKET: manager.path },
  });
  server.close();
  await gust.next("live");
  assert.match(await manager.hears("READY=1"), /^READY=1\nSTATUS=#1 live: warm$/m);
  assert.match(await gust.get("/env"), /^1 front own=true/);
  await place.replace(await binaries.activated(2));
  assert.match(await manager.hears("RELOADING=1"), /^MONOTONIC_USEC=\d+$/m);
  await manager.hears("READY=1");
  await gust.next("live");
  // Both accept until the old version has ended.
  await gust.next("stopped");
  assert.equal(await gust.get(), "2");
  gust.kill("SIGTERM");
  await manager.hears("STOPPING=1");
  await gust.ended(0);
});

test(
  "a keeper that was built elsewhere is used, and without one it is said what is missing",
  { skip },
  async (t) => {
    const port = await freePort();
    const place = await Place.create(t, await binaries.activated(1));
    const env = { PATH: "/nowhere" };
    const without = await runGust(place.project, {
      command: "serve",
      args: ["./server"],
      json: false,
      env,
    });
    assert.equal(without.code, 2);
    assert.match(without.stderr, /cannot do without the keeper: go was not found/);
    const keeper = await binaries.keeper();
    const gust = await place.serve({ port, env, args: [...listening(port), "--keeper", keeper] });
    await gust.answers("1");
    await gust.stop();
  },
);
