import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { startLoad } from "./load.ts";
import { Project } from "./project.ts";

const answerFile = (number: number): string =>
  `package main\n\nfunc answer() string { return "${number}" }\n`;

const hooks = (body: string): string => `package main\n\nfunc atStart() { ${body} }\n`;

test("under load no request fails, no kept connection is closed, and no answer is stale", async (t) => {
  const project = await Project.create(t, "web", {
    "gust.toml": '[run]\nswap = "overlap"\nprobation = "200ms"\n',
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const load = startLoad(gust.port);
  t.after(() => load.stop());
  for (let number = 1; number <= 12; number += 1) {
    if (number % 4 === 0) {
      await project.save("answer.go", "package main\n\nfunc answer() string { return 1 }\n");
      assert.equal((await gust.next("failed")).failure.code, "BUILD_FAILED");
    }
    if (number % 5 === 0) {
      await project.save("hooks.go", hooks('panic("not this one")'));
      await gust.next("failed", ({ failure }) => failure.code !== "BUILD_FAILED");
      await project.save("hooks.go", hooks(""));
    }
    const live = await gust.saveAndLive("answer.go", answerFile(number));
    assert.equal(live.downtimeMs, 0);
    load.live(number);
  }
  const seen = await load.stop();
  assert.deepEqual(seen.failures, []);
  assert.deepEqual(seen.stale, []);
  // Each client that keeps its connection has kept it over all swaps.
  assert.equal(seen.connections.size, 6);
  assert.ok(seen.answers > 100);
  await gust.stop();
});

test("a request under way is answered by the version that began it", async (t) => {
  const project = await Project.create(t, "web", { "gust.toml": '[run]\nswap = "overlap"\n' });
  const gust = await Gust.start(project);
  await gust.next("live");
  const load = startLoad(gust.port);
  t.after(() => load.stop());
  await gust.saveAndLive("answer.go", answerFile(1));
  assert.equal(await gust.get(), "1");
  const { failures } = await load.stop();
  assert.deepEqual(failures, []);
  await gust.stop();
});
