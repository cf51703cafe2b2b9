import assert from "node:assert/strict";
import { test } from "node:test";
import { Listener, ask, openDashboard } from "./dashboard-kit.ts";

test("who listens is told all first, and then what is new", async (t) => {
  const { server, port, token, listened } = await openDashboard(t);
  const one = await Listener.open(port, token);
  assert.deepEqual(await one.next(), { event: "dashboard", data: { services: [] } });
  server.tell({ event: "service", data: { name: "a\nb\r\n\ndata: <b>" } });
  assert.deepEqual(await one.next(), { event: "service", data: { name: "a\nb\r\n\ndata: <b>" } });
  const two = await Listener.open(port, token);
  await two.next(({ event }) => event === "dashboard");
  server.tell({ event: "health", data: 1 });
  assert.deepEqual(await two.next(), { event: "health", data: 1 });
  assert.deepEqual(await one.next(), { event: "health", data: 1 });
  assert.deepEqual(listened, [1, 2]);
  one.close();
  two.close();
  for (; listened.at(-1) !== 0;) await new Promise((resolve) => setImmediate(resolve));
});

test("one that reads too slowly is cut, and the others are not", async (t) => {
  const { server, port, token, listened } = await openDashboard(t);
  const slow = await Listener.open(port, token);
  const quick = await Listener.open(port, token);
  await slow.next();
  slow.stall();
  const data = "x".repeat(1_000_000);
  let told = 0;
  for (; told < 200 && listened.at(-1) !== 1; told += 1) {
    server.tell({ event: "log", data });
    await quick.next(({ event }) => event === "log");
  }
  assert.equal(listened.at(-1), 1, "nobody was cut");
  assert.ok(told < 100, `only after ${told} MB`);
  server.tell({ event: "health", data: 2 });
  assert.deepEqual(await quick.next(), { event: "health", data: 2 });
  quick.close();
});

test("who comes is told all that there is, however much", async (t) => {
  const data = "x".repeat(12_000_000);
  const { port, token } = await openDashboard(t, {
    hello: () => [{ event: "dashboard", data }],
  });
  const listener = await Listener.open(port, token);
  assert.equal((await listener.next()).data, data);
  listener.close();
});

test("the graph and the difference of two builds are told, and what is wrong with a question", async (t) => {
  const { port, token } = await openDashboard(t, {
    graph: (service) =>
      Promise.resolve(
        service === "api"
          ? { packages: [] }
          : { code: "NOT_RUNNING" as const, message: `no service ${service}` },
      ),
  });
  const headers = { "x-gust-token": token };
  const get = async (path: string) => {
    const { status, body } = await ask(port, { path, headers });
    return [status, JSON.parse(body)];
  };
  assert.deepEqual(await get("/api/graph?service=api"), [200, { packages: [] }]);
  assert.deepEqual((await get("/api/graph?service=%3Cb%3E"))[0], 404);
  assert.deepEqual((await get("/api/diff?service=api&from=1&to=2"))[0], 200);
  for (const query of ["", "from=1", "from=1&to=x", "from=-1&to=2", "from=1&to=2e3"]) {
    assert.deepEqual((await get(`/api/diff?service=api&${query}`))[0], 400, query);
  }
  assert.equal((await ask(port, { path: "/api/nothing", headers })).status, 404);
});

test("an action that is not possible now is answered with the reason", async (t) => {
  const failure = { code: "NO_SUCH_BUILD", message: "build #9 is not kept" } as const;
  const { port, token } = await openDashboard(t, { act: () => Promise.resolve(failure) });
  const headers = { "x-gust-token": token, "content-type": "application/json; charset=utf-8" };
  const body = '{"type":"rollback","service":"","to":9}';
  const answer = await ask(port, { method: "POST", path: "/api/action", headers, body });
  assert.deepEqual([answer.status, JSON.parse(answer.body)], [404, failure]);
});

test("its end ends those who listen, and leaves no port behind", async (t) => {
  const { server, port, token } = await openDashboard(t);
  const listener = await Listener.open(port, token);
  await server.close();
  await listener.ended;
  await assert.rejects(ask(port));
});
