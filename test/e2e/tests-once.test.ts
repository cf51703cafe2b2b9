import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { isAlive } from "./census.ts";
import { Gust, runGust } from "./gust.ts";
import type { Project } from "./project.ts";
import { commit, git, listed, once, who } from "./tests-kit.ts";
import { createShop, shop, startRecorded, watching } from "./tested.ts";

test("gust test runs everything once, and its exit code says whether all passed", async (t) => {
  const project = await createShop(t);
  const good = await once(project);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stderr, /all 8 tests: asked for\n8 tests passed in /);
  await project.edit("user/user.go", '"bye "', '"ciao "');
  const bad = await once(project, "--junit", "report.xml");
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /2 tests failed, 6 passed/);
  const xml = readFileSync(project.path("report.xml"), "utf8");
  assert.match(
    xml,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="9" failures="2" /,
  );
  assert.match(
    xml,
    /<testcase classname="shop\/user" name="TestFarewell" time="\d+\.\d{3}">\n +<failure message="got &quot;ciao Ann&quot;, want &quot;bye Ann&quot; \(.*user_test\.go:18\)">/,
  );
});

test("gust test --changed runs what differs from a revision, with exit code, JSON and JUnit", async (t) => {
  const project = await createShop(t);
  commit(project);
  const none = await once(project, "--changed");
  assert.deepEqual([none.code, none.stderr], [0, "no test is affected\n"]);
  await project.edit("calc/calc.go", "a + b", "b + a");
  await project.save(
    "calc/more_test.go",
    'package calc\n\nimport "testing"\n\nfunc TestMore(t *testing.T) {}\n',
  );
  assert.deepEqual(await listed(project, "--changed"), ["shop/calc TestAdd", "shop/calc TestMore"]);
  commit(project);
  assert.deepEqual(await listed(project, "--changed"), []);
  assert.deepEqual(await listed(project, "--changed=HEAD~1"), [
    "shop/calc TestAdd",
    "shop/calc TestMore",
  ]);
  await project.edit("calc/calc.go", "b + a", "b - a");
  const gust = await runGust(project, { command: "test", args: ["--changed=HEAD~1"] });
  assert.equal(gust.code, 1);
  const finished = gust.log.since(0, "tests-finished")[0];
  assert.deepEqual([finished?.report.passed, finished?.report.failed], [1, 1]);
  // What git does not follow any more belongs to the difference as well.
  await project.remove("calc/more_test.go");
  await project.edit("calc/calc.go", "b - a", "b + a");
  assert.deepEqual(await listed(project, "--changed"), ["shop/calc TestAdd"]);
  await project.save("user/testdata/names.txt", "Bob\n");
  const data = await listed(project, "--changed");
  assert.ok(data.includes("shop/user TestData"), String(data));
});

test("gust test --changed makes use of what is known of the tests", async (t) => {
  const project = await createShop(t);
  commit(project);
  const gust = await startRecorded(project, watching);
  await gust.stop();
  await project.edit("store/store.go", "return 3", "return 4");
  assert.deepEqual(await listed(project, "--changed"), ["shop/store TestCount"]);
  commit(project);
  assert.deepEqual(await listed(project, "--changed=HEAD~1"), ["shop/store TestCount"]);
  // A rule of the user's.
  await project.save("sql/one.sql", "select 1;\n");
  assert.deepEqual(await listed(project, "--changed", "--test.rules", "sql/**=^TestAdd$"), [
    "shop/calc TestAdd",
  ]);
});

test("the coverage that is asked for counts for gust test --changed too", async (t) => {
  const project = await createShop(t);
  commit(project);
  await project.edit(
    "calc/calc.go",
    "func Add",
    "func Sub(a, b int) int { return a - b }\n\nfunc Add",
  );
  const low = await once(project, "--changed", "--test.coverage=60");
  assert.equal(low.code, 1);
  assert.match(low.stderr, /error: less than 60% of the statements[^\n]*\n +shop\/calc: 50\.0%/);
  const enough = await once(project, "--changed", "--test.coverage=50");
  assert.equal(enough.code, 0, enough.stderr);
});

test("packages can be named, also in a module without a program", async (t) => {
  const project = await createShop(t);
  await project.remove("main.go");
  assert.deepEqual(await listed(project, "./calc"), ["shop/calc TestAdd"]);
  const all = await once(project);
  assert.equal(all.code, 0, all.stderr);
});

test("wrong use of gust test says what is wrong, and ends with 2", async (t) => {
  const project = await createShop(t);
  const check = async (args: readonly string[], expected: RegExp): Promise<void> => {
    const { code, stderr } = await once(project, ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, expected);
  };
  await check(["--changed"], /error: this is no git work tree\n +hint: /);
  commit(project);
  await check(["--changed=nowhere"], /error: git knows no revision nowhere/);
  await check(["--changed=--output=x"], /error: git knows no revision --output=x/);
  await check(
    ["--changed", "main"],
    /main is no path of a package\n +hint: gust test --changed=main/,
  );
  await check(["--chnaged"], /unknown option '--chnaged'/);
  await check(["--test.mode=wach"], /--test\.mode must be one of "off", "watch", "gate"/);
  await check(["--junit", "no/such/dir/x.xml", "./calc"], /cannot write .*x\.xml/);
  await project.save("go.mod", "module\n");
  await check([], /go\.mod/);
});

test("what does not build is told, and fails", async (t) => {
  const project = await createShop(t);
  await project.edit("store/store.go", "return 3", "return x");
  const { code, stderr } = await once(project);
  assert.equal(code, 1);
  assert.match(stderr, /2 packages could not be tested/);
  assert.match(stderr, /store\.go:5:27: undefined: x/);
});

/** A test that reads a file, says so, and ends when it is told to. */
const reading = `package calc

import (
	"os"
	"testing"
	"time"
)

func TestReading(t *testing.T) {
	text, _ := os.ReadFile("testdata/state.txt")
	begun, on := os.Getenv("BEGUN"), os.Getenv("GO_ON")
	if begun != "" {
		os.WriteFile(begun, nil, 0o644)
		for {
			if _, err := os.Stat(on); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	if string(text) != "good" {
		t.Fatalf("got %s, want good", text)
	}
}
`;

/**
 * Begins to test by a command, edits the file that the test has read, and lets it end. The edit has the
 * time of one that is a while ago, as after a test of some seconds.
 */
async function editMeanwhile(project: Project, command: readonly string[]): Promise<string> {
  const [begun, goOn] = [project.path("../begun"), project.path("../go-on")];
  const [program = "", ...args] = command;
  const env = { ...process.env, ...goEnv, BEGUN: begun, GO_ON: goOn };
  const child = spawn(program, args, { cwd: project.root, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  const ended = new Promise((resolve) => child.once("close", resolve));
  for (const deadline = Date.now() + 60_000; !existsSync(begun);) {
    assert.ok(Date.now() < deadline && child.exitCode === null, `the test did not begin: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const file = project.path("calc/testdata/state.txt");
  writeFileSync(file, "bad");
  const past = new Date(Date.now() - 60_000);
  utimesSync(file, past, past);
  writeFileSync(goOn, "");
  await ended;
  return said;
}

const goEnv = { GOFLAGS: "", GOPROXY: "off", CGO_ENABLED: "0" };

const known = (project: Project): NodeJS.ProcessEnv => ({
  ...process.env,
  ...goEnv,
  BEGUN: project.path("../begun"),
  GO_ON: project.path("../go-on"),
});

const goTest = (project: Project): string => {
  try {
    const options = { cwd: project.root, env: known(project), encoding: "utf8" as const };
    return execFileSync("go", ["test", "./calc"], { ...options, stdio: "pipe" });
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
};

test("an edit while tests run leaves no ok in the cache of go test, and does not count", async (t) => {
  const files = { "calc/reading_test.go": reading, "calc/testdata/state.txt": "good" };
  // The go command itself notes the file as it is at the end, though the test has read another one.
  const plain = await createShop(t, files);
  assert.match(await editMeanwhile(plain, ["go", "test", "./calc"]), /^ok/m);
  const stale = goTest(plain);
  t.diagnostic(`go test after an edit while it ran says: ${stale.trim()}`);
  const project = await createShop(t, files);
  const said = await editMeanwhile(project, [
    process.execPath,
    resolve("bin/gust"),
    "test",
    "./calc",
  ]);
  assert.match(said, /files changed while they ran/);
  assert.match(said, /error: files changed while the tests ran, so that they have proved nothing/);
  assert.doesNotMatch(goTest(project), /\(cached\)/);
  assert.match(goTest(project), /got bad, want good/);
});

test("Ctrl-C ends the tests with their children", async (t) => {
  const project = await createShop(t, {
    "calc/slow_test.go": `package calc

import (
	"os"
	"os/exec"
	"testing"
)

func TestSlow(t *testing.T) {
	command := exec.Command("sleep", "3600")
	command.Start()
	os.WriteFile(os.Getenv("BEGUN"), nil, 0o644)
	command.Wait()
}
`,
  });
  const begun = project.path("../begun");
  const gust = await Gust.start(project, { command: "test", json: false, env: { BEGUN: begun } });
  for (const deadline = Date.now() + 60_000; !existsSync(begun);) {
    assert.ok(Date.now() < deadline, "the test did not begin");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const sleeping = [...gust.processes()].filter(([, line]) => line.startsWith("sleep 3600"));
  assert.equal(sleeping.length, 1);
  gust.kill("SIGINT");
  const { code } = await gust.exited;
  assert.equal(code, 130);
  for (const [pid] of sleeping) assert.equal(isAlive(pid), false, "a child of the test lives on");
});

test("hooks run the affected tests before a push and after a checkout, and can be taken out", async (t) => {
  const project = await createShop(t);
  commit(project);
  const hooks = (action: string, cwd = project.root): Promise<Gust & { code: number | null }> =>
    runGust(project, { command: "hooks", args: [action], json: false, cwd, env: who });
  git(project, "init", "-q", "--bare", project.path("../far.git"));
  git(project, "remote", "add", "far", project.path("../far.git"));
  const installed = await hooks("install");
  assert.equal(installed.code, 0, installed.stderr);
  const push = (branch = "main"): { code: number; said: string } => {
    try {
      execFileSync("git", ["push", "-q", "far", branch], {
        cwd: project.root,
        encoding: "utf8",
        stdio: "pipe",
        env: { ...process.env, ...who, ...goEnv, GUST_CACHE_DIR: resolve("build/e2e-cache") },
      });
      return { code: 0, said: "" };
    } catch (error) {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
      return { code: 1, said };
    }
  };
  assert.deepEqual(push(), { code: 0, said: "" });
  await project.edit("calc/calc.go", "a + b", "a - b");
  commit(project);
  const refused = push();
  assert.equal(refused.code, 1);
  assert.match(refused.said, /1 of 8 tests: .*\n1 test failed/);
  git(project, "branch", "bad");
  await project.edit("calc/calc.go", "a - b", "b + a");
  commit(project);
  assert.equal(push().code, 0);
  // A checkout tells, and is done all the same; the file is another one in between.
  const told = execFileSync("sh", ["-c", "git checkout -q bad 2>&1"], {
    cwd: project.root,
    encoding: "utf8",
    env: { ...process.env, ...who, ...goEnv, GUST_CACHE_DIR: resolve("build/e2e-cache") },
  });
  assert.match(told, /1 of 8 tests: .*\n1 test failed/);
  // Twice is as once, and nothing but our own block goes.
  const hook = project.path(".git/hooks/pre-push");
  const text = readFileSync(hook, "utf8");
  assert.equal((await hooks("install")).code, 0);
  assert.equal(readFileSync(hook, "utf8"), text);
  writeFileSync(hook, `${text}echo mine\n`);
  const removed = await hooks("remove");
  assert.equal(removed.code, 0);
  assert.equal(readFileSync(hook, "utf8"), "#!/bin/sh\necho mine\n");
  assert.equal(existsSync(project.path(".git/hooks/post-checkout")), false);
});

test("hooks of somebody else are not touched, in any work tree", async (t) => {
  const project = await createShop(t);
  commit(project);
  const hooks = (action: string, cwd = project.root): Promise<Gust & { code: number | null }> =>
    runGust(project, { command: "hooks", args: [action], json: false, cwd, env: who });
  const foreign = project.path(".git/hooks/pre-push");
  const theirs = "#!/bin/sh\nexit 0\n";
  writeFileSync(foreign, theirs, { mode: 0o755 });
  const refused = await hooks("install");
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /pre-push is not gust's, and stays as it is; nothing was written\n +hint: /,
  );
  assert.equal(readFileSync(foreign, "utf8"), theirs);
  assert.equal(existsSync(project.path(".git/hooks/post-checkout")), false);
  const nothing = await hooks("remove");
  assert.deepEqual([nothing.code, readFileSync(foreign, "utf8")], [0, theirs]);
  await project.remove(".git/hooks/pre-push");
  git(project, "config", "core.hooksPath", ".husky");
  const husky = await hooks("install");
  assert.equal(husky.code, 1);
  assert.match(husky.stderr, /core\.hooksPath is \.husky/);
  git(project, "config", "--unset", "core.hooksPath");
  // From a linked work tree: the hooks are those of all.
  git(project, "worktree", "add", "-q", project.path("../linked"));
  const linked = await hooks("install", project.path("../linked"));
  assert.equal(linked.code, 0, linked.stderr);
  assert.equal(existsSync(foreign), true);
  assert.equal((await hooks("remove")).code, 0);
  assert.equal(existsSync(foreign), false);
  assert.equal((await hooks("instal")).code, 2);
  const outside = await hooks("install", project.place);
  assert.equal(outside.code, 2);
  assert.match(outside.stderr, /is in no git work tree/);
  assert.ok(shop["go.mod"]);
});
