import assert from "node:assert/strict";
import { test } from "node:test";
import { added, asked, get, stand } from "./proxy-kit.ts";

test("a length beside chunks is not passed on, since not all would read past the same of both", async (t) => {
  const chunks = "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
  const { server, head } = await asked(
    await stand(t),
    `POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n${chunks}`,
  );
  assert.equal(
    head,
    `POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n${added("a.test")}\r\n`,
  );
  await server.hears("1\r\nx\r\n0\r\n\r\n");
});

for (const [name, request] of [
  [
    "chunks of a client that knows none",
    "POST / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
  ],
  ["white space before a colon", "POST / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n"],
  ["white space that is none", "POST / HTTP/1.1\r\nTransfer-Encoding: \u00a0chunked\r\n\r\n"],
  ["a sign before a length", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx"],
  ["a length in two lines", "POST / HTTP/1.1\r\nContent-Length: 1\r\n 2\r\n\r\nx"],
  ["a field before the first name", "GET / HTTP/1.1\r\n Content-Length: 1\r\n\r\nx"],
  ["a line end within a field", "GET / HTTP/1.1\r\nX: a\rContent-Length: 1\r\n\r\nx"],
] as const) {
  test(`${name} is refused, and nothing of it reaches the program`, async (t) => {
    const { connect, program } = await stand(t);
    const client = await connect();
    client.say(request);
    assert.match(await client.head(), /^HTTP\/1\.1 400 /);
    assert.equal(program.unaccepted, 0);
  });
}

test("an empty line before a request, as after a form of old clients, is passed over", async (t) => {
  const { head } = await asked(await stand(t), `\r\n\r\n${get("/a")}`);
  assert.match(head, /^GET \/a /);
});
