import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Gust, type GustOptions, runGust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

/** Runs `gust status` and the like beside a running gust. */
async function command(
  gust: Gust,
  args: readonly string[],
  options: GustOptions = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const { code, stdout, stderr } = await runGust(gust.project, { args, json: false, ...options });
  return { code, stdout, stderr };
}

test("gust status tells what serves, and with its exit code whether that is the newest save", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  const good = await command(gust, ["status"]);
  assert.equal(good.code, 0);
  assert.match(good.stdout, new RegExp(`#1, pid ${first.pid}, tcp 127\\.0\\.0\\.1:${gust.port}`));
  await project.save("answer.go", "package main\n");
  await gust.next("failed");
  const red = await command(gust, ["status", "--json"], { cwd: project.place });
  assert.equal(red.code, 1);
  const { state } = JSON.parse(red.stdout);
  assert.deepEqual([state.live, state.failed, state.serving.pid], [false, 2, first.pid]);
  await gust.stop();
});

test("gust wait returns when the newest save is live or has failed", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  // Saved just before it is asked: gust may not know of it yet, and must not say that all is well.
  await project.save("answer.go", answerFile("two"));
  const live = await command(gust, ["wait"]);
  assert.equal(live.code, 0, live.stderr);
  assert.equal(await gust.get(), "two");
  await project.save("answer.go", "package main\n");
  const failed = await command(gust, ["wait", "--timeout", "60s"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /not live: .*1 error in main\.go/);
  await project.save(
    "hooks.go",
    hooksFile({ imports: ["time"], atStart: "for { time.Sleep(time.Hour) }" }),
  );
  await project.save("answer.go", answerFile("three"));
  const late = await command(gust, ["wait", "--timeout", "300ms"]);
  assert.equal(late.code, 3);
  await gust.stop();
});

test("gust swap and gust rollback change what serves", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal((await command(gust, ["rollback"])).code, 0);
  const back = await gust.next("rolled-back");
  assert.deepEqual([back.from, back.to, back.why], [2, 1, "requested"]);
  assert.equal(await gust.get(), "one");
  assert.equal((await command(gust, ["rollback", "#2"])).code, 0);
  await gust.next("rolled-back");
  assert.equal(await gust.get(), "two");
  const none = await command(gust, ["rollback", "7"]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /7.*\n.*#2/);
  assert.equal((await command(gust, ["swap"])).code, 0);
  const live = await gust.next("live");
  assert.deepEqual(live.cause, { type: "request", origin: "control" });
  assert.equal(await gust.get(), "two");
  await gust.stop();
});

test("a rollback is only for now: the next save is live again", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  await command(gust, ["rollback"]);
  await gust.next("rolled-back");
  await gust.saveAndLive("answer.go", answerFile("three"));
  assert.equal(await gust.get(), "three");
  await gust.stop();
});

test("where no gust runs, or runs no more, the commands exit with 2", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.stop();
  for (const args of [["status"], ["wait"], ["swap"], ["rollback"]]) {
    const { code, stderr } = await command(gust, args);
    assert.equal(code, 2, args.join());
    assert.match(stderr, /no gust runs/);
  }
  const killed = await Gust.start(project);
  await killed.next("live");
  killed.kill("SIGKILL");
  await killed.exited;
  assert.equal((await command(killed, ["status"])).code, 2);
  await killed.allGone();
});

test("of two programs of a project the one that is named is asked", async (t) => {
  const project = await Project.create(t, "two");
  const a = await Gust.start(project, { args: ["./cmd/a"] });
  const b = await Gust.start(project, { args: ["./cmd/b"] });
  await a.next("live");
  const { pid } = await b.next("live");
  const both = await command(a, ["status"]);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /cmd\/a.*\n.*cmd\/b/);
  for (const name of ["./cmd/b", "cmd/b", String(b.pid)]) {
    const one = await command(a, ["status", "--program", name]);
    assert.equal(one.code, 0, one.stderr);
    assert.match(one.stdout, new RegExp(`pid ${pid}\\b`));
  }
  a.kill("SIGKILL");
  await a.exited;
  const left = await command(b, ["status"]);
  assert.equal(left.code, 0, left.stderr);
  await a.allGone();
  await b.finish();
});

test("the control socket is for its user alone", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const dir = join(project.place, "run", "gust");
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  const [socket = "none"] = readdirSync(dir);
  assert.equal(statSync(join(dir, socket)).mode & 0o777, 0o600);
  await gust.stop();
});

test("gust bug writes a journal that can be replayed", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  const written = await command(gust, ["bug"]);
  assert.equal(written.code, 0, written.stderr);
  const again = await command(gust, ["bug", "--replay", "gust-journal.jsonl"]);
  assert.equal(again.code, 0, again.stdout);
  await gust.stop();
});
