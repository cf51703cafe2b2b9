import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { isAlive } from "./census.ts";
import { Gust } from "./gust.ts";
import { createShop, outcomes, shop, startRecorded, watching } from "./tested.ts";

test("an edit of a function runs the tests that have reached it, and no other", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  await project.edit("user/user.go", '"bye " + name', '"bye" + " " + name');
  const started = await gust.next("tests-started");
  assert.deepEqual(started.summary.reasons, [
    { reason: { type: "reached", function: "Farewell", package: "shop/user" }, tests: 3 },
  ]);
  const finished = await gust.next("tests-finished");
  assert.deepEqual(outcomes(finished), ["ExampleFarewell", "FuzzFarewell", "TestFarewell"]);
  await gust.next("tests-recorded");
  // Through another package.
  await project.edit("store/store.go", '"Ms " + name', '"M" + "s " + name');
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestGreet", "TestTitle"]);
  await gust.stop();
});

test("what no test has reached runs none, but the tests of the package are compiled", async (t) => {
  const project = await createShop(t, {
    "store/unused.go": "package store\n\nfunc Unused() int { return 1 }\n",
  });
  const gust = await startRecorded(project, watching);
  await project.edit("store/unused.go", "return 1", "return 2");
  const { summary } = await gust.next("tests-started");
  assert.deepEqual([summary.tests, summary.packages], [0, 1]);
  assert.deepEqual(outcomes(await gust.next("tests-finished")), []);
  await gust.stop();
});

test("a package that only tests link is watched as well", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  await project.edit("calc/calc.go", "a + b", "b + a");
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestAdd"]);
  assert.equal(gust.log.since(0, "build-started").length, 1);
  await gust.stop();
});

test("a change of more than a body runs all tests of the packages that link it", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  await project.edit("store/store.go", "func Count", "type Kind int\n\nfunc Count");
  const { summary } = await gust.next("tests-started");
  assert.equal(summary.tests, 7);
  assert.equal(summary.reasons.length, 1);
  assert.deepEqual(summary.reasons[0]?.reason, {
    type: "wide",
    part: "type Kind",
    package: "shop/store",
  });
  const all = outcomes(await gust.next("tests-finished"));
  assert.ok(all.includes("TestGreet") && all.includes("TestTitle"));
  assert.ok(!all.includes("TestAdd"));
  await gust.stop();
});

test("without a record every test of a package that depends on the change runs", async (t) => {
  const project = await createShop(t);
  const gust = await Gust.start(project, { args: [...watching, "--test.record=false"] });
  await gust.next("live");
  await project.edit("store/store.go", "return 3", "return 4");
  const { summary } = await gust.next("tests-started");
  assert.equal(summary.tests, 7);
  assert.equal(summary.reasons[0]?.reason.type, "unrecorded");
  await gust.next("tests-finished");
  await gust.stop();
});

test("a failed test is told with its place and its difference, and runs first until it passes", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  await project.edit("user/user.go", '"bye " + name', '"ciao " + name');
  const { generation } = await gust.next("live");
  const failed = await gust.next("tests-finished");
  assert.equal(failed.generation, generation);
  assert.deepEqual(outcomes(failed), ["ExampleFarewell!", "FuzzFarewell", "TestFarewell!"]);
  const result = failed.report.results.find(({ name }) => name === "TestFarewell");
  assert.deepEqual(result?.failure?.place, { file: project.path("user/user_test.go"), line: 18 });
  assert.deepEqual(result?.failure?.difference, { want: '"bye Ann"', got: '"ciao Ann"' });
  const example = failed.report.results.find(({ name }) => name === "ExampleFarewell");
  assert.deepEqual(example?.failure?.difference, { want: "bye Bob", got: "ciao Bob" });
  // The new version serves all the same.
  assert.equal(await gust.get(), "hello Ms Ann");
  await project.edit("store/store.go", '"Ms " + name', '"Mr " + name');
  const { summary } = await gust.next("tests-started");
  assert.deepEqual(summary.names.slice(0, 2), ["TestFarewell", "ExampleFarewell"]);
  const again = await gust.next("tests-finished");
  assert.ok(outcomes(again).includes("TestGreet!"));
  await project.save("user/user.go", shop["user/user.go"] ?? "");
  await gust.next("tests-finished");
  await project.save("store/store.go", shop["store/store.go"] ?? "");
  assert.equal((await gust.next("tests-finished")).report.failed, 0);
  await gust.stop();
});

test("a save while tests run cancels them and the processes that they have started", async (t) => {
  const slow = `package store_test

import (
	"os"
	"os/exec"
	"testing"
)

func TestSlow(t *testing.T) {
	if os.Getenv("SLOW") == "" {
		t.Skip("only when it is asked for")
	}
	command := exec.Command("sleep", "3600")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(os.Getenv("SLOW"), []byte{'x'}, 0o644)
	command.Wait()
}
`;
  const project = await createShop(t, { "store/slow_test.go": slow });
  const mark = project.path("../slow");
  const gust = await Gust.start(project, { args: watching, env: { SLOW: mark } });
  await gust.next("live");
  await project.edit("store/store.go", "return 3", "return 4");
  await gust.next("tests-started");
  for (const deadline = Date.now() + 60_000; !existsSync(mark);) {
    assert.ok(Date.now() < deadline, "the test did not begin");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const sleeping = [...gust.processes()].filter(([, line]) => line.startsWith("sleep 3600"));
  assert.equal(sleeping.length, 1);
  await project.remove("store/slow_test.go");
  await project.edit("user/user.go", '"hello "', '"hi "');
  await gust.next("tests-cancelled");
  for (const [pid] of sleeping) assert.equal(isAlive(pid), false, "a child of the test lives on");
  // What the cancelled run was for runs with the next one.
  const finished = outcomes(await gust.next("tests-finished"));
  assert.ok(finished.includes("TestCount") && finished.includes("TestGreet!"), String(finished));
  await gust.stop();
});

test("gust leaves while tests run, and nothing of them is left", async (t) => {
  const slow = `package calc

import (
	"testing"
	"time"
)

func TestHour(t *testing.T) { time.Sleep(time.Hour) }
`;
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  await project.save("calc/slow_test.go", slow);
  await gust.next("tests-started");
  await gust.stop();
});

test("a change of nothing but tests runs them, without a build or a restart", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  const builds = gust.log.since(0, "build-started").length;
  const more = '\nfunc TestMore(t *testing.T) { want(t, Farewell("X"), "bye X") }\n';
  await project.save("user/user_test.go", (shop["user/user_test.go"] ?? "") + more);
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestMore"]);
  // The helper: whoever uses it.
  await project.edit("user/user_test.go", "t.Helper()\n", "t.Helper()\n\tt.Log(got)\n");
  const { summary } = await gust.next("tests-started");
  assert.deepEqual(summary.reasons[0]?.reason, { type: "own", function: "want" });
  assert.deepEqual(outcomes(await gust.next("tests-finished")), [
    "TestFarewell",
    "TestGreet",
    "TestMore",
  ]);
  assert.equal(gust.log.since(0, "build-started").length, builds);
  assert.deepEqual(gust.log.since(0, "nothing-to-do"), []);
  await gust.stop();
});

test("examples, benchmarks and fuzz tests are each treated as go test does", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  await project.edit("user/user_test.go", "// Output: bye Bob", "// Output: bye bob");
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["ExampleFarewell!"]);
  await project.edit("user/user_test.go", "// Output: bye bob", "// Output: bye Bob");
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["ExampleFarewell"]);
  await gust.next("tests-recorded");
  await project.edit("user/user_test.go", 'f.Add("a")', 'f.Add("a")\n\tf.Add("b")');
  const fuzz = await gust.next("tests-finished");
  assert.deepEqual(outcomes(fuzz), ["FuzzFarewell"]);
  assert.ok(fuzz.report.results.some(({ name }) => name === "FuzzFarewell/seed#1"));
  await gust.next("tests-recorded");
  // A benchmark is compiled, and not run.
  await project.edit("user/user_test.go", 'Greet("x")', 'Greet("y")');
  const bench = await gust.next("tests-finished");
  assert.deepEqual([outcomes(bench), bench.report.packages], [[], 1]);
  await project.edit("user/user_test.go", 'Greet("y")', "Greet(1)");
  const broken = await gust.next("tests-finished");
  assert.deepEqual(
    broken.report.broken.map((one) => one.package),
    ["shop/user"],
  );
  assert.match(broken.report.broken[0]?.output ?? "", /user_test\.go:\d+:\d+: cannot use 1/);
  await gust.stop();
});

test("TestMain and variables of test files concern every test of the package", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  const setUp = `package user

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }
`;
  await project.save("user/main_test.go", setUp);
  const { summary } = await gust.next("tests-started");
  assert.equal(summary.tests, 5);
  assert.equal(summary.reasons[0]?.reason.type, "wide");
  await gust.next("tests-finished");
  await gust.stop();
});

test("a change of testdata runs the tests that have opened it", async (t) => {
  const project = await createShop(t, {
    "testdata/far.txt": "1\n",
    "calc/far_test.go": `package calc

import (
	"os"
	"testing"
)

func TestFar(t *testing.T) {
	text, err := os.ReadFile("../testdata/far.txt")
	if err != nil || string(text) != "1\\n" {
		t.Fatalf("%q %v", text, err)
	}
}
`,
  });
  const gust = await startRecorded(project, watching);
  await project.save("user/testdata/names.txt", "Bob\n");
  const { summary } = await gust.next("tests-started");
  const path = project.path("user/testdata/names.txt");
  assert.deepEqual(summary.reasons, [{ reason: { type: "file", path }, tests: 1 }]);
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestData!"]);
  // Once the writes of the test itself cannot be under way any more.
  await gust.next("state", ({ tests }) => tests?.activity === "recording");
  await gust.next("state", ({ tests }) => tests?.activity === "idle");
  await project.save("user/testdata/names.txt", "Ann\n");
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestData"]);
  // At the root, where it is not watched otherwise.
  await project.save("testdata/far.txt", "2\n");
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestFar!"]);
  assert.equal(gust.log.since(0, "build-started").length, 1);
  await gust.stop();
});

test("tests that write into their own testdata do not start themselves again", async (t) => {
  const writing = `package calc

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestWriting(t *testing.T) {
	text := fmt.Sprint(Add(1, 2), time.Now().UnixNano())
	name := fmt.Sprintf("testdata/%d.txt", time.Now().UnixNano())
	for _, path := range []string{"testdata/last.txt", name} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(name)
}
`;
  const project = await createShop(t, {
    "calc/writing_test.go": writing,
    "calc/testdata/last.txt": "",
  });
  const gust = await startRecorded(project, [...watching, "--test.packages", "./calc"]);
  await project.edit("calc/calc.go", "a + b", "b + a");
  await gust.next("tests-finished", ({ report }) => report.passed === 2);
  // A second time, so that what it writes is known: nothing but the edit starts tests.
  await project.edit("calc/calc.go", "b + a", "a + b");
  await gust.next("tests-finished", ({ report }) => report.passed === 2);
  const runs = gust.log.since(0, "tests-started").length;
  // One more at most, for what was written the first time.
  assert.ok(runs <= 4, `${runs} runs of tests for two edits`);
  await project.edit("calc/calc.go", "a + b", "(a + b)");
  const { report } = await gust.next("tests-finished", (one) => one.report.passed === 2);
  assert.deepEqual(report.meanwhile, []);
  assert.equal(gust.log.since(0, "tests-started").length, runs + 1);
  await gust.stop();
});

test("rules of the user's run tests by their names when other files change", async (t) => {
  const project = await createShop(t, {
    "gust.toml": '[test]\nmode = "watch"\n\n[test.rules]\n"sql/**" = "^TestC"\n',
    "sql/one.sql": "select 1;\n",
  });
  const gust = await startRecorded(project, []);
  await project.save("sql/one.sql", "select 2;\n");
  const { summary } = await gust.next("tests-started");
  assert.deepEqual(summary.reasons, [{ reason: { type: "rule", rule: "sql/**" }, tests: 1 }]);
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestCount"]);
  await gust.stop();
});

test("what is known of the tests is there for the next gust", async (t) => {
  const project = await createShop(t);
  const first = await startRecorded(project, watching);
  await first.stop();
  const gust = await Gust.start(project, { args: watching });
  await gust.next("live");
  await project.edit("store/store.go", "return 3", "return 4");
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestCount"]);
  await gust.stop();
});

test("a panic of a test is told with its place, and keys are words of their own", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  const wild = `package calc

import "testing"

func TestWild(t *testing.T) {
	var list []int
	_ = list[Add(1, 2)]
}
`;
  await project.save("calc/wild_test.go", wild);
  const { report } = await gust.next("tests-finished");
  const failure = report.results.find(({ name }) => name === "TestWild")?.failure;
  assert.deepEqual(failure?.place, { file: project.path("calc/wild_test.go"), line: 7 });
  assert.match(failure?.message ?? "", /index out of range/);
  await gust.stop();
});

test("a comment in go.mod is nothing to run tests for, now or with the next save", async (t) => {
  const project = await createShop(t);
  const gust = await startRecorded(project, watching);
  await project.edit("go.mod", "module shop", "// The shop.\nmodule shop");
  const nothing = await gust.next("nothing-to-do");
  assert.equal(nothing.reason, "only comments, formatting or order changed");
  await project.edit("calc/calc.go", "a + b", "b + a");
  assert.deepEqual(outcomes(await gust.next("tests-finished")), ["TestAdd"]);
  await gust.stop();
});
