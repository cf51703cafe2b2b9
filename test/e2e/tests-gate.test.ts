import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust, runGust } from "./gust.ts";
import { createShop, gating, outcomes, startRecorded } from "./tested.ts";

test("a version whose tests fail is not swapped in; a change of the test alone lets it in", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, gating);
  const { pid } = gust.log.since(0, "live")[0] ?? { pid: 0 };
  await project.edit("user/user.go", '"hello "', '"hi "');
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "TESTS_FAILED");
  assert.match(failed.failure.message, /^TestGreet fails$/);
  assert.deepEqual([failed.generation, failed.serving], [2, 1]);
  assert.equal(failed.phases.at(-1)?.name, "test");
  assert.equal(await gust.get(), "hello Ms Ann");
  const waited = await runGust(project, { args: ["wait"], json: false });
  assert.equal(waited.code, 1);
  assert.match(waited.stdout, /not live: TestGreet fails/);
  const builds = gust.log.since(0, "build-started").length;
  await project.edit("user/user_test.go", '"hello Ms Ann"', '"hi Ms Ann"');
  const live = await gust.next("live");
  assert.deepEqual([live.generation, live.build], [2, 2]);
  assert.ok(live.phases.some(({ name }) => name === "test"));
  assert.notEqual(live.pid, pid);
  assert.equal(gust.log.since(0, "build-started").length, builds);
  assert.equal(await gust.get(), "hi Ms Ann");
  await gust.stop();
});

test("what passes goes live, and what no test concerns is not held up", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, gating);
  await project.edit("main.go", 'user.Greet("Ann")', 'user.Greet("Eve")');
  const started = await gust.next("tests-started");
  assert.deepEqual([started.gate, started.summary.tests], [true, 0]);
  await gust.next("live");
  assert.equal(await gust.get(), "hello Ms Eve");
  await project.edit(
    "user/user.go",
    'return "hello',
    'if name == "" {\n\t\treturn name\n\t}\n\treturn "hello',
  );
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestGreet"]);
  const { generation } = await gust.next("live");
  assert.equal(generation, 3);
  await gust.stop();
});

test("a newer save gives up the version that waits for its tests", async (t) => {
  const project = await createShop(t, {
    "user/slow_test.go": `package user

import (
	"strings"
	"testing"
	"time"
)

func TestSlow(t *testing.T) {
	if strings.HasPrefix(Greet("x"), "slow") {
		time.Sleep(time.Hour)
	}
}
`,
  });
  const gust = await startRecorded(project, gating);
  await project.edit("user/user.go", '"hello "', '"slow "');
  await gust.next("tests-started");
  await project.edit("user/user.go", '"slow "', '"hello  "');
  await gust.next("tests-cancelled");
  const failed = await gust.next("failed");
  assert.deepEqual([failed.generation, failed.failure.code], [3, "TESTS_FAILED"]);
  assert.deepEqual(
    gust.log.since(0, "live").map(({ generation }) => generation),
    [1],
  );
  await gust.stop();
});

test("a restart for another file does not let in what has failed", async (t) => {
  const project = await createShop(t, { "page.html": "<p>\n" });
  const gust = await startRecorded(project, gating);
  await project.edit("user/user.go", '"hello "', '"hi "');
  await gust.next("failed");
  await project.save("page.html", "<b>\n");
  const again = await gust.next("failed");
  assert.deepEqual([again.generation, again.serving], [3, 1]);
  assert.equal(await gust.get(), "hello Ms Ann");
  // By hand the last good one can be started anew.
  await project.edit("user/user.go", '"hi "', '"hello "');
  await gust.next("live");
  assert.equal(await gust.get(), "hello Ms Ann");
  await gust.stop();
});

test("a changed package needs the coverage that is asked for", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, [...gating, "--test.coverage", "80"]);
  const more = `package calc

func Sign(a int) int {
	if a < 0 {
		return -1
	}
	if a > 0 {
		return 1
	}
	return 0
}
`;
  await project.save("calc/sign.go", more);
  await project.edit("main.go", '"shop/user"', '"shop/calc"\n\t"shop/user"');
  await project.edit("main.go", "func main() {", "func main() {\n\t_ = calc.Sign(1)");
  const failed = await gust.next("failed", ({ failure }) => failure.code !== "BUILD_FAILED");
  assert.equal(failed.failure.code, "COVERAGE_LOW");
  assert.match(failed.failure.seen ?? "", /^shop\/calc: \d+\.\d%/m);
  assert.equal(failed.serving, 1);
  await project.save(
    "calc/sign_test.go",
    `package calc

import "testing"

func TestSign(t *testing.T) {
	for in, want := range map[int]int{-3: -1, 0: 0, 9: 1} {
		if got := Sign(in); got != want {
			t.Errorf("Sign(%d) = %d; want %d", in, got, want)
		}
	}
}
`,
  );
  // The package main has no tests at all.
  const main = await gust.next("failed");
  assert.match(main.failure.seen ?? "", /^shop: 0\.0%$/);
  await gust.stop();
});

test("the first version is started whatever its tests say: nothing better could serve", async (t) => {
  const project = await createShop(t);
  await project.edit("user/user.go", '"hello "', '"hi "');
  const gust = await Gust.start(project, { args: gating });
  await gust.next("live");
  assert.equal(await gust.get(), "hi Ms Ann");
  const recorded = await gust.next("tests-recorded");
  assert.deepEqual(recorded.outcome.type === "recorded" && recorded.outcome.failed, [
    "shop/user.TestGreet",
  ]);
  await gust.stop();
});

test("a person reads a table of what failed, with the place and the difference", async (t) => {
  const project = await createShop(t);
  const gust = await Gust.start(project, { args: gating, json: false });
  await gust.shows(/live in/);
  await project.edit("user/user.go", '"bye " + name', '"ciao " + name');
  await gust.shows(/5 of 8 tests: user has changed, and what they reach is not known yet/);
  await gust.shows(/2 tests failed, 3 passed in/);
  await gust.shows(
    /FAIL TestFarewell +\d+ ms {2}user\/user_test\.go:18\n +got "ciao Ann", want "bye Ann"\n +- "bye Ann"\n +\+ "ciao Ann"/,
  );
  await gust.shows(/#2 is not live: TestFarewell, ExampleFarewell fail/);
  await gust.shows(/#1 serves on/);
  await gust.stop();
});
