import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { Gust } from "./gust.ts";
import { Project } from "./project.ts";
import { answerGo, asPage, likeAir, proxied, tell } from "./proxied.ts";

/* What a proxy has to pass on beside what is known of air's, and how gust runs one. */

test("a port that is free is said, for the address that the program listens on", async (t) => {
  const project = await Project.create(t, "proxied", { "gust.toml": "[proxy]\nenabled = true\n" });
  const gust = await Gust.start(project);
  const { url } = await gust.next("proxy");
  await gust.next("live");
  assert.match(url, /^http:\/\/localhost:\d+$/);
  assert.equal((await tell(Number(new URL(url).port), "/hints")).body, "one");
  await gust.stop();
});

test("a program that wants the port of the proxy is told whose it is", async (t) => {
  const port = await freePort();
  const project = await Project.create(t, "proxied", {
    "gust.toml": `[proxy]\nenabled = true\nproxy_port = ${port}\n[run]\nswap = "stop-start"\n`,
  });
  // However long it takes to find out that it cannot listen, it was not live before.
  const gust = await Gust.start(project, { port, args: ["--ready.min_uptime=1m"] });
  const { failure } = await gust.next("failed");
  assert.equal(failure.code, "START_PORT_TAKEN");
  assert.match(failure.message, new RegExp(`127\\.0\\.0\\.1:${port} is in use by gust itself`));
  assert.match(failure.hint ?? "", /proxy\.proxy_port/);
  await gust.stop();
});

test("trailers: in both directions", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const socket = connect(port, "127.0.0.1");
  socket.write(
    "POST /trailers HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n",
  );
  let heard = "";
  for await (const text of socket.setEncoding("latin1")) heard += String(text);
  assert.match(heard, /\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 6 came\r\n\r\n$/);
  await gust.stop();
});

test("Expect: 100-continue and early hints", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const socket = connect(port, "127.0.0.1");
  socket.write(put("/echo"));
  const [first] = (await once(socket, "data")) as [Buffer];
  assert.equal(first.toString(), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.write("body");
  let heard = "";
  for await (const text of socket.setEncoding("latin1")) heard += String(text);
  assert.match(heard, /^HTTP\/1\.1 200 OK\r\n[^]*"body":"body"/);
  const refused = connect(port, "127.0.0.1");
  refused.write(put("/refuse"));
  heard = "";
  for await (const text of refused.setEncoding("latin1")) heard += String(text);
  assert.match(heard, /^HTTP\/1\.1 417 /);
  const hinted = connect(port, "127.0.0.1");
  hinted.write("GET /hints HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  heard = "";
  for await (const text of hinted.setEncoding("latin1")) heard += String(text);
  assert.match(
    heard,
    /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
  );
  await gust.stop();
});

test("HTTP/2 in the clear: many requests on one connection", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  const ask = async (n: number): Promise<string> => {
    const stream = session.request({ ":path": `/echo?${n}`, ":method": "POST" });
    stream.end(`body ${n}`);
    let body = "";
    for await (const text of stream.setEncoding("utf8")) body += String(text);
    return body;
  };
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(n)));
  for (const [n, answer] of answers.entries()) {
    assert.match(answer, new RegExp(`"body":"body ${n}",.*"proto":"HTTP/2.0"`));
  }
  session.close();
  await once(session, "close");
  await gust.stop();
});

test("uploads and downloads of any length", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const size = 64 << 20;
  assert.equal(
    (await tell(port, "/count", { method: "POST", body: "x".repeat(size) })).body,
    "one",
  );
  await gust.stop();
});

test("with gust's files in the program: nobody waits for a swap, and a page has the script once", async (t) => {
  const { gust, port } = await proxied(t);
  const page = async (): Promise<string> => (await tell(port, "/", { headers: asPage })).body;
  assert.equal((await page()).split("__gust/client.js").length, 2);
  const over = new AbortController();
  const statuses = new Set<number>();
  const clients = Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted)
      statuses.add((await tell(port, "/echo", { method: "POST", body: "x" })).status);
  });
  for (const word of ["two", "three", "four"]) {
    const { generation } = await gust.saveAndLive("answer.go", answerGo(word));
    const body = await page();
    assert.match(body, new RegExp(`<title>${word}`));
    assert.ok(body.includes(`data-build="${generation}"`));
  }
  over.abort();
  await Promise.all(clients);
  assert.deepEqual([...statuses], [200]);
  const { headers } = await tell(port, "/", { headers: asPage });
  assert.equal(headers["x-gust-page"], undefined);
  await gust.stop();
});

const put = (path: string): string =>
  `PUT ${path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`;
