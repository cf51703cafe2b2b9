import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { test } from "node:test";
import { runGust } from "./gust.ts";
import { commit, git, listed, once } from "./tests-kit.ts";
import { createShop } from "./tested.ts";

test("gust test --changed compares whole work trees, also before the first commit", async (t) => {
  const project = await createShop(t);
  git(project, "init", "-q", "-b", "main");
  const fresh = await listed(project, "--changed");
  assert.ok(fresh.includes("shop/calc TestAdd") && fresh.includes("shop/user TestGreet"));
  assert.equal((await once(project, "--changed=main")).code, 2);
  commit(project);
  await project.edit("calc/calc.go", "a + b", "b + a");
  // With it git names files relative to the directory, and leaves out those above it.
  git(project, "config", "diff.relative", "true");
  assert.deepEqual(await listed(project, "--root", "user", "--changed"), ["shop/calc TestAdd"]);
  git(project, "checkout", "-q", "--detach");
  assert.deepEqual(await listed(project, "--changed"), ["shop/calc TestAdd"]);
});

test("the environment of CI is no obstacle to tests, and env files tell no secrets", async (t) => {
  const project = await createShop(t);
  await project.save(".env", "API_TOKEN=hunter22\n");
  await project.save(
    "calc/env_test.go",
    'package calc\n\nimport ("os"; "testing")\n\nfunc TestEnv(t *testing.T) { t.Error("token: " + os.Getenv("API_TOKEN")) }\n',
  );
  const env = { NODE_ENV: "test", APP_ENV: "", CI: "true", FORCE_COLOR: "1" };
  const gust = await runGust(project, { command: "test", args: ["./calc"], env });
  assert.equal(gust.code, 1, gust.stderr);
  const [finished] = gust.log.since(0, "tests-finished");
  const failure = finished?.report.results.find(({ name }) => name === "TestEnv")?.failure;
  assert.equal(failure?.message, "token: ***");
  assert.doesNotMatch(JSON.stringify(gust.log.all), /hunter22/);
  // What is read by a file or a program has no colours, whatever a CI asks its own tools for.
  const plain = await runGust(project, { command: "test", args: ["./calc"], env, json: false });
  assert.match(plain.stderr, /^ +FAIL TestEnv /m);
  const odd = await once(project, "--env", "test", "./calc");
  assert.equal(odd.code, 2);
  assert.match(odd.stderr, /--env must be one of dev, staging, prod/);
});

test("a test that hangs, or ends its process, is named", async (t) => {
  const project = await createShop(t);
  await project.save(
    "calc/end_test.go",
    'package calc\n\nimport ("os"; "testing")\n\nfunc TestExit(t *testing.T) { os.Exit(3) }\n',
  );
  const ended = await once(project, "./calc");
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /FAIL TestExit .*\n +the process ended while this test ran/);
  await project.save(
    "calc/end_test.go",
    'package calc\n\nimport "testing"\n\nfunc TestHang(t *testing.T) { select {} }\n',
  );
  const hung = await once(project, "--test.timeout", "1s", "./calc");
  assert.equal(hung.code, 1);
  assert.match(hung.stderr, /FAIL TestHang .*\n +panic: test timed out after 1s/);
  await project.save(
    "calc/end_test.go",
    'package calc\n\nimport ("os"; "testing")\n\nfunc TestMain(m *testing.M) { os.Exit(4) }\n',
  );
  const main = await once(project, "./calc");
  assert.equal(main.code, 1);
  assert.match(main.stderr, /1 package could not be tested/);
});

test("a deleted package that others import is a reason to run their tests", async (t) => {
  const project = await createShop(t);
  commit(project);
  await project.remove("store/store.go");
  await project.remove("store/store_test.go");
  const bad = await once(project, "--changed");
  assert.equal(bad.code, 1, bad.stderr);
  assert.match(bad.stderr, /FAIL shop\/user\n/);
});

test("hooks are written where git runs them, all or none", async (t) => {
  const project = await createShop(t);
  commit(project);
  const hooks = async (): Promise<readonly [number | null, string]> => {
    const gust = await runGust(project, { command: "hooks", args: ["install"], json: false });
    return [gust.code, gust.stderr];
  };
  git(project, "config", "core.hooksPath", "");
  const [code, said] = await hooks();
  assert.equal(code, 1);
  assert.match(said, /core\.hooksPath is set and empty/);
  assert.equal(existsSync(project.path("pre-push")), false);
  git(project, "config", "--unset", "core.hooksPath");
  await mkdir(project.path(".git/hooks"), { recursive: true });
  await symlink("nowhere/pre-push", project.path(".git/hooks/pre-push"));
  const [linked, why] = await hooks();
  assert.equal(linked, 1);
  assert.match(why, /pre-push is not gust's, and stays as it is; nothing was written/);
  assert.equal(existsSync(project.path(".git/hooks/post-checkout")), false);
});
