import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { Gust } from "./gust.ts";
import { Project } from "./project.ts";
import { memoriesOf, outcomes } from "./tested.ts";

const shared = `package shared

import "testing"

func TestWord(t *testing.T) {
	if Word == "bad" {
		t.Fatal("a bad word")
	}
}
`;

async function create(t: Parameters<typeof Project.create>[0], mode: string): Promise<Project> {
  const project = await Project.create(t, "services", {
    "gust.toml": `
[test]
mode = "${mode}"
record = false

[[service]]
name = "api"
package = "./api"
port = ${await freePort()}

[[service]]
name = "worker"
package = "./worker"
port = ${await freePort()}
`,
    "shared/shared_test.go": shared,
  });
  project.onCleanUp(async () => {
    for (const dir of memoriesOf(project)) await rm(dir, { recursive: true, force: true });
  });
  return project;
}

const word = (text: string): string => `package shared\n\n// Word.\nconst Word = "${text}"\n`;

test("the tests of a module run once, whatever number of services it has", async (t) => {
  const project = await create(t, "watch");
  const gust = await Gust.start(project);
  for (const _ of ["api", "worker"]) await gust.next("live");
  await project.save("shared/word.go", word("bad"));
  const failed = await gust.next("tests-finished");
  assert.deepEqual(outcomes(failed), ["TestWord!"]);
  await project.save("shared/word.go", word("good"));
  const good = await gust.next("tests-finished");
  assert.deepEqual(outcomes(good), ["TestWord"]);
  const runs = gust.log.since(0, "tests-finished");
  assert.equal(new Set(runs.map(({ service }) => service)).size, 1);
  await gust.stop();
});

test("with a gate no service is replaced by a version that fails the tests", async (t) => {
  const project = await create(t, "gate");
  const gust = await Gust.start(project);
  for (const _ of ["api", "worker"]) await gust.next("live");
  const before = gust.log.since(0, "live").length;
  await project.save("shared/word.go", word("bad"));
  const names = [await gust.next("failed"), await gust.next("failed")].map((one) => one.service);
  assert.deepEqual(new Set(names), new Set(["api", "worker"]));
  assert.equal(gust.log.since(0, "live").length, before);
  await project.save("shared/word.go", word("good"));
  await gust.next("live");
  await gust.next("live");
  await gust.stop();
});
