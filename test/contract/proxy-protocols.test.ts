import assert from "node:assert/strict";
import { test } from "node:test";
import { added, asked, get, stand } from "./proxy-kit.ts";

for (const [name, request, switched] of [
  [
    "a WebSocket",
    get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n"),
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  ],
  [
    "a tunnel",
    "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
  ],
] as const) {
  test(`${name} is what both sides say to each other, until one of them ends`, async (t) => {
    // What follows the request at once is said to the other protocol.
    const { client, server, head } = await asked(await stand(t), `${request}\x81\x05early`);
    if (name === "a WebSocket") {
      assert.match(head, /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
    }
    server.say(`${switched}\x81\x02hi`);
    await client.hears(`${switched}\x81\x02hi`);
    await server.hears("\x81\x05early");
    client.say("GET / HTTP/1.1\r\n\r\n");
    await server.hears("GET / HTTP/1.1\r\n\r\n");
    client.socket.end();
    assert.equal(await server.over, "end");
    server.say("last");
    server.socket.end();
    assert.equal(await client.rest(), "last");
  });
}

test("a change to HTTP/2 is asked for with all that it needs", async (t) => {
  const more =
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
  const { client, server, head } = await asked(await stand(t), get("/", more));
  assert.equal(head, get("/", more + added("a.test")));
  server.say(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\0\0\0",
  );
  await client.hear("\r\n\r\n\0\0\0");
});

test("a refused change of protocol is an answer like others", async (t) => {
  const { client, server } = await asked(
    await stand(t),
    get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
  );
  server.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
  await client.hears("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
  client.say(get("/next"));
  assert.match(await server.head(), /^GET \/next /);
});

for (const [name, begin] of [
  ["HTTP/2 in the clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"],
  ["TLS", "\x16\x03\x01\x02\0\x01"],
] as const) {
  test(`${name} goes to the program as it comes`, async (t) => {
    const { connect, program } = await stand(t);
    const client = await connect();
    client.say(begin);
    const server = await program.accept();
    await server.hears(begin);
    server.say("\0\0\0\x04\x01");
    await client.hears("\0\0\0\x04\x01");
  });
}
