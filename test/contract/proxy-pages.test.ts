import assert from "node:assert/strict";
import { test } from "node:test";
import * as zlib from "node:zlib";
import { type Stand, type Talker, serving, stand } from "./proxy-kit.ts";

const get = (more: string): string => `GET / HTTP/1.1\r\nHost: a.test:80\r\n${more}\r\n`;
const document = "Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n";
const script = (build = 1, more = ""): string =>
  `<script src="/__gust/client.js" data-build="${build}"${more}></script>`;
const page = "<!doctype html><html><head><title>x</title></head><body>x</body></html>";
const withScript = page.replace("<title>", `${script()}<title>`);

/** What a client gets for an answer of the program's: its head, and the body without chunks. */
async function answered(
  { connect, program }: Stand,
  answer: Uint8Array | string,
  request = get(document),
): Promise<{ readonly head: string; readonly body: string; readonly asked: string }> {
  const client = await connect();
  client.say(request);
  const server = await program.accept();
  const asked = await server.head();
  server.socket.end(typeof answer === "string" ? Buffer.from(answer, "latin1") : answer);
  const head = await client.head();
  return { head, body: await bodyOf(client, head), asked };
}

async function bodyOf(client: Talker, head: string): Promise<string> {
  const [, length] = /\r\nContent-Length: (\d+)/i.exec(head) ?? [];
  if (length !== undefined) return client.bytes(Number(length));
  if (/ 304 /.test(head)) return "";
  if (!/\r\nTransfer-Encoding: chunked/i.test(head)) return client.rest();
  let body = "";
  for (;;) {
    const size = Number.parseInt(await client.hear("\r\n"), 16);
    if (size === 0) return body;
    body += await client.bytes(size);
    await client.hears("\r\n");
  }
}

const ok = (more: string, body: string = page): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n${more}\r\n${body}`;
const sized = `Content-Length: ${page.length}\r\n`;

test("a page gets the script at its beginning, and is sent in chunks", async (t) => {
  const { head, body } = await answered(await stand(t), ok(`X-a: 1\r\n${sized}x-A: 2\r\n`));
  assert.equal(
    head,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-a: 1\r\nx-A: 2\r\nVary: Sec-Fetch-Dest\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  assert.equal(body, withScript);
});

for (const [name, coding, encode] of [
  ["gzip", "gzip", zlib.gzipSync],
  ["deflate", "deflate", zlib.deflateSync],
  ["deflate without its header", "deflate", zlib.deflateRawSync],
  ["brotli", "br", zlib.brotliCompressSync],
] as const) {
  test(`a page in ${name} is sent plain, with the script`, async (t) => {
    const encoded = encode(Buffer.from(page));
    const head = `HTTP/1.1 200 OK\r\ncontent-type: TEXT/HTML\r\nContent-Encoding: ${coding}\r\nContent-Length: ${encoded.length}\r\n\r\n`;
    const answer = await answered(await stand(t), Buffer.concat([Buffer.from(head), encoded]));
    assert.doesNotMatch(answer.head, /content-encoding|content-length/i);
    assert.equal(answer.body, withScript);
  });
}

const zstd = "zstdCompressSync" in zlib ? {} : { skip: "this Node has no zstd" };

test("a page in zstd is sent plain, with the script, where Node can undo it", zstd, async (t) => {
  const compress = Reflect.get(zlib, "zstdCompressSync") as (page: Uint8Array) => Uint8Array;
  const encoded = compress(Buffer.from(page));
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: zstd\r\nContent-Length: ${encoded.length}\r\n\r\n`;
  const more = `${document}Accept-Encoding: zstd, br\r\n`;
  const all = await stand(t);
  const answer = await answered(all, Buffer.concat([Buffer.from(head), encoded]), get(more));
  assert.match(answer.asked, /\r\nAccept-Encoding: zstd, br\r\n/);
  assert.equal(answer.body, withScript);
});

test("encodings that cannot be undone are not asked for", async (t) => {
  const more = `${document}Accept-Encoding: gzip, deflate, br;q=0.9, dcz, *\r\n`;
  const { asked } = await answered(await stand(t), ok(sized), get(more));
  assert.match(asked, /\r\nAccept-Encoding: gzip, deflate, br;q=0\.9\r\n/);
  const known = `${document}aCCept-encoding: gzip,br\r\n`;
  assert.match(
    (await answered(await stand(t), ok(sized), get(known))).asked,
    /\r\naCCept-encoding: gzip,br\r\n/,
  );
});

test("a page comes as it is made, and so does one that is compressed", async (t) => {
  const all = await stand(t);
  for (const gzip of [null, zlib.createGzip()]) {
    const client = await all.connect();
    client.say(get(document));
    const server = await all.program.accept();
    await server.head();
    const send = (text: string): void => {
      if (gzip === null) return chunk(server, Buffer.from(text));
      gzip.write(text);
      gzip.flush(() => undefined);
    };
    gzip?.on("data", (bytes: Buffer) => chunk(server, bytes));
    const coding = gzip === null ? "" : "Content-Encoding: gzip\r\n";
    server.say(ok(`${coding}Transfer-Encoding: chunked\r\n`, ""));
    await client.head();
    send("<!doctype html><ht");
    await client.hear("<!doctype html>");
    send("ml><p>first");
    await client.hear(script());
    await client.hear("<p>first");
    send("<p>second");
    await client.hear("<p>second");
    client.socket.destroy();
  }
});

const chunk = (server: Talker, bytes: Buffer): void => {
  server.socket.write(`${bytes.length.toString(16)}\r\n`);
  server.socket.write(Buffer.concat([bytes, Buffer.from("\r\n")]));
};

test("trailers of a page are passed on, and the connection goes on", async (t) => {
  const { connect, program } = await stand(t);
  const client = await connect();
  client.say(get(document));
  const server = await program.accept();
  await server.head();
  server.say(
    ok(
      "Trailer: X-T\r\nTransfer-Encoding: chunked\r\n",
      `${page.length.toString(16)}\r\n${page}\r\n0\r\nX-T: 1\r\n\r\n`,
    ),
  );
  await client.head();
  assert.match(await client.hear("X-T: 1\r\n\r\n"), /\r\n0\r\nX-T: 1\r\n\r\n$/);
  client.say(get(""));
  await server.head();
});

test("a page that ends with its connection, and a client that knows no chunks", async (t) => {
  const all = await stand(t);
  assert.equal((await answered(all, ok("Connection: close\r\n"))).body, withScript);
  const old = await answered(all, ok(sized), `GET / HTTP/1.0\r\n${document}\r\n`);
  assert.match(old.head, /\r\nConnection: close\r\n/);
  assert.doesNotMatch(old.head, /chunked|content-length/i);
  assert.equal(old.body, withScript);
});

test("half a page does not look whole", async (t) => {
  const { connect, program } = await stand(t);
  const client = await connect();
  client.say(get(document));
  const server = await program.accept();
  await server.head();
  server.socket.end(ok("Content-Length: 1000\r\n"));
  await client.head();
  assert.doesNotMatch(await client.rest(), /\r\n0\r\n/, "the last chunk is missing");
});

/** Answers that stay as they are, byte for byte. */
for (const [name, request, answer] of [
  ["no page load", get("Sec-Fetch-Dest: empty\r\n"), ok(sized)],
  ["a frame", get("Sec-Fetch-Dest: iframe\r\n"), ok(sized)],
  ["a client that is no browser", get("Accept: */*\r\n"), ok(sized)],
  ["a fragment for htmx", get("Accept: text/html\r\nHX-Request: true\r\n"), ok(sized)],
  [
    "a fragment for Turbo",
    get("Sec-Fetch-Dest: empty\r\nAccept: text/vnd.turbo-stream.html, text/html\r\n"),
    ok(sized),
  ],
  [
    "a part",
    get(`${document}Range: bytes=0-3\r\n`),
    `HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: bytes 0-3/71\r\nContent-Length: 4\r\n\r\n<!do`,
  ],
  ["a download", get(document), ok(`Content-Disposition: attachment; filename=a.html\r\n${sized}`)],
  ["text", get(document), `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${sized}\r\n${page}`],
  ["no type", get(document), `HTTP/1.1 200 OK\r\n${sized}\r\n${page}`],
  [
    "a redirect, which is not followed",
    get(document),
    `HTTP/1.1 302 Found\r\nLocation: http://b.test/x\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nto`,
  ],
  ["no content", get(document), "HTTP/1.1 204 No Content\r\nContent-Type: text/html\r\n\r\n"],
  [
    "UTF-16",
    get(document),
    `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-16LE\r\n${sized}\r\n${page}`,
  ],
  [
    "an encoding that cannot be undone",
    get(document),
    ok(`Content-Encoding: gzip, br\r\n${sized}`),
  ],
  [
    "a page that was encoded twice",
    get(document),
    ok(`Content-Encoding: gzip\r\nContent-Encoding: br\r\n${sized}`),
  ],
  ["a sandbox without scripts", get(document), ok(`Content-Security-Policy: sandbox\r\n${sized}`)],
] as const) {
  test(`${name} stays as it is`, async (t) => {
    const { connect, program } = await stand(t);
    const client = await connect();
    client.say(request);
    const server = await program.accept();
    await server.head();
    server.say(answer);
    await client.hears(answer);
  });
}

test("a browser on another machine, which says less, gets the script too", async (t) => {
  const more = "Accept: text/html,application/xhtml+xml\r\nUpgrade-Insecure-Requests: 1\r\n";
  assert.equal((await answered(await stand(t), ok(sized), get(more))).body, withScript);
});

test("error pages of the program get it too", async (t) => {
  const { body } = await answered(await stand(t), ok(sized).replace("200 OK", "500 No"));
  assert.equal(body, withScript);
});

test("nothing gets it where it is not wanted", async (t) => {
  const { connect, program } = await stand(t, { injects: false });
  const client = await connect();
  client.say(get(`${document}Accept-Encoding: zstd, dcz\r\n`));
  const server = await program.accept();
  assert.match(await server.head(), /zstd, dcz/);
  server.say(ok(sized));
  await client.hears(ok(sized));
});

test("a page that has the script from the program does not get it twice", async (t) => {
  const own = withScript;
  const all = await stand(t);
  const done = ok(`X-Gust-Page: 1\r\nETag: "a-gust1"\r\nContent-Length: ${own.length}\r\n`, own);
  const told = await answered(all, done);
  assert.doesNotMatch(told.head, /x-gust-page/i);
  assert.match(told.head, /\r\nETag: "a-gust1"\r\n/);
  // From now on it is known that the program looks after conditions itself.
  const more = `${document}If-None-Match: "a-gust1"\r\n`;
  assert.match((await answered(all, done, get(more))).asked, /If-None-Match: "a-gust1"/);
  const other = await answered(await stand(t), ok(`Content-Length: ${own.length}\r\n`, own));
  assert.equal(other.body, own);
});

test("the page of a build is told from that of another, for caches too", async (t) => {
  const all = await stand(t);
  const head = async (more: string): Promise<string> =>
    (await answered(all, ok(`${more}${sized}`))).head;
  assert.match(await head('ETag: "abc"\r\n'), /\r\nETag: "abc-gust1"\r\n/);
  assert.match(await head('eTAG: W/"abc"\r\n'), /\r\neTAG: W\/"abc-gust1"\r\n/);
  assert.match(
    await head("Last-Modified: Sat, 01 Jan 2026 00:00:00 GMT\r\n"),
    /\r\nETag: W\/"gust1"\r\n/,
  );
  assert.doesNotMatch(
    await head("Content-Digest: sha-256=:a:\r\nAccept-Ranges: bytes\r\n"),
    /etag|digest|ranges/i,
  );
});

test("a condition of this build's page is asked of the program as it knows it, and others are not", async (t) => {
  const all = await stand(t);
  const since = "If-Modified-Since: Sat, 01 Jan 2026 00:00:00 GMT\r\n";
  const check = async (
    given: string,
    expected: { readonly match: string | null; readonly since: boolean },
    answer?: { readonly given: string; readonly tag: string },
  ): Promise<void> => {
    const same = `HTTP/1.1 304 Not Modified\r\n${answer?.given ?? ""}\r\n`;
    const told = await answered(
      all,
      answer === undefined ? ok(sized) : same,
      get(document + given),
    );
    const [, match = null] = /If-None-Match: (.*)\r\n/.exec(told.asked) ?? [];
    assert.equal(match, expected.match, given);
    assert.equal(/If-Modified-Since/.test(told.asked), expected.since, given);
    if (answer !== undefined)
      assert.match(told.head, new RegExp(`^HTTP/1.1 304 [^]*ETag: ${answer.tag}\r\n`));
  };
  all.tell(serving(all.program.port, 13));
  await check(
    `If-None-Match: "a-gust13"\r\n${since}`,
    { match: '"a"', since: true },
    { given: 'ETag: "a"\r\n', tag: '"a-gust13"' },
  );
  await check(
    'If-None-Match: "a-gust13"\r\n',
    { match: '"a"', since: false },
    { given: "", tag: '"a-gust13"' },
  );
  await check(
    'If-None-Match: W/"a-gust13"\r\n',
    { match: 'W/"a"', since: false },
    { given: 'ETag: W/"a"\r\n', tag: 'W/"a-gust13"' },
  );
  await check(
    `If-None-Match: W/"gust13"\r\n${since}`,
    { match: null, since: true },
    { given: "", tag: 'W/"gust13"' },
  );
  await check(`If-None-Match: "a-gust12"\r\n${since}`, { match: null, since: false });
  await check(`If-None-Match: W/"gust12"\r\n${since}`, { match: null, since: false });
  await check(`If-None-Match: "a"\r\n${since}`, { match: null, since: false });
  await check('If-None-Match: "a-gust13", "b-gust13"\r\n', { match: null, since: false });
  await check(since, { match: null, since: false });
});

test("conditions of other requests stay as they are", async (t) => {
  const more = 'If-None-Match: "a-gust1"\r\nIf-Modified-Since: x\r\n';
  const told = await answered(
    await stand(t),
    'HTTP/1.1 304 Not Modified\r\nETag: "a-gust1"\r\n\r\n',
    get(more),
  );
  assert.ok(told.asked.includes(more));
  assert.equal(told.head, 'HTTP/1.1 304 Not Modified\r\nETag: "a-gust1"\r\n\r\n');
});

test("policies of the page allow the script, each of them", async (t) => {
  const { head, body } = await answered(
    await stand(t),
    ok(
      `Content-Security-Policy: script-src 'none'\r\nX: 1\r\ncontent-security-policy: default-src 'self'\r\nContent-Security-Policy-Report-Only: script-src 'none'\r\n${sized}`,
    ),
  );
  assert.match(
    head,
    /\r\nContent-Security-Policy: script-src a\.test:80\/__gust\/\r\nX: 1\r\ncontent-security-policy: default-src 'self'\r\nContent-Security-Policy-Report-Only: script-src 'none'\r\n/,
  );
  assert.equal(body, withScript);
});

test("a nonce of the page is taken; one that is new makes the page one that is not asked for again", async (t) => {
  const all = await stand(t);
  const own = await answered(
    all,
    ok(`ETag: "a"\r\nContent-Security-Policy: script-src 'strict-dynamic' 'nonce-abc'\r\n${sized}`),
  );
  assert.ok(own.body.includes(script(1, ' nonce="abc"')));
  assert.match(own.head, /ETag: "a-gust1"/);
  const fresh = await answered(
    all,
    ok(`ETag: "a"\r\nContent-Security-Policy: script-src 'strict-dynamic'\r\n${sized}`),
  );
  const [, nonce] = /'nonce-([\w-]{22})'/.exec(fresh.head) ?? [];
  assert.ok(fresh.body.includes(script(1, ` nonce="${nonce}"`)));
  assert.doesNotMatch(fresh.head, /etag/i);
});
