import assert from "node:assert/strict";
import { createServer } from "node:http";
import { EventEmitter, once } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { type Surroundings, serveClient } from "../../src/adapters/web/proxy/connection.ts";
import { duplexPair } from "../../src/adapters/web/proxy/duplex-pair.ts";
import { Gate } from "../../src/adapters/web/proxy/gate.ts";
import { Unanswered } from "../../src/adapters/web/proxy/unanswered.ts";
import { refusalAnswer } from "../../src/adapters/web/proxy/refusal.ts";
import { freePort } from "../e2e/census.ts";
import { Program, building, down, red, serving, stand } from "./proxy-kit.ts";

const get = (path = "/", more = ""): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
const document = "Sec-Fetch-Dest: document\r\n";
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("what comes while a version is built or started waits for it, and is sent once", async (t) => {
  const { connect, program, tell } = await stand(t, { startTimeoutMs: 1 });
  tell(building);
  const client = await connect();
  client.say("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\nbody ");
  // It waits as long as gust is at work, whatever the time-out says.
  const other = await connect();
  other.say(get("/other"));
  tell({ ...building, activity: { type: "starting", generation: 2, since: 0 } });
  client.say("once");
  assert.equal(program.unaccepted, 0);
  tell(serving(program.port, 2));
  const servers = [await program.accept(), await program.accept()];
  const heads = await Promise.all(servers.map((server) => server.head()));
  const post = servers[heads.findIndex((head) => head.startsWith("POST"))];
  await post?.hears("body once");
  post?.say(ok);
  await client.hears(ok);
  assert.equal(program.unaccepted, 0);
});

test("a refused connection is tried again until somebody accepts", async (t) => {
  const { connect, tell } = await stand(t);
  const port = await freePort();
  tell(serving(port));
  const client = await connect();
  client.say("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
  const late = await Program.listen(t, port);
  const server = await late.accept();
  assert.match(await server.head(), /^POST \/ /);
  await server.hears("body");
  server.say(ok);
  await client.hears(ok);
});

test("the time-out ends the wait for a version, and never an answer", async (t) => {
  const { connect, program, tell } = await stand(t, { startTimeoutMs: 1 });
  const client = await connect();
  client.say(get("/slow"));
  const server = await program.accept();
  await server.head();
  server.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  tell(down);
  const other = await connect();
  other.say(get("/none"));
  // More than the time-out has passed by now.
  assert.match(await other.head(), /^HTTP\/1\.1 503 /);
  server.say("ok");
  await client.hears(ok);
});

test("who is refused is told where the program was sought, and how to change that", async (t) => {
  const port = await freePort();
  const { connect, program, tell } = await stand(t, { startTimeoutMs: 1, appPort: port });
  const client = await connect();
  client.say(get());
  assert.match(await client.head(), /^HTTP\/1\.1 503 /);
  const where = `127.0.0.1:${port}: the program listens at 127.0.0.1:${program.port}`;
  const advice = `set proxy.app_port to ${program.port}, or to 0`;
  await client.hears(`gust: nothing accepts connections at ${where}; ${advice}\n`);
  client.say(get("/", document));
  const page = await client.hear("</html>\n");
  assert.match(page, /#1 is live, but not where it is sought/);
  assert.doesNotMatch(page, /is not live|no version runs/);
  tell(down);
  client.say(get());
  const head = await client.head();
  assert.match(head, /^HTTP\/1\.1 503 Service Unavailable\r\nContent-Type: text\/plain/);
  assert.match(
    await client.hear("\n"),
    new RegExp(`nothing accepts connections at 127\\.0\\.0\\.1:${port}\n`),
  );
  // The connection is as good as before, also after an answer without a body.
  client.say("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert.match(await client.head(), /^HTTP\/1\.1 503 [^]*\r\nContent-Length: [1-9]/);
  client.say(get("/", document));
  assert.match(await client.head(), /^HTTP\/1\.1 503 .*\r\nContent-Type: text\/html/);
  assert.match(await client.hear("</html>"), /proxy\.app_port/);
});

test("while the newest save is red and nothing is alive, pages tell why and others get a few words", async (t) => {
  const { connect, program, tell } = await stand(t);
  tell(red());
  const client = await connect();
  client.say(get("/api"));
  const head = await client.head();
  assert.match(head, /^HTTP\/1\.1 503 /);
  assert.match(head, /\r\nX-Gust-Build: none; failed=2\r\n/);
  await client.hears("#2 is not live: the build failed\n/app/main.go:4:2: undefined: foo<bar>\n");
  client.say(get("/", document));
  assert.match(await client.head(), /\r\nContent-Type: text\/html/);
  const page = await client.hear("</html>\n");
  assert.match(page, /undefined: foo&lt;bar&gt;/);
  // As the page does, which loads again then.
  const waiting = await connect();
  waiting.say(get("/__gust/build"));
  tell(building);
  tell(serving(program.port, 3));
  const told = await waiting.head();
  assert.match(told, /^HTTP\/1\.1 200 /);
  assert.match(told, /x-gust-build: 3/);
  client.say(get("/", document));
  assert.match(await (await program.accept()).head(), /^GET \/ /);
});

test("who has come by a name that anybody may have given this machine is told no sources", async (t) => {
  for (const [hosts, told] of [
    [[], false],
    [["a.test"], true],
  ] as const) {
    const { connect, tell } = await stand(t, { guard: () => ({ hosts, remote: false }) });
    tell(red());
    const client = await connect();
    for (const more of ["", document]) {
      client.say(`GET / HTTP/1.1\r\nHost: a.test\r\n${more}\r\n`);
      const [, length = ""] = /Content-Length: (\d+)/.exec(await client.head()) ?? [];
      assert.equal(/main\.go/.test(await client.bytes(Number(length))), told);
    }
  }
});

test("another machine is told no sources, and says nothing to the program that is not marked as its own", async (t) => {
  const { program } = await stand(t);
  const gate = new Gate({ appPort: 0, startTimeoutMs: 1 });
  gate.view(serving(program.port));
  const options = { root: "/app", readSource: () => null };
  const around: Surroundings = {
    gate,
    injects: true,
    run: "",
    desk: () => assert.fail("nobody asks gust"),
    refuse: (refusal, to) => refusalAnswer(refusal, to, options),
    guard: () => ({ hosts: [], remote: false }),
    takingPart: new Set(),
    unanswered: new Unanswered(),
  };
  const come = (text: string): Duplex => {
    const [near, far] = duplexPair();
    const socket: unknown = Object.assign(far, { remoteAddress: "::ffff:192.0.2.1" });
    void serveClient(socket as Socket, around);
    near.write(text);
    return near;
  };
  // Neither of these can be marked.
  for (const begin of ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01"]) {
    await once(come(begin), "close");
  }
  const [refused] = await once(come("CONNECT b.test:1 HTTP/1.1\r\nHost: b.test\r\n\r\n"), "data");
  assert.match(String(refused), /^HTTP\/1\.1 403 /);
  assert.equal(program.unaccepted, 0);
  come(get("/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"));
  const head = await (await program.accept()).head();
  assert.match(head, /\r\nX-Forwarded-For: 192\.0\.2\.1\r\n/);
  assert.doesNotMatch(head, /h2c|HTTP2-Settings/);
  gate.view(red());
  const [answer] = await once(come(get("/", document)), "data");
  assert.match(String(answer), /^HTTP\/1\.1 503 /);
  assert.doesNotMatch(String(answer), /main\.go|undefined/);
});

test("a page that tells of one failure hears of the next one", async (t) => {
  const { connect, tell } = await stand(t);
  tell(red(2));
  const client = await connect();
  client.say(get("/__gust/build"));
  // It is with gust once that has answered what was asked after it.
  const other = await connect();
  other.say(get("/__gust/none"));
  assert.match(await other.head(), /^HTTP\/1\.1 404 /);
  tell(red(3));
  assert.match(await client.head(), /^HTTP\/1\.1 503 [^]*x-gust-build: none; failed=3/);
});

test("a connection that was kept and has ended leads to a new one", async (t) => {
  const { connect, program } = await stand(t);
  const client = await connect();
  client.say(get("/1"));
  const first = await program.accept();
  await first.head();
  first.say(ok);
  await client.hears(ok);
  first.socket.resetAndDestroy();
  client.say(get("/2"));
  const second = await program.accept();
  assert.match(await second.head(), /^GET \/2 /);
  second.say(ok);
  await client.hears(ok);
});

test("a kept connection that ends while it is used again leads to a new one for what may be repeated", async (t) => {
  const { connect, program } = await stand(t);
  const client = await connect();
  client.say(get("/1"));
  const first = await program.accept();
  await first.head();
  first.say(ok);
  await client.hears(ok);
  client.say(get("/2"));
  await first.head();
  first.socket.end();
  const second = await program.accept();
  assert.match(await second.head(), /^GET \/2 /);
  second.say(ok);
  await client.hears(ok);
});

test("what changes something has a connection of its own, and is never sent twice", async (t) => {
  const { connect, program } = await stand(t);
  const client = await connect();
  client.say(get("/1"));
  const first = await program.accept();
  await first.head();
  first.say(ok);
  await client.hears(ok);
  client.say("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
  const second = await program.accept();
  await second.hear("body");
  second.socket.resetAndDestroy();
  assert.match(await client.head(), /^HTTP\/1\.1 502 /);
  assert.equal(program.unaccepted, 0);
});

test("a program is told to end when it must have accepted what may not be sent twice", async (t) => {
  const { connect, program, proxy } = await stand(t);
  const client = await connect();
  client.say(get("/1"));
  const first = await program.accept();
  await first.head();
  assert.equal(proxy.settled(), null, "what may be repeated holds nobody up");
  first.say(ok);
  await client.hears(ok);
  client.say("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
  const second = await program.accept();
  await second.hear("body");
  const settled = proxy.settled();
  assert.notEqual(settled, null);
  second.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  await client.head();
  // It answers, however long that takes.
  assert.equal(proxy.settled(), null);
  await settled;
  client.say("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
  second.say("ok");
  const third = await program.accept();
  await third.hear("body");
  // One that has not answered has had its time as well.
  await proxy.settled();
  third.socket.destroy();
});

test("the next version gets the next request, though the one before would still answer", async (t) => {
  const { connect, program, tell } = await stand(t);
  const client = await connect();
  client.say(get("/1"));
  const first = await program.accept();
  await first.head();
  first.say(ok);
  await client.hears(ok);
  const next = await Program.listen(t);
  tell(serving(next.port, 2));
  client.say(get("/2"));
  const second = await next.accept();
  assert.match(await second.head(), /^GET \/2 /);
});

test("a program that listens on another address of this machine is found", async (t) => {
  const server = createServer((_request, response) => response.end("six"));
  server.listen(0, "::1");
  await once(server, "listening");
  t.after(() => void server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const { connect, tell } = await stand(t);
  tell({
    ...serving(1),
    serving: {
      generation: 1,
      build: 1,
      pid: 1,
      addresses: [{ network: "tcp", address: `[::]:${address.port}` }],
      since: 0,
    },
  });
  const client = await connect();
  client.say(get());
  assert.match(await client.head(), /^HTTP\/1\.1 200 /);
  client.socket.destroy();
});

test("what is gust's is never asked of the program, however it is written", async (t) => {
  const peers: string[] = [];
  const { connect, program } = await stand(t, {
    desk: (request, response, peer) => {
      peers.push(peer);
      response.end(`${request.method} ${request.url}`);
      return true;
    },
  });
  const client = await connect();
  for (const path of [
    "/__gust/a?b",
    "/__gust/",
    "/%5f_gust/a",
    "/__gus%74/a",
    "/__gust%2Fa",
    "http://a.test/__gust/a",
  ]) {
    client.say(get(path));
    assert.match(await client.head(), /^HTTP\/1\.1 200 /, path);
    await client.hear(path);
  }
  assert.deepEqual([...new Set(peers)], ["127.0.0.1"]);
  // net/http takes these for the path /__gust/a.
  for (const line of ["CONNECT a.test/__gust/a", "GET x:/__gust/a", "GET http:/__gust/a"]) {
    const odd = await connect();
    odd.say(`${line} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    assert.match(await odd.head(), /^HTTP\/1\.1 (?:200|400) /, line);
  }
  assert.equal(program.unaccepted, 0);
  const other = await connect();
  other.say(get("/x/__gust/a"));
  assert.match(await (await program.accept()).head(), /^GET \/x\/__gust\/a /);
});

test("what gust tells as it happens comes at once, and ends with the page", async (t) => {
  const page = new EventEmitter();
  const { connect } = await stand(t, {
    desk: (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("event: hello\n\n");
      response.on("close", () => page.emit("over"));
      return true;
    },
  });
  const client = await connect();
  client.say(get("/__gust/events"));
  await client.hear("event: hello\n\n");
  const over = once(page, "over");
  client.socket.destroy();
  await over;
});
