import assert from "node:assert/strict";
import { test } from "node:test";
import {
  goodBoard,
  healthAt,
  oneService,
  twentyServices,
} from "../../../test/e2e/dashboard-worlds.ts";
import { logLines } from "../../../test/e2e/dashboard-answers.ts";
import { type Model, type News, emptyModel, modelWith } from "./model.ts";

const after = (...news: readonly News[]): Model => news.reduce(modelWith, emptyModel);

test("news before the whole are of no use, but for log lines", () => {
  const model = after(
    { event: "service", data: goodBoard("") },
    { event: "health", data: healthAt(1) },
    { event: "log", data: { service: "", lines: logLines(0, 2) } },
  );
  assert.equal(model.dashboard, null);
  assert.equal(model.logs.get("")?.lines.length, 2);
});

test("a service takes the place of what was known of it", () => {
  const board = { ...goodBoard("api"), main: "./cmd/other" };
  const model = after(
    { event: "dashboard", data: twentyServices() },
    { event: "service", data: board },
    { event: "service", data: goodBoard("zebra") },
  );
  const services = model.dashboard?.services ?? [];
  assert.equal(services.length, 21);
  assert.deepEqual(services[1], board);
  assert.equal(services[20]?.name, "zebra");
});

test("a service that is told without its saves keeps them", () => {
  const { saves, ...board } = goodBoard("api");
  const model = after(
    { event: "dashboard", data: { ...oneService(), services: [goodBoard("api")] } },
    { event: "service", data: { ...board, main: "./cmd/other" } },
    { event: "service", data: { ...board, name: "new" } },
  );
  const [known, added] = model.dashboard?.services ?? [];
  assert.deepEqual(known, { ...board, main: "./cmd/other", saves });
  assert.deepEqual(added?.saves, []);
});

test("a save takes its place in the timeline, and the oldest goes", () => {
  const { services } = oneService();
  const [newest] = services[0]?.saves ?? [];
  assert.ok(newest !== undefined);
  let model = after({ event: "dashboard", data: oneService() });
  const put = (generation: number, totalMs: number): void => {
    const save = { ...newest, generation, totalMs };
    model = modelWith(model, { event: "save", data: { service: "", save } });
  };
  const shown = (): readonly number[] =>
    (model.dashboard?.services[0]?.saves ?? []).map(({ generation }) => generation);
  put(60, 7);
  assert.equal(shown().length, 60);
  assert.equal(model.dashboard?.services[0]?.saves[0]?.totalMs, 7);
  for (let generation = 61; generation <= 140; generation += 1) put(generation, 1);
  assert.equal(shown().length, 100);
  assert.deepEqual([shown()[0], shown().at(-1)], [140, 41]);
  put(100, 9);
  assert.equal(shown()[40], 100);
  const before = model;
  const save = { service: "nobody", save: newest };
  assert.equal(modelWith(model, { event: "save", data: save }), before);
});

test("after a reconnection the lines and readings stay, but not those of another run", () => {
  const first = oneService();
  const lines: News = { event: "log", data: { service: "", lines: logLines(0, 5) } };
  const same = after({ event: "dashboard", data: first }, lines, {
    event: "dashboard",
    data: { ...first, health: healthAt(3) },
  });
  assert.equal(same.logs.get("")?.lines.length, 5);
  assert.equal(same.healths.length, 2);
  const other = { ...first, about: { ...first.about, pid: 1 } };
  const fresh = after({ event: "dashboard", data: first }, lines, {
    event: "dashboard",
    data: other,
  });
  assert.equal(fresh.logs.size, 0);
  assert.equal(fresh.healths.length, 1);
});

test("of readings as many are kept as a curve shows", () => {
  let model = after({ event: "dashboard", data: oneService() });
  for (let index = 1; index < 500; index += 1) {
    model = modelWith(model, { event: "health", data: healthAt(index) });
  }
  assert.equal(model.healths.length, 300);
  assert.equal(model.dashboard?.health.at, healthAt(499).at);
});
