import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { type Proxied, answerGo, asPage, begin, echo, likeAir, proxied, tell } from "./proxied.ts";
import { runGust } from "./gust.ts";
import { Project } from "./project.ts";

/*
 * Each row of what air's proxy does (docs/proxy.md), done right. app_start_timeout is a millisecond:
 * whatever is answered later than that proves that it limits no answer.
 */
const tag = (build: number): string =>
  `<script src="/__gust/client.js" data-build="${build}"></script>`;

/** Without what tells the run of gust from others. */
const ofAnyRun = (page: string): string => page.replace(/ data-run="[0-9a-f]{8}"/, "");

test("HTML injection: at the beginning of the page, whatever else is in it", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  for (const path of ["/", "/upper", "/string", "/strict", "/gzip"]) {
    const { body, headers } = await tell(port, path, {
      headers: { ...asPage, "accept-encoding": "gzip" },
    });
    const plain = await tell(gust.port, path, { headers: { "accept-encoding": "identity" } });
    const packed = path === "/gzip" ? plain.body.replace("plain", "packed") : plain.body;
    assert.equal(ofAnyRun(body), packed.replace("<head>", `<head>${tag(1)}`), path);
    assert.equal(headers["content-encoding"], undefined, path);
    assert.match(headers["vary"] ?? "", /Sec-Fetch-Dest/);
  }
  const fragment = await tell(port, "/fragment", { headers: asPage });
  assert.equal(ofAnyRun(fragment.body), `${tag(1)}<p>one`);
  const { headers } = await tell(port, "/strict", { headers: asPage });
  assert.match(
    String(headers["content-security-policy"]),
    new RegExp(`script-src https://cdn.test 127.0.0.1:${port}/__gust/`),
  );
  // Only what a browser loads as a page, and only what can be undone.
  const other = await tell(port, "/", { headers: { "sec-fetch-dest": "empty" } });
  assert.doesNotMatch(other.body, /__gust/);
  await gust.stop();
});

test("HTML injection: the ETag tells the build, and a page of the build before comes whole", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const ask = (etag = ""): ReturnType<typeof tell> =>
    tell(port, "/etag", { headers: etag === "" ? asPage : { ...asPage, "if-none-match": etag } });
  const first = await ask();
  const [, run = ""] = /^"abc-gust1\.([0-9a-f]{8})"$/.exec(first.headers.etag ?? "") ?? [];
  assert.notEqual(run, "");
  const again = await ask(first.headers.etag);
  assert.deepEqual([again.status, again.headers.etag], [304, first.headers.etag]);
  const { generation } = await gust.saveAndLive("answer.go", answerGo("two"));
  const newer = await ask(first.headers.etag);
  assert.deepEqual([newer.status, newer.headers.etag], [200, `"abc-gust${generation}.${run}"`]);
  const plain = await tell(port, "/etag", { headers: { "if-none-match": '"abc"' } });
  assert.deepEqual([plain.status, plain.headers.etag], [304, '"abc"']);
  await gust.stop();
});

for (const [row, path, first, second] of [
  [
    "HTML streaming: the first part comes before there is a second one",
    "/stream",
    `<!doctype html><html><head>${tag(1)}</head><body><p>first`,
    "<p>second</body></html>",
  ],
  [
    "chunked non-HTML (NDJSON): each line comes when it is written",
    "/ndjson",
    '{"n":1}\n',
    '{"n":2}\n',
  ],
  [
    "SSE: events come when they are sent, without a limit of time",
    "/sse",
    "data: 1\n\n",
    "data: 2\n\n",
  ],
  ["slow handler: is answered, however long after app_start_timeout", "/slow", "", "slow"],
  [
    "download longer than app_start_timeout: arrives whole",
    "/download",
    "x".repeat(1 << 20),
    "x".repeat(1 << 20),
  ],
] as const) {
  test(row, async (t) => {
    const { gust, port } = await proxied(t, likeAir);
    const coming = begin(port, `${path}?key=a`, { headers: asPage });
    if (first !== "") {
      let heard = "";
      const response = await coming;
      response.setEncoding("latin1").on("data", (text: string) => (heard += text));
      while (ofAnyRun(heard).length < first.length) await once(response, "data");
      assert.equal(ofAnyRun(heard), first);
      await tell(gust.port, "/release?key=a");
      await once(response, "end");
      assert.equal(ofAnyRun(heard), first + second);
    } else {
      // Others are answered meanwhile.
      for (let times = 0; times < 20; times += 1) await tell(port, "/cors");
      await tell(gust.port, "/release?key=a");
      let heard = "";
      for await (const text of (await coming).setEncoding("latin1")) heard += String(text);
      assert.equal(heard, second);
    }
    await gust.stop();
  });
}

test("WebSocket: frames in both directions, and its end", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const socket = connect(port, "127.0.0.1");
  socket.write(
    "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  let heard = Buffer.alloc(0);
  socket.on("data", (bytes) => (heard = Buffer.concat([heard, bytes])));
  while (!heard.includes("\r\n\r\n")) await once(socket, "data");
  assert.match(
    heard.toString(),
    /^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/,
  );
  for (const word of ["one", "two", "three"]) {
    heard = Buffer.alloc(0);
    const mask = [1, 2, 3, 4];
    const masked = [...Buffer.from(word)].map((byte, at) => byte ^ (mask[at % 4] ?? 0));
    socket.write(Buffer.from([0x81, 0x80 | word.length, ...mask, ...masked]));
    while (heard.length < word.length + 2) await once(socket, "data");
    assert.equal(heard.toString("latin1"), `\x81${String.fromCodePoint(word.length)}${word}`);
  }
  socket.end();
  await once(socket, "close");
  await gust.stop();
});

test("POST JSON or multipart with a query string: body and query arrive as they are", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  for (const [type, body] of [
    ["application/json", '{"a": 1,\n "b":[]}'],
    [
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    ],
  ] as const) {
    const told = await echo(port, "/echo?x=1&y=%20", {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
    assert.equal(told.body, body);
    assert.equal(told.target, "/echo?x=1&y=%20");
    assert.equal(told.length, String(Buffer.byteLength(body)));
  }
  await gust.stop();
});

test("GET with query: has no body", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const told = await echo(port, "/echo?x=1&y=2");
  assert.deepEqual([told.body, told.length, told.target], ["", "0", "/echo?x=1&y=2"]);
  await gust.stop();
});

test("urlencoded form: in its order, with its encoding, without the query", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const body = "z=1&a=%7e&a=+&b";
  const told = await echo(port, "/echo?q=1", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  assert.equal(told.body, body);
  await gust.stop();
});

test("`;` in query, bad `%zz`: are the program's to judge", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  for (const target of ["/echo?a;b=1", "/echo?x=%zz&%", "/echo?", "/echo?a=b?c&&="]) {
    assert.equal((await echo(port, target)).target, target);
  }
  await gust.stop();
});

test(
  "POST during a restart: arrives once and whole",
  { skip: process.platform === "win32" },
  async (t) => {
    const { gust, project, port, posts } = await proxied(t, likeAir);
    const gate = join(project.place, "gate");
    await promisify(execFile)("mkfifo", [gate]);
    await project.save(
      "answer.go",
      answerGo("two", `os.ReadFile(${JSON.stringify(gate)})`, 'import "os"'),
    );
    await gust.next(
      "state",
      ({ serving, activity }) => serving === null && activity === "starting",
    );
    const size = 3_000_000;
    const waiting = ["POST", "PUT"].map((method) =>
      tell(port, "/count", { method, body: "x".repeat(size) }),
    );
    const page = tell(port, "/", { headers: asPage });
    // The program comes up when it has read what is in there.
    await writeFile(gate, "go");
    const answers = await Promise.all(waiting);
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body]),
      [
        [200, "two"],
        [200, "two"],
      ],
    );
    assert.match((await page).body, /<title>two/);
    assert.equal(await readFile(posts, "utf8"), `two ${size} <nil>\n`.repeat(2));
    await gust.stop();
  },
);

test("Host header: the client's own; who asked is told, and absolute redirects stay with the proxy", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const { host, header } = await echo(port, "/echo", {
    headers: { host: `app.test:${port}`, "x-forwarded-for": "10.0.0.9", "x-two": "a" },
  });
  assert.equal(host, `app.test:${port}`);
  assert.deepEqual(header["X-Forwarded-For"], ["10.0.0.9, 127.0.0.1"]);
  assert.deepEqual(header["X-Forwarded-Host"], [`app.test:${port}`]);
  assert.deepEqual(header["X-Forwarded-Proto"], ["http"]);
  const redirect = await tell(port, "/redirect");
  assert.equal(redirect.status, 302);
  assert.equal(redirect.headers.location, `http://127.0.0.1:${port}/landed`);
  await gust.stop();
});

test("CORS: what the program says, and nothing else", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  const own = await tell(port, "/cors");
  assert.equal(own.headers["access-control-allow-origin"], "https://app.test");
  const none = await tell(port, "/echo");
  assert.equal(none.headers["access-control-allow-origin"], undefined);
  await gust.stop();
});

test("HEAD on HTML: has the length that the program says", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  for (const headers of [{}, asPage]) {
    const head = await tell(port, "/", { method: "HEAD", headers });
    const direct = await tell(gust.port, "/", { method: "HEAD", headers });
    assert.equal(head.headers["content-length"], direct.headers["content-length"]);
    assert.notEqual(head.headers["content-length"], "0");
  }
  await gust.stop();
});

test("build error: the last good version goes on; where nothing is alive a page tells why, and others get a few words", async (t) => {
  const { gust, project, port } = await proxied(t, {
    more: `${likeAir.more}[build]\nstop_on_error = true\n`,
  });
  await project.save(
    "answer.go",
    `package main\n\nfunc answer() string { return <b>1 }\n\nfunc atStart() {}\n`,
  );
  await gust.next(
    "state",
    ({ serving, activity, failure }) => serving === null && activity === "idle" && failure !== null,
  );
  const page = await tell(port, "/any/page", { headers: asPage });
  assert.equal(page.status, 503);
  assert.match(page.body, /answer\.go:3/);
  assert.match(page.body, /&lt;b&gt;1/);
  const other = await tell(port, "/api");
  assert.deepEqual(
    [other.status, other.headers["content-type"]],
    [503, "text/plain; charset=utf-8"],
  );
  assert.match(other.body, /answer\.go:3/);
  // As the page does.
  const label = page.headers["x-gust-build"];
  const news = tell(port, "/__gust/build");
  await gust.saveAndLive("answer.go", answerGo("three"));
  const told = await news;
  assert.ok(told.status === 200 || told.headers["x-gust-build"] !== label);
  assert.match((await tell(port, "/", { headers: asPage })).body, /<title>three/);
  await gust.stop();
});

test("port busy: the port is named, and what to do, with exit code 2", async (t) => {
  const { gust, project, port } = await proxied(t, likeAir);
  const other = await runGust(project, { args: ["--root", "."], json: false, port: gust.port });
  assert.equal(other.code, 1, "the same project is run once");
  const second = await Project.create(t, "proxied", {
    "gust.toml": `[proxy]\nenabled = true\nproxy_port = ${port}\n`,
  });
  const refused = await runGust(second, { json: false });
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    new RegExp(
      `the proxy cannot listen on 127\\.0\\.0\\.1:${port}, which is in use by .*\\(pid ${gust.pid}\\)`,
    ),
  );
  assert.match(refused.stderr, /proxy\.proxy_port/);
  await gust.stop();
});

test("server log: clients that go away leave no noise, and the program knows that they have", async (t) => {
  const { gust, port } = await proxied(t, likeAir);
  for (const path of ["/stream", "/sse", "/slow", "/download"]) {
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `GET ${path}?key=${path} HTTP/1.1\r\nHost: a.test\r\nSec-Fetch-Dest: document\r\n\r\n`,
    );
    if (path !== "/slow") await once(socket, "data");
    else await tell(port, "/cors");
    socket.destroy();
    await gust.printed(new RegExp(`gone ${path}`));
  }
  assert.equal(gust.output("stderr"), "");
  assert.equal(gust.stderr, "");
  assert.deepEqual(gust.log.since(0, "problem"), []);
  await gust.stop();
});

test("static/CSS only change, many tabs, concurrency: all pages are told, and one that takes nothing in holds nobody up", async (t) => {
  const { gust, project, port }: Proxied = await proxied(t, likeAir);
  await project.save("web/site.css", "a { color: red }");
  // One that never reads holds nobody up.
  const stuck = connect(port, "127.0.0.1");
  stuck.write("GET /__gust/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(stuck, "data");
  stuck.pause();
  t.after(async () => void stuck.destroy());
  const pages = await Promise.all(Array.from({ length: 30 }, () => begin(port, "/__gust/events")));
  const heard = pages.map((page) => {
    let text = "";
    page.setEncoding("utf8").on("data", (more: string) => (text += more));
    return async (wanted: RegExp): Promise<void> => {
      while (!wanted.test(text)) await once(page, "data");
    };
  });
  await Promise.all(heard.map((wait) => wait(/event: hello\n.*"serving":1/)));
  await project.save("web/site.css", "a { color: blue }");
  await Promise.all(heard.map((wait) => wait(/event: assets\n.*web\/site\.css/)));
  const { generation } = await gust.saveAndLive("answer.go", answerGo("two"));
  await Promise.all(
    heard.map((wait) => wait(new RegExp(`event: live\n.*"generation":${generation}`))),
  );
  for (const page of pages) page.destroy();
  await gust.stop();
});
