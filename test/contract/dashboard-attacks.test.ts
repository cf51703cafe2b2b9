import assert from "node:assert/strict";
import { createConnection, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { openDashboardServer } from "../../src/adapters/web/dashboard/server.ts";
import { type Asked, type Opened, ask, openDashboard } from "./dashboard-kit.ts";

const swap = '{"type":"swap","service":""}';
const json = { "content-type": "application/json" };

/** What a page of the dashboard itself sends. */
const own = ({ port, token }: Opened): Readonly<Record<string, string>> => ({
  ...json,
  host: `127.0.0.1:${port}`,
  origin: `http://127.0.0.1:${port}`,
  "sec-fetch-site": "same-origin",
  "x-gust-token": token,
});

/** Nothing is done, and nothing told, for such a request. */
async function refused(opened: Opened, asked: Asked, status = 403): Promise<void> {
  const answer = await ask(opened.port, asked);
  const what = JSON.stringify(asked);
  assert.equal(answer.status, status, `${what} → ${answer.status} ${answer.body}`);
  assert.deepEqual(opened.acted, [], what);
  assert.ok(answer.body.length < 100, answer.body);
  assert.ok(!answer.body.includes(opened.token), "the token is told");
  assert.equal(answer.headers["access-control-allow-origin"], undefined);
  assert.equal(answer.headers["x-frame-options"], "DENY");
  assert.equal(answer.headers["set-cookie"], undefined);
}

const everything = [
  "/",
  "/dashboard.js",
  "/api/events",
  "/api/graph?service=",
  "/api/action",
  "/open",
];

test("a name that somebody has pointed here is refused, whatever it asks for (DNS rebinding)", async (t) => {
  const opened = await openDashboard(t);
  for (const host of [
    "attacker.example",
    `attacker.example:${opened.port}`,
    "localhost.attacker.example",
    "127.0.0.1.attacker.example",
    "127.0.0.1@attacker.example",
    "localhost:1:2",
    "[::1",
  ]) {
    for (const path of everything) {
      await refused(opened, { path, headers: { ...own(opened), host } });
    }
    await refused(opened, {
      method: "POST",
      path: "/api/action",
      headers: { ...own(opened), host, origin: `http://${host}` },
      body: swap,
    });
  }
});

test("without the token nothing is told or done, not even on this machine", async (t) => {
  const opened = await openDashboard(t);
  const wrong = [opened.token.slice(1), `${opened.token}x`, opened.token.toLowerCase(), "", "null"];
  for (const token of wrong) {
    const headers = { ...own(opened), "x-gust-token": token };
    for (const path of ["/api/events", "/api/graph?service=", "/api/diff?service=&from=1&to=2"]) {
      await refused(opened, { path, headers });
    }
    await refused(opened, { method: "POST", path: "/api/action", headers, body: swap });
  }
  // Not by other ways than the header either.
  const { token } = opened;
  await refused(opened, { path: `/api/graph?service=&token=${token}` });
  await refused(opened, { path: "/api/graph?service=", headers: { cookie: `token=${token}` } });
  await refused(opened, {
    path: "/api/graph?service=",
    headers: { authorization: `Bearer ${token}` },
  });
});

test("a page of another origin can do nothing, even if it knew the token", async (t) => {
  const opened = await openDashboard(t);
  for (const headers of [
    { ...own(opened), origin: "https://attacker.example", "sec-fetch-site": "cross-site" },
    { ...own(opened), origin: "https://attacker.example" },
    { ...own(opened), origin: "null" },
    { ...own(opened), origin: `http://localhost:${opened.port}` },
    { ...own(opened), origin: `http://127.0.0.1:${opened.port + 1}` },
    { ...own(opened), "sec-fetch-site": "cross-site" },
    { ...own(opened), "sec-fetch-site": "same-site" },
  ]) {
    await refused(opened, { method: "POST", path: "/api/action", headers, body: swap });
    await refused(opened, { path: "/api/events", headers });
  }
});

test("forms, simple requests and preflights lead to nothing", async (t) => {
  const opened = await openDashboard(t);
  const headers = own(opened);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    const sent = { ...headers, "content-type": type };
    await refused(opened, { method: "POST", path: "/api/action", headers: sent, body: swap }, 415);
  }
  await refused(opened, { method: "GET", path: "/api/action", headers }, 405);
  await refused(opened, { method: "PUT", path: "/api/action", headers, body: swap }, 405);
  await refused(opened, { method: "OPTIONS", path: "/api/action", headers }, 405);
  await refused(opened, { method: "OPTIONS", path: "/api/events", headers }, 405);
  await refused(opened, { method: "POST", path: "/", headers, body: swap }, 405);
  await refused(opened, { method: "POST", path: "/api/events", headers, body: swap }, 405);
});

test("what is too much or not understood is refused, and answered once it is right", async (t) => {
  const opened = await openDashboard(t);
  const post = (body: string): Asked => ({
    method: "POST",
    path: "/api/action",
    headers: own(opened),
    body,
  });
  await refused(opened, post(" ".repeat(20_000)), 413);
  await refused(opened, post(" ".repeat(250_000)), 413);
  const bad = await ask(opened.port, post('{"type":"quit","service":""}'));
  assert.equal(bad.status, 400);
  assert.equal(JSON.parse(bad.body).code, "REQUEST_INVALID");
  assert.deepEqual(opened.acted, []);
  assert.equal((await ask(opened.port, post(swap))).status, 204);
  assert.deepEqual(opened.acted, [{ type: "swap", service: "" }]);
  // Programs of the user's own send no Origin.
  const { token } = opened;
  const bare = { ...json, "x-gust-token": token };
  const again = { method: "POST", path: "/api/action", headers: bare, body: swap };
  assert.equal((await ask(opened.port, again)).status, 204);
});

test("no path leads out of what the dashboard is made of", async (t) => {
  const opened = await openDashboard(t);
  for (const path of [
    "/../secret.html",
    "/%2e%2e/secret.html",
    "/..%2fsecret.html",
    "/dashboard/../../secret.html",
    "/dashboard%2f..%2f..%2fsecret.html",
    "/dashboard..\\..\\secret.html",
    "/client.js",
    "/secret.html",
    "//etc/passwd",
    "/dashboard.html/",
    "/dashboard.txt",
    "/dashboard%00.html",
  ]) {
    const answer = await ask(opened.port, { path, headers: own(opened) });
    assert.equal(answer.status, 404, path);
    assert.ok(!answer.body.includes("net"), path);
  }
  const shell = await ask(opened.port, { path: "/" });
  assert.equal(shell.status, 200);
  assert.match(
    String(shell.headers["content-security-policy"]),
    /default-src 'none'.*frame-ancestors 'none'/,
  );
  assert.equal(shell.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(shell.headers["x-content-type-options"], "nosniff");
  assert.equal(shell.headers["referrer-policy"], "no-referrer");
  assert.ok(!shell.body.includes(opened.token));
  const script = await ask(opened.port, { path: "/dashboard.js?x=1" });
  assert.equal(script.headers["content-type"], "text/javascript; charset=utf-8");
  const head = await ask(opened.port, { method: "HEAD", path: "/" });
  assert.deepEqual([head.status, head.body], [200, ""]);
});

test("a ticket opens once, and its address tells the token to the browser alone", async (t) => {
  const opened = await openDashboard(t);
  const path = opened.server.ticketUrl().replace(/^http:\/\/[^/]+/, "");
  assert.ok(!path.includes(opened.token));
  await refused(opened, { path: "/open" });
  await refused(opened, { path: "/open?ticket=nothing" });
  await refused(opened, { path, headers: { host: "attacker.example" } });
  const first = await ask(opened.port, { path });
  assert.equal(first.status, 303);
  assert.equal(first.headers.location, `/#token=${opened.token}`);
  assert.equal(first.headers["cache-control"], "no-store");
  await refused(opened, { path });
});

test("it is reached from this machine alone", async (t) => {
  const opened = await openDashboard(t);
  const others = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  for (const { address } of others) {
    const socket = createConnection({ host: address, port: opened.port });
    const outcome = await new Promise<string>((resolve) => {
      socket.on("connect", () => resolve("connected"));
      socket.on("error", () => resolve("refused"));
    });
    socket.destroy();
    assert.equal(outcome, "refused", address);
  }
});

test("bytes that are no request are not answered, and break nothing", async (t) => {
  const opened = await openDashboard(t);
  for (const bytes of [
    "\0\0\0\r\n\r\n",
    "GET / HTTP/9\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n",
    `GET ${"/".repeat(40_000)} HTTP/1.1\r\n\r\n`,
    "GET http://[ HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
  ]) {
    const socket = createConnection({ host: "127.0.0.1", port: opened.port });
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.on("error", () => undefined);
    let answer = "";
    socket.on("data", (data) => (answer += data.toString("latin1")));
    socket.end(bytes);
    await closed;
    assert.match(answer, /^HTTP\/1\.1 4\d\d |^$/);
  }
  assert.equal((await ask(opened.port)).status, 200);
});

test("a port that somebody has is said", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  t.after(() => taken.close());
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const opened = await openDashboardServer({
    port,
    staticDir: "/nonexistent",
    desk: {
      hello: () => [],
      graph: () => Promise.reject(new Error("not asked for")),
      diff: () => Promise.reject(new Error("not asked for")),
      act: () => Promise.reject(new Error("not asked for")),
      listeners: () => undefined,
    },
  });
  assert.ok("code" in opened && opened.code === "START_PORT_TAKEN");
});
