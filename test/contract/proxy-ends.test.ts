import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { type Talker, asked, get, stand } from "./proxy-kit.ts";

const size = 24 * 1024 * 1024;

test("what a tunnel has heard before one side ended arrives whole, however slowly it is taken", async (t) => {
  const all = await stand(t);
  const request = get("/ws", "Connection: Upgrade\r\nUpgrade: any\r\n");
  const switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: any\r\n\r\n";
  for (const from of ["server", "client"] as const) {
    const both = await asked(all, request);
    both.server.say(switched);
    await both.client.hears(switched);
    const sender = both[from];
    const taker = from === "server" ? both.client : both.server;
    taker.socket.end();
    assert.equal(await sender.over, "end");
    taker.socket.pause();
    sender.socket.end(Buffer.alloc(size, "x"));
    assert.equal(await takenSlowly(taker), size, from);
    assert.equal(await taker.over, "end");
  }
});

for (const [name, head, half] of [
  ["of a length", "Content-Length: 99999999", (bytes: string) => bytes],
  [
    "in chunks",
    "Transfer-Encoding: chunked",
    (bytes: string) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`,
  ],
] as const) {
  test(`all of an answer ${name} that a program has given before it ended arrives, however slowly it is taken`, async (t) => {
    const { client, server } = await asked(await stand(t), get());
    client.socket.pause();
    const text = `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${half("x".repeat(size))}`;
    server.socket.end(text);
    assert.equal(await takenSlowly(client), text.length);
    assert.equal(await client.over, "end");
  });
}

test("a kept connection that the program ends is ended for it at once", async (t) => {
  const { client, server } = await asked(await stand(t), get());
  server.say("HTTP/1.1 204 No Content\r\n\r\n");
  await client.head();
  server.socket.end();
  assert.equal(await server.over, "end");
});

test("what a program says unasked is not the answer to the next request", async (t) => {
  const { program, ...all } = await stand(t);
  const { client, server } = await asked({ program, ...all }, get());
  server.say(
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad",
  );
  await client.hear("\r\n\r\nok");
  client.say(get("/next"));
  const next = await program.accept();
  assert.match(await next.head(), /^GET \/next /);
  next.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
  assert.match(await client.hear("good"), /^HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n\r\ngood$/);
});

test("more clients than there are descriptors for are turned away, until one of the others leaves", async (t) => {
  const { connect, program } = await stand(t, { mostClients: 1 });
  const first = await connect();
  first.say(get("/1"));
  const server = await program.accept();
  const second = await connect();
  assert.match(await second.over, /end|reset/);
  first.socket.resetAndDestroy();
  assert.match(await server.over, /end|reset/);
  const third = await connect();
  third.say(get("/3"));
  assert.match(await (await program.accept()).head(), /^GET \/3 /);
});

/** How many bytes come until the end, where each part has to be asked for. */
async function takenSlowly({ socket }: Talker): Promise<number> {
  let length = 0;
  socket.removeAllListeners("data").on("data", (bytes: Buffer) => {
    length += bytes.length;
    socket.pause();
    setImmediate(() => socket.resume());
  });
  const over = Promise.race([once(socket, "end"), once(socket, "close")]).catch(() => undefined);
  socket.resume();
  await over;
  return length;
}
