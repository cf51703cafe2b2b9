import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openPageDesk } from "../../src/adapters/web/reload/desk.ts";
import type { Afterwards } from "../world/temp-module.ts";

const unix = { skip: process.platform === "win32" ? "pages ask over a unix socket" : false };

/** A desk at a socket, as the program and the keeper find it. */
async function openDesk(t: Afterwards): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "gust-desk-"));
  const path = join(dir, "page");
  const desk = await openPageDesk({
    path,
    filesDir: "dist/browser",
    run: "run",
    token: "secret",
    settings: () => ({ hosts: [], remote: false, overlay: true, badge: true, console: true }),
    root: dir,
    show: () => assert.fail("nothing fails"),
    open: () => Promise.resolve(null),
    console: () => undefined,
  });
  assert.ok(!("code" in desk));
  t.after(async () => {
    await desk.close();
    await rm(dir, { recursive: true });
  });
  return path;
}

function ask(t: Afterwards, path: string, text: string): Socket {
  const socket = connect(path);
  t.after(async () => void socket.destroy());
  socket.setEncoding("latin1").on("error", () => undefined);
  socket.write(text);
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  await new Promise((resolve) => {
    socket.once("close", resolve);
    socket.on("data", (piece: string) => {
      text += piece;
      // This has no end.
      if (text.includes("event: hello")) resolve(null);
    });
  });
  return text;
}

async function readTo(socket: Socket, wanted: RegExp): Promise<string> {
  let text = "";
  for await (const piece of socket) {
    text += String(piece);
    if (wanted.test(text)) return text;
  }
  throw new Error(`${wanted} is not in ${text}`);
}

const stranger = "X-Gust-Peer: 192.0.2.7:1\r\nConnection: close\r\nHost: localhost\r\n";
const claims = "GET /__gust/events HTTP/1.1\r\nX-Gust-Peer: 127.0.0.1:1\r\nHost: localhost\r\n\r\n";

for (const first of [
  `GET /__gust/client.js HTTP/1.0\r\n${stranger}Connection: keep-alive\r\n\r\n`,
  `HEAD /__gust/client.js HTTP/1.0\r\n${stranger}Connection: keep-alive\r\n\r\n`,
  `GET /__gust/client.js HTTP/1.1\r\n${stranger}Connection: keep-alive\r\n\r\n`,
  `GET /__gust/client.js HTTP/1.1\r\n${stranger} folded\r\n\r\n`,
  `GET /__gust/client.js HTTP/1.1\r\n${stranger}Upgrade: x\r\nConnection: upgrade\r\n\r\n`,
]) {
  test(`a stranger's next request says not who asks: ${JSON.stringify(first)}`, unix, async (t) => {
    const path = await openDesk(t);
    const text = await readAll(ask(t, path, first + claims));
    assert.doesNotMatch(text, /secret|event: hello/);
    const own = await readTo(ask(t, path, claims), /event: hello\n.*\n\n/);
    assert.match(own, /"token":"secret"/);
  });
}

test("a request with long cookies is answered", unix, async (t) => {
  const path = await openDesk(t);
  const cookie = `Cookie: a=${"x".repeat(100_000)}\r\n`;
  const text = await readAll(
    ask(t, path, `HEAD /__gust/client.js HTTP/1.1\r\n${stranger}${cookie}\r\n`),
  );
  assert.match(text, /^HTTP\/1\.1 200 /);
});
