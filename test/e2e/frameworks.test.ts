// What a swap is like for programs as people write them. Each test tells what moves to the new
// version, what the old one finishes, and what is cut; docs/swap.md has the same as a table.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { hasProc } from "./census.ts";
import { Client, Knocking, Lines, type Reply } from "./conversation.ts";
import type { EventOf } from "./events.ts";
import { Gust } from "./gust.ts";
import { GrpcClient, Http2Client } from "./http2-client.ts";
import { startLoad } from "./load.ts";
import { type Files, Project, answerFile } from "./project.ts";

const onLinux = { skip: hasProc ? false : "sockets are held on Linux only" };

for (const name of ["gin", "echo", "chi"]) {
  test(
    `${name}: kept connections move, and requests under way end where they began`,
    onLinux,
    (t) => moves(t, name),
  );
}

async function moves(t: TestContext, name: string): Promise<void> {
  const gust = await serve(t, name);
  const [kept, slow] = [client(t, gust), client(t, gust)];
  const before = await kept.ask();
  assert.equal(before.body, "0");
  assert.equal(before.headers["x-gust-build"], "1");
  const upload = slow.upload();
  await upload.begun;
  const load = startLoad(gust.port);
  t.after(() => load.stop());

  await swap(gust);
  load.live(1);
  const after = await kept.ask();
  assert.equal(after.body, "1");
  assert.equal(after.headers["x-gust-build"], "2");
  assert.equal(after.localPort, before.localPort);

  const uploaded = await upload.finish();
  assert.equal(uploaded.body, "0");
  const next = await slow.ask();
  assert.equal(next.body, "1");
  assert.equal(next.localPort, uploaded.localPort);

  const seen = await load.stop();
  assert.deepEqual({ failures: seen.failures, stale: seen.stale }, { failures: [], stale: [] });
  assert.equal(seen.connections.size, 6);
  const { drain } = await stopped(gust);
  assert.ok(drain.moved >= 2, `${drain.moved} moved`);
  assert.equal(drain.cut, 0);
  await gust.stop();
}

test(
  "TLS, HTTP/1: a kept connection is closed in order, with its next answer",
  onLinux,
  async (t) => {
    const gust = await serve(t, "tls");
    const [kept, slow] = [client(t, gust, true), client(t, gust, true)];
    const knocking = knock(t, () => askOnce(gust, true));
    const upload = slow.upload();
    await upload.begun;
    const talk = untilNew(() => kept.ask());

    await swap(gust);
    knocking.live(1);
    const { last, next } = await talk;
    assert.equal(last.body, "0");
    assert.equal(last.headers.connection, "close");
    assert.notEqual(next.localPort, last.localPort);
    assert.equal((await upload.finish()).body, "0");

    await assertSmooth(knocking);
    assert.equal((await stopped(gust)).drain.cut, 0);
    await gust.stop();
  },
);

test("TLS, HTTP/2: GOAWAY, and the next request takes a new connection", onLinux, async (t) => {
  const gust = await serve(t, "tls");
  const [busy, idle, slow] = [http2(t, gust), http2(t, gust), http2(t, gust)];
  assert.equal((await get(idle)).body, "0");
  const upload = slow.call("/upload", { expect: "100-continue" });
  await upload.begun;
  const talk = untilNew(() => get(busy));

  await swap(gust);
  await talk;
  assert.equal(busy.connections, 2);
  await Promise.all([idle.goneAway[0], slow.goneAway[0]]);
  assert.equal((await get(idle)).body, "1");
  assert.equal((await get(slow)).body, "1");
  assert.deepEqual([idle.connections, slow.connections], [2, 2]);
  assert.equal((await upload.finish()).body.toString(), "0");

  assert.equal((await stopped(gust)).drain.cut, 0);
  await gust.stop();
});

test("gRPC: GOAWAY, and calls and streams under way end where they began", onLinux, async (t) => {
  const gust = await serve(t, "grpc");
  const [busy, idle, slow] = [grpc(t, gust), grpc(t, gust), grpc(t, gust)];
  const knocking = knock(t, async () => {
    const one = new GrpcClient(gust.port);
    return one.get().finally(() => one.close());
  });
  assert.equal(await idle.get(), "0");
  const stream = slow.collect();
  await stream.begun;
  const talk = untilNew(async () => ({ body: await busy.get() }));

  await swap(gust);
  knocking.live(1);
  await talk;
  assert.equal(busy.http.connections, 2);
  await Promise.all([idle.http.goneAway[0], slow.http.goneAway[0]]);
  assert.equal(await idle.get(), "1");
  assert.equal(await slow.get(), "1");
  assert.deepEqual([idle.http.connections, slow.http.connections], [2, 2]);
  assert.deepEqual(await stream.finish(), ["more", "0"]);

  await assertSmooth(knocking);
  assert.equal((await stopped(gust)).drain.cut, 0);
  await gust.stop();
});

/** Where the time of the drain is what decides, it is shorter than by default. */
const shortDrain = { "gust.toml": '[run]\ndrain_timeout = "3s"\n' };

test(
  "fiber: idle connections are closed, and what is under way ends where it began",
  onLinux,
  async (t) => {
    const gust = await serve(t, "fiber");
    const [kept, slow] = [client(t, gust), client(t, gust)];
    const knocking = knock(t, () => askOnce(gust, false));
    const before = await kept.ask();
    assert.equal(before.body, "0");
    const upload = slow.upload();
    await upload.begun;

    await swap(gust);
    knocking.live(1);
    // Its server closes it as if the client had gone; it has heard of that before it asks again.
    await before.closed;
    const after = await kept.ask();
    assert.equal(after.body, "1");
    assert.notEqual(after.localPort, before.localPort);
    assert.equal((await upload.finish()).body, "0");
    const { drain } = await stopped(gust);
    assert.deepEqual([drain.moved, drain.cut], [0, 0]);

    await assertSmooth(knocking);
    await gust.stop();
  },
);

test(
  "raw TCP: the old version keeps its connections until its time is over",
  onLinux,
  async (t) => {
    const gust = await serve(t, "tcp", shortDrain);
    const kept = lines(t, gust);
    assert.equal(await kept.ask(), "0");
    const knocking = knock(t, async () => {
      const one = new Lines(gust.port);
      return one.ask().finally(() => one.close());
    });

    await swap(gust);
    knocking.live(1);
    assert.equal(await kept.ask(), "0");
    assert.equal(await lines(t, gust).ask(), "1");
    const { drain } = await stopped(gust);
    assert.deepEqual([drain.moved, drain.cut], [0, 1]);
    await kept.closed;

    await assertSmooth(knocking);
    await gust.stop();
  },
);

/** Runs a program with what gust does by default. */
async function serve(t: TestContext, program: string, files: Files = {}): Promise<Gust> {
  const gust = await Gust.start(await Project.create(t, program, files));
  await gust.next("live");
  return gust;
}

/** The answer is 1 from now on, at the same address and without a moment of nothing. */
async function swap(gust: Gust): Promise<void> {
  const live = await gust.saveAndLive("answer.go", answerFile("1"));
  assert.equal(live.downtimeMs, 0);
  assert.deepEqual([live.missing, live.opened], [[], []]);
  assert.deepEqual(gust.log.since(0, "warned"), []);
}

/** The first version has ended. */
function stopped(gust: Gust): Promise<EventOf<"stopped">> {
  return gust.next("stopped", ({ generation }) => generation === 1);
}

/** Asks without a pause until the answer is that of the new version; returns the last two. */
async function untilNew<R extends { readonly body: string }>(
  ask: () => Promise<R>,
): Promise<{ readonly last: R; readonly next: R }> {
  let last = await ask();
  assert.equal(last.body, "0");
  for (;;) {
    const next = await ask();
    if (next.body === "1") return { last, next };
    last = next;
  }
}

async function get(from: Http2Client): Promise<{ readonly body: string }> {
  const { body } = await from.ask("/");
  return { body: body.toString() };
}

async function askOnce(gust: Gust, secure: boolean): Promise<string> {
  const one = new Client(gust.port, secure);
  return one
    .ask()
    .then(({ body }: Reply) => body)
    .finally(() => one.close());
}

/** No connection was refused or broken, and none led to the old version after `live`. */
async function assertSmooth(knocking: Knocking): Promise<void> {
  const { answers, failures, stale } = await knocking.stop();
  assert.deepEqual({ failures, stale }, { failures: [], stale: [] });
  assert.ok(answers > 0);
}

function knock(t: TestContext, ask: () => Promise<string>): Knocking {
  const knocking = new Knocking(ask);
  t.after(() => knocking.stop());
  return knocking;
}

const client = (t: TestContext, gust: Gust, secure = false): Client =>
  closing(t, new Client(gust.port, secure));

const lines = (t: TestContext, gust: Gust): Lines => closing(t, new Lines(gust.port));

const grpc = (t: TestContext, gust: Gust): GrpcClient => closing(t, new GrpcClient(gust.port));

const http2 = (t: TestContext, gust: Gust): Http2Client =>
  closing(t, new Http2Client(`https://127.0.0.1:${gust.port}`));

function closing<T extends { close(): void }>(t: TestContext, one: T): T {
  t.after(() => one.close());
  return one;
}
