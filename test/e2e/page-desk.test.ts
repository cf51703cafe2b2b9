import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import type { PageHello } from "../../src/core/page-state.ts";
import { Gust } from "./gust.ts";
import { Project } from "./project.ts";

const linux = { skip: process.platform === "linux" ? false : "gust's files are for Linux" };

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask(
  port: number,
  { path, method = "GET", headers, body }: Asked,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers: { ...headers } });
    asked.once("response", resolve).once("error", reject).end(body);
  });
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of answer) text += String(piece);
  return text;
}

/** What `/__gust/events` says first. */
async function hello(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<PageHello> {
  const answer = await ask(port, { path: "/__gust/events", headers });
  assert.equal(answer.statusCode, 200);
  let text = "";
  for await (const piece of answer) {
    text += String(piece);
    const [, data] = /^event: hello\ndata: (.*)\n\n/m.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data);
  }
  throw new Error(`no hello: ${text}`);
}

test(
  "pages on this machine are told what is wrong, others only that something is",
  linux,
  async (t) => {
    const project = await Project.create(t, "site");
    const gust = await Gust.start(project, { args: ["--browser.hosts", "shop.test"] });
    await gust.next("live");
    const { port } = gust;
    await project.edit("main.go", "func main() {", "func main() {\n\tx := 1");
    await gust.next("failed");
    const own = await hello(port);
    assert.equal(own.state.serving, 1);
    const [place] = own.state.trouble?.failure?.places ?? [];
    assert.equal(place?.name, "main.go");
    assert.match(place?.message ?? "", /declared and not used: x/);
    assert.ok(place?.frame.some((line) => line.startsWith(">") && line.includes("x := 1")));
    assert.ok((own.token ?? "").length > 20);
    assert.notEqual((await hello(port, { host: `shop.test:${port}` })).token, null);
    // A name that somebody else may have pointed here (DNS rebinding).
    const foreign = await hello(port, { host: `evil.example:${port}` });
    assert.deepEqual(foreign.state.trouble, { generation: 2, failure: null });
    assert.equal(foreign.token, null);
    await gust.stop();
  },
);

test("only pages of the program itself act, and only with the token", linux, async (t) => {
  const project = await Project.create(t, "site");
  const gust = await Gust.start(project, { args: ["--browser.console=true"] });
  await gust.next("live");
  const { port } = gust;
  const { token } = await hello(port);
  const entry = { level: "error", text: "boom", page: "http://x/", place: null };
  const good = {
    path: "/__gust/console",
    method: "POST",
    headers: {
      "x-gust-token": token ?? "",
      origin: `http://127.0.0.1:${port}`,
      "sec-fetch-site": "same-origin",
    },
    body: JSON.stringify(entry),
  };
  const status = async (changed: Partial<Asked>): Promise<number | undefined> => {
    const answer = await ask(port, { ...good, ...changed });
    await bodyOf(answer);
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
    return answer.statusCode;
  };
  const but = (headers: Record<string, string>): Partial<Asked> => ({
    headers: { ...good.headers, ...headers },
  });
  assert.equal(await status(but({ "x-gust-token": "" })), 403);
  assert.equal(await status(but({ "x-gust-token": `${token}x` })), 403);
  assert.equal(await status(but({ origin: "http://evil.example" })), 403);
  assert.equal(await status(but({ origin: "null" })), 403);
  assert.equal(await status(but({ "sec-fetch-site": "cross-site" })), 403);
  assert.equal(await status(but({ host: "evil.example" })), 403);
  assert.equal(await status({ method: "PUT" }), 403);
  assert.equal(await status({ body: "x".repeat(70_000) }), 413);
  assert.equal(await status({}), 204);
  const said = await gust.next("browser-console");
  assert.equal(said.text, "boom");
  const listening = await ask(port, {
    path: "/__gust/events",
    headers: { "sec-fetch-site": "cross-site" },
  });
  assert.equal(listening.statusCode, 403);
  await bodyOf(listening);
  const nothing = await ask(port, { path: "/__gust/../secret" });
  assert.equal(nothing.statusCode, 404);
  await bodyOf(nothing);
  await gust.stop();
});

/** Listens to gust, and asks for `/` on the same connection the moment that it may; gives the build. */
function listenThenAsk(port: number): {
  readonly heard: Promise<void>;
  readonly build: Promise<string>;
} {
  const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("utf8");
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
  let text = "";
  let asked = false;
  socket.write(get("/__gust/events"));
  const heard = new Promise<void>((resolve) => {
    socket.on("data", (piece: string) => piece.includes("event: hello") && resolve());
  });
  const build = new Promise<string>((resolve, reject) => {
    socket.once("error", reject).once("close", () => reject(new Error(`closed: ${text}`)));
    socket.on("data", (piece: string) => {
      text += piece;
      if (!asked && text.endsWith("\r\n0\r\n\r\n")) {
        asked = true;
        text = "";
        socket.write(get("/"));
      }
      const [, number] = (asked ? /^X-Gust-Build: (\d+)\r$/m.exec(text) : null) ?? [];
      if (number === undefined) return;
      resolve(number);
      socket.destroy();
    });
  });
  return { heard, build };
}

test(
  "who has listened and asks at once is answered by the version of which it heard",
  linux,
  async (t) => {
    const project = await Project.create(t, "site");
    const gust = await Gust.start(project);
    await gust.next("live");
    // So many that some ask before their connection has been let go.
    const clients = Array.from({ length: 400 }, () => listenThenAsk(gust.port));
    await Promise.all(clients.map(({ heard }) => heard));
    await project.edit("main.go", "mux := ", "println(1)\n\tmux := ");
    await gust.next("live");
    const builds = await Promise.all(clients.map(({ build }) => build));
    assert.deepEqual([...new Set(builds)], ["2"]);
    await gust.stop();
  },
);

test("a page listens for longer than the program allows its own answers", linux, async (t) => {
  const project = await Project.create(t, "site");
  await project.edit("main.go", "&http.Server{", "&http.Server{WriteTimeout: time.Nanosecond, ");
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal((await hello(gust.port)).state.serving, 1);
  await gust.stop();
});

test("a page that listens keeps no version from ending", linux, async (t) => {
  const project = await Project.create(t, "site");
  for (const swap of ["overlap", "handoff"]) {
    const gust = await Gust.start(project, { args: [`--run.swap=${swap}`] });
    await gust.next("live");
    const listening = await ask(gust.port, { path: "/__gust/events" });
    // It goes to the next version by itself: it is not cut, which would be an error.
    const ended = new Promise((resolve, reject) => {
      listening.once("end", resolve).once("error", reject).resume();
    });
    const { mark } = gust.log;
    await project.edit("main.go", "mux := ", "println(1)\n\tmux := ");
    await gust.next("live");
    // Which comes first depends on the way.
    const stopped = gust.log.since(mark, "stopped")[0] ?? (await gust.next("stopped"));
    assert.equal(stopped.forced, false);
    assert.equal(stopped.drain.cut, 0);
    await ended;
    const again = await ask(gust.port, { path: "/__gust/events" });
    again.once("error", () => undefined).resume();
    // The program waits for all its requests when it is told to end.
    await gust.stop();
    const last = gust.log.since(0, "stopped").at(-1);
    assert.equal(last?.forced, false);
  }
});

test(
  "pages are told what is wrong while nothing is alive, and that it is over",
  linux,
  async (t) => {
    const project = await Project.create(t, "site");
    const gust = await Gust.start(project);
    await gust.next("live");
    await ask(gust.port, { path: "/panics" }).then(bodyOf, () => undefined);
    await gust.next("failed");
    const { state } = await hello(gust.port);
    assert.equal(state.serving, null);
    assert.match(String(state.trouble?.failure?.seen), /panic: on purpose/);
    // A client cannot say where it is.
    const spoof = await hello(gust.port, { "x-gust-peer": "10.1.2.3:4" });
    assert.notEqual(spoof.token, null);
    const listening = await ask(gust.port, { path: "/__gust/events" });
    let heard = "";
    listening.setEncoding("utf8").on("data", (text: string) => (heard += text));
    await project.edit("main.go", "mux := ", "println(1)\n\tmux := ");
    await gust.next("live");
    assert.equal((await hello(gust.port)).state.trouble, null);
    while (!/event: live\ndata: \{"generation":2,/.test(heard)) {
      await new Promise((resolve) => listening.once("data", resolve));
    }
    listening.destroy();
    await gust.stop();
  },
);
