import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust, runGust } from "./gust.ts";
import { startLoad } from "./load.ts";
import { Project, answerFile } from "./project.ts";

test("no request fails where versions go back and forth without a pause", async (t) => {
  const project = await Project.create(t, "web", {
    "gust.toml": '[run]\nswap = "overlap"\nprobation = "200ms"\n',
  });
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  const load = startLoad(gust.port, { pauseMs: 5 });
  t.after(() => load.stop());
  const second = await gust.saveAndLive("answer.go", answerFile("1"));
  for (let turn = 0; turn < 20; turn += 1) {
    const to = turn % 2 === 0 ? first.generation : second.generation;
    const args = ["rollback", `#${to}`];
    assert.equal((await runGust(project, { args, json: false })).code, 0);
    await gust.next("rolled-back");
  }
  const seen = await load.stop();
  assert.deepEqual(seen.troubles, []);
  assert.equal(seen.connections.size, 6);
  assert.ok(seen.answers > 100);
  await gust.stop();
});
