import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { openProxy } from "../../src/adapters/web/proxy/open-proxy.ts";
import { type Talker, added, asked, get, stand } from "./proxy-kit.ts";

test("a request arrives byte for byte, with who asked behind it", async (t) => {
  const { head } = await asked(
    await stand(t),
    "PROPFIND /a//b/../c?x=1;y=%zz&z=%41 HTTP/1.1\r\nhOST:a.test:80\r\nX-A: 1\r\nx-a:2\r\nB:  c \t\r\nCookie: a=\xe4\r\n\r\n",
  );
  assert.equal(
    head,
    `PROPFIND /a//b/../c?x=1;y=%zz&z=%41 HTTP/1.1\r\nhOST:a.test:80\r\nX-A: 1\r\nx-a:2\r\nB:  c \t\r\nCookie: a=\xe4\r\n${added("a.test:80")}\r\n`,
  );
});

test("an answer arrives byte for byte", async (t) => {
  const { client, server } = await asked(await stand(t), get());
  const answer =
    "HTTP/1.1 299 Very  Odd\r\nx-LOWER: a\r\nX-lower:b\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 3\r\n\r\na\0\xff";
  server.say(answer);
  await client.hears(answer);
});

test("who asked is added to who asked before, and what others have said stays", async (t) => {
  const { head } = await asked(
    await stand(t),
    get(
      "/",
      "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b.test\r\n",
    ),
  );
  assert.equal(
    head,
    get(
      "/",
      "X-Forwarded-For: 10.0.0.1, 127.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b.test\r\n",
    ),
  );
});

test("what is between client and proxy alone is not passed on, in both directions", async (t) => {
  const { client, server, head } = await asked(
    await stand(t),
    get(
      "/",
      "Connection: X-Secret, keep-alive, TE\r\nX-Secret: 1\r\nTE: trailers\r\nKeep-Alive: timeout=9\r\nProxy-Connection: keep-alive\r\n",
    ),
  );
  assert.equal(head, get("/", `Connection: keep-alive, te\r\nTE: trailers\r\n${added("a.test")}`));
  server.say(
    "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n",
  );
  await client.hears("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
});

test("chunks, what is said beside them and trailers pass as they are, in both directions", async (t) => {
  const body =
    "3;name=value\r\nabc\r\n0a\r\n0123456789\r\n0\r\nX-Trailer: one\r\nx-trailer:two\r\n\r\n";
  const { client, server } = await asked(
    await stand(t),
    `POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTrailer: X-Trailer\r\n\r\n${body}`,
  );
  await server.hears(body);
  const answer = `HTTP/1.1 200 OK\r\nTrailer: X-Trailer\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
  server.say(answer);
  await client.hears(answer);
  // And both connections go on.
  client.say(get("/next"));
  assert.match(await server.head(), /^GET \/next /);
});

test("a body passes as it comes: the first part before there is a second one", async (t) => {
  const { client, server } = await asked(
    await stand(t),
    "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\n",
  );
  client.say("one");
  await server.hears("one");
  server.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}\n{}\r\n");
  await client.hears("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}\n{}\r\n");
  client.say("two");
  await server.hears("two");
  server.say("0\r\n\r\n");
  await client.hears("0\r\n\r\n");
});

test("requests that are sent without waiting are answered in their order", async (t) => {
  const { client, server } = await asked(await stand(t), get("/1") + get("/2") + get("/3"));
  server.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
  assert.match(await server.head(), /^GET \/2 /);
  server.say("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n");
  assert.match(await server.head(), /^GET \/3 /);
  server.say("HTTP/1.1 204 No Content\r\n\r\n");
  await client.hears(
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  );
});

test("an answer to HEAD has the length of what is not sent", async (t) => {
  const { client, server } = await asked(
    await stand(t),
    "HEAD /x HTTP/1.1\r\nHost: a.test\r\n\r\n",
  );
  server.say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n");
  await client.hears("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n");
  client.say(get("/next"));
  assert.match(await server.head(), /^GET \/next /);
});

test("a client of HTTP/1.0 is answered until the connection ends", async (t) => {
  const { client, server, head } = await asked(await stand(t), "GET / HTTP/1.0\r\n\r\n");
  assert.match(head, /^GET \/ HTTP\/1\.0\r\nX-Forwarded-For: /);
  server.say("HTTP/1.0 200 OK\r\n\r\nall of it");
  server.socket.end();
  assert.equal(await client.rest(), "HTTP/1.0 200 OK\r\n\r\nall of it");
});

test("what is asked before a body is sent is answered by the program", async (t) => {
  const { client, server, head } = await asked(
    await stand(t),
    "PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
  );
  assert.match(head, /Expect: 100-continue/);
  server.say("HTTP/1.1 100 Continue\r\n\r\n");
  await client.hears("HTTP/1.1 100 Continue\r\n\r\n");
  client.say("body");
  await server.hears("body");
  server.say(
    "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  );
  await client.hears(
    "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  );
});

test("a body that the program does not want need not be sent", async (t) => {
  const { client, server } = await asked(
    await stand(t),
    "PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
  );
  server.say("HTTP/1.1 417 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  server.socket.end();
  assert.equal(
    await client.rest(),
    "HTTP/1.1 417 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  );
});

test("a client that goes away is gone for the program, and the other way round", async (t) => {
  const all = await stand(t);
  const first = await asked(all, get());
  first.server.say(
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n:\n\r\n",
  );
  await first.client.hear(":\n\r\n");
  first.client.socket.resetAndDestroy();
  // Either way it is over.
  assert.match(await first.server.over, /end|reset/);
  const second = await asked(all, get());
  second.server.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  await second.client.hear("half");
  second.server.socket.end();
  assert.equal(await second.client.over, "end", "half an answer is known by its length");
});

test("an answer that ends with its connection looks whole only if the connection ends in order", async (t) => {
  const all = await stand(t);
  const { client, server } = await asked(all, get());
  server.say("HTTP/1.1 200 OK\r\n\r\nhalf");
  await client.hear("half");
  server.socket.resetAndDestroy();
  assert.equal(await client.over, "reset");
});

test("a client that has said all may still hear the answer", async (t) => {
  const { client, server } = await asked(await stand(t), get());
  client.socket.end();
  assert.equal(await server.over, "end");
  server.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  assert.match(await client.rest(), /ok$/);
});

test("an upload that nobody takes is not kept in memory, and arrives whole", async (t) => {
  const all = await stand(t);
  const size = 96 * 1024 * 1024;
  const { client, server } = await asked(
    all,
    `POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`,
  );
  server.socket.pause();
  client.socket.write(Buffer.alloc(size, "x"));
  assert.ok((await standstill(client)) > size / 2, "most of it is still with the client");
  server.socket.resume();
  let length = 0;
  server.socket.removeAllListeners("data").on("data", (bytes: Buffer) => {
    length += bytes.length;
    if (length === size) server.socket.emit("whole");
  });
  await once(server.socket, "whole");
});

test("a download that nobody takes is not kept in memory, and arrives whole", async (t) => {
  const size = 96 * 1024 * 1024;
  const { client, server } = await asked(await stand(t), get());
  client.socket.pause();
  server.say(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
  server.socket.write(Buffer.alloc(size, "x"));
  assert.ok((await standstill(server)) > size / 2, "most of it is still with the program");
  let length = 0;
  client.socket.removeAllListeners("data").on("data", (bytes: Buffer) => {
    length += bytes.length;
    if (length > size) client.socket.emit("whole");
  });
  client.socket.resume();
  await once(client.socket, "whole");
});

test("an upload that breaks off is broken off for the program", async (t) => {
  const all = await stand(t);
  for (const begin of [
    "Content-Length: 10\r\n\r\nhalf",
    "Transfer-Encoding: chunked\r\n\r\na\r\nhalf",
  ]) {
    const { client, server } = await asked(all, `POST / HTTP/1.1\r\nHost: a.test\r\n${begin}`);
    await server.hear("half");
    client.socket.end();
    assert.equal(await server.over, "end");
    server.say("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assert.match(await client.rest(), /^HTTP\/1\.1 400 /);
  }
  const { client, server } = await asked(
    all,
    "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n",
  );
  assert.equal(await client.over, "reset");
  assert.match(await server.over, /end|reset/);
});

test("a client that reads slowly gets all of an answer that ends its connection", async (t) => {
  const size = 32 * 1024 * 1024;
  const { client, server } = await asked(await stand(t), get());
  client.socket.pause();
  server.say(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
  server.socket.end(Buffer.alloc(size, "x"));
  let length = 0;
  client.socket.removeAllListeners("data").on("data", (bytes: Buffer) => {
    length += bytes.length;
    // Each part has to be asked for.
    client.socket.pause();
    setImmediate(() => client.socket.resume());
  });
  client.socket.resume();
  assert.equal(await client.over, "end");
  assert.ok(length > size);
});

test("an early answer reaches a client that is still sending", async (t) => {
  const { client, server } = await asked(
    await stand(t),
    "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nsome",
  );
  server.say("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
  assert.match(await client.rest(), /413 Too Large[^]*no$/);
});

test("what is no HTTP is refused, and nothing of it reaches the program", async (t) => {
  for (const [request, status] of [
    ["hello\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400],
    [`GET / HTTP/1.1\r\nX: ${"x".repeat(3_000_000)}\r\n\r\n`, 431],
  ] as const) {
    const { connect, program } = await stand(t);
    const client = await connect();
    client.say(request);
    assert.match(await client.head(), new RegExp(`^HTTP/1.1 ${status} `));
    assert.equal(program.unaccepted, 0);
  }
});

test("chunks that are none end the connections", async (t) => {
  const { client, server } = await asked(await stand(t), get());
  server.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
  assert.equal(await client.over, "reset");
});

test("a head of two megabytes passes", async (t) => {
  const cookie = "c".repeat(2_000_000);
  const { head, client, server } = await asked(await stand(t), get("/", `Cookie: ${cookie}\r\n`));
  assert.ok(head.includes(cookie));
  server.say(`HTTP/1.1 200 OK\r\nX-Long: ${cookie}\r\nContent-Length: 0\r\n\r\n`);
  assert.ok((await client.head()).includes(cookie));
});

test("a port that is in use is told, and what to do", async (t) => {
  const { proxy } = await stand(t);
  const second = await openProxy({
    host: "127.0.0.1",
    port: proxy.port,
    appPort: 0,
    startTimeoutMs: 1,
    injects: true,
    run: "",
    mostClients: 1,
    desk: () => false,
    guard: () => ({ hosts: [], remote: false }),
    root: "/",
    readSource: () => null,
  });
  assert.ok("code" in second);
  assert.equal(second.code, "PROXY_PORT_TAKEN");
  assert.match(second.message, new RegExp(`127.0.0.1:${proxy.port}, which is in use`));
  assert.match(second.hint ?? "", /proxy\.proxy_port/);
});

/** Bytes that this end could not get rid of, once nothing moves any more. */
async function standstill({ socket }: Talker): Promise<number> {
  let [left, same] = [-1, 0];
  // Both ends and the proxy are in this process: what could move has moved after so many turns.
  while (same < 2000) {
    await new Promise((resolve) => setImmediate(resolve));
    same = socket.writableLength === left ? same + 1 : 0;
    left = socket.writableLength;
  }
  return left;
}
