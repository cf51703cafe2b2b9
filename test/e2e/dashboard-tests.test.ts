import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { OpenDashboard, nextBoard } from "./dashboard-kit.ts";
import { Gust } from "./gust.ts";
import { create, liveOf, word } from "./services-project.ts";
import { memoriesOf } from "./tested.ts";

const shared = `package shared

import "testing"

func TestWord(t *testing.T) {
	if Word == "bad" {
		t.Fatal("a bad <b>word</b>")
	}
}
`;

test("tests are run from the dashboard, whichever service is looked at, and told with what they said", async (t) => {
  const { project } = await create(t, '[test]\nmode = "watch"\nrecord = false\n', {
    "shared/shared_test.go": shared,
  });
  project.onCleanUp(async () => {
    for (const dir of memoriesOf(project)) await rm(dir, { recursive: true, force: true });
  });
  const gust = await Gust.start(project);
  for (const name of ["api", "worker"]) await liveOf(gust, name);
  const dashboard = await OpenDashboard.open(gust);
  const listener = await dashboard.listen();
  for (const service of ["api", "worker"]) {
    const none = await dashboard.act({ type: "tests", service, what: "failed" });
    assert.deepEqual([none.status, JSON.parse(none.body).code], [409, "NO_FAILED_TEST"]);
    assert.equal((await dashboard.act({ type: "tests", service, what: "all" })).status, 204);
    const { report } = await gust.next("tests-finished");
    assert.equal(report.passed, 1);
  }
  await project.save("shared/word.go", word("bad"));
  const { tests } = await nextBoard(listener, (board) => board.tests?.report?.failed === 1);
  const [failed] = tests?.report?.results ?? [];
  assert.equal(failed?.name, "TestWord");
  assert.match(failed?.failure?.message ?? "", /a bad <b>word<\/b>/);
  assert.equal(tests?.running, null);
  listener.close();
  await gust.stop();
});
