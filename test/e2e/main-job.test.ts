import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { Project, answerFile } from "./project.ts";

test("gust builds and starts the program of a project without configuration", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  const live = await gust.next("live");
  assert.equal(live.generation, 1);
  assert.equal(live.cause.type, "first");
  assert.deepEqual(live.addresses, [{ network: "tcp", address: `127.0.0.1:${gust.port}` }]);
  assert.equal(await gust.get("/pid"), String(live.pid));
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("a save is live: the next answer comes from the new code", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  const second = await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  assert.equal(second.generation, 2);
  assert.notEqual(second.pid, first.pid);
  await project.saveInPlace("answer.go", answerFile("three"));
  await gust.next("live");
  assert.equal(await gust.get(), "three");
  await gust.stop();
});

test("a build that fails leaves the running process alone, and the next good save is live", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  await project.save("answer.go", "package main\n\nfunc answer() string { return 1 }\n");
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "BUILD_FAILED");
  assert.equal(failed.serving, 1);
  const [diagnostic] = failed.failure.diagnostics ?? [];
  assert.deepEqual(
    { file: diagnostic?.file, line: diagnostic?.line, own: diagnostic?.own },
    { file: project.path("answer.go"), line: 3, own: true },
  );
  const state = await gust.next("state", ({ failed }) => failed !== null);
  assert.deepEqual(
    { live: state.live, newest: state.newest, failed: state.failed, pid: state.serving?.pid },
    { live: false, newest: 2, failed: 2, pid: first.pid },
  );
  assert.equal(await gust.get("/pid"), String(first.pid));
  await gust.saveAndLive("answer.go", answerFile("mended"));
  assert.equal(await gust.get(), "mended");
  await gust.next("state", ({ live }) => live);
  await gust.stop();
});
