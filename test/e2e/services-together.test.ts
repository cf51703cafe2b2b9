import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { isOpen } from "./census.ts";
import { Gust, runGust } from "./gust.ts";
import { type Files, Project } from "./project.ts";
import { answer, create, liveOf, own } from "./services-project.ts";

test("a port that was another service's in the run before is not held from it", async (t) => {
  const { project, ports } = await create(t);
  const before = await Gust.start(project);
  await liveOf(before, "worker");
  await before.stop();
  await project.edit("gust.toml", `port = ${ports.worker}`, "port = 1");
  await project.edit("gust.toml", `port = ${ports.api}`, `port = ${ports.worker}`);
  await project.edit("gust.toml", "port = 1", `port = ${ports.api}`);
  const gust = await Gust.start(project);
  await liveOf(gust, "api");
  await liveOf(gust, "worker");
  assert.equal(await answer(ports.worker), "api one");
  assert.equal(await answer(ports.api), "worker one");
  await gust.stop();
});

test("a service can be named by its package, and two cannot have one port", async (t) => {
  const { project, ports } = await create(t);
  const gust = await Gust.start(project, { args: ["./api"] });
  await liveOf(gust, "api");
  assert.equal(await isOpen(ports.worker), false);
  await gust.stop();
  await project.edit("gust.toml", `port = ${ports.api}`, `port = ${ports.worker}`);
  const both = await runGust(project, { json: false });
  assert.equal(both.code, 2);
  assert.match(both.stderr, /api and worker both have port \d+\n.*gust run NAME/);
});

test("a service that is added while gust runs, or needs another one, is not ignored in silence", async (t) => {
  const { project } = await create(t);
  const gust = await Gust.start(project);
  await liveOf(gust, "worker");
  const mark = gust.log.mark;
  await project.edit("gust.toml", 'depends_on = ["api"]', "");
  const needs = await gust.next("problem");
  assert.match(needs.failure.message, /change of depends_on of worker is not followed/);
  await gust.next("nothing-to-do", ({ service }) => service === "worker");
  const toml = await project.read("gust.toml");
  await project.save("gust.toml", `${toml}\n[[service]]\nname = "new"\npackage = "./api"\n`);
  const added = await gust.next("problem");
  assert.match(added.failure.message, /^new is not started/);
  assert.deepEqual(gust.log.since(mark, "build-started"), []);
  await gust.stop();
});

const cores = availableParallelism();

test(
  "what others need is built first from the start",
  { skip: cores > 8 ? "as many services as there are cores, and one more" : false },
  async (t) => {
    const names = Array.from({ length: cores + 1 }, (_, index) => `s${index}`);
    // The last of the file is the one that all others need.
    const tables = names.map(
      (name, index) =>
        `[[service]]\nname = "${name}"\ndir = "${name}"\npackage = "."\n` +
        (index === cores ? "" : `depends_on = ["s${index + 1}"]\n`),
    );
    const files: Files = {
      "go.mod": "module example.com/chain\n\ngo 1.21\n",
      "gust.toml": `[build]\npre_cmd = ["basename $PWD >> ../order"]\n${tables.join("")}`,
    };
    const programs = names.map((name) => [
      `${name}/main.go`,
      'package main\n\nimport "time"\n\nfunc main() { time.Sleep(time.Hour) }\n',
    ]);
    const all = { ...files, ...Object.fromEntries(programs) };
    const gust = await Gust.start(await Project.create(t, null, all));
    await liveOf(gust, "s0");
    const order = (await gust.project.read("order")).trim().split("\n");
    assert.equal(order.at(-1), "s0", order.join());
    await gust.stop();
  },
);

test("a keeper that is killed takes its own service alone", async (t) => {
  const { project, ports } = await create(t);
  await project.edit("gust.toml", 'depends_on = ["api"]', "");
  const gust = await Gust.start(project);
  const [api] = await Promise.all([liveOf(gust, "api"), liveOf(gust, "worker")]);
  process.kill(parentOf(api.pid), "SIGKILL");
  const lost = await gust.next("problem");
  assert.deepEqual([lost.failure.code, lost.service], ["KEEPER_LOST", "api"]);
  const mark = gust.log.mark;
  // Another import: the packages are asked for again.
  await project.save(
    "worker/own.go",
    'package main\n\nimport "strings"\n\nvar own = strings.ToUpper("on")\n',
  );
  await liveOf(gust, "worker");
  assert.equal(await answer(ports.worker), "worker oneON");
  assert.deepEqual(gust.log.since(mark, "graph-failed"), []);
  await gust.stop();
});

test("who asks while a service waits for one that is broken is told so, and does not wait for ever", async (t) => {
  const { project, ports } = await create(t, "", {
    "api/own.go": "package main\n\nconst own = 1 +\n",
  });
  const gust = await Gust.start(project);
  await gust.next("failed", ({ service }) => service === "api");
  if (gust.log.last("waiting") === undefined) await gust.next("waiting");
  const command = (...args: readonly string[]) =>
    runGust(project, { command: args[0] ?? "", args: args.slice(1), json: false });
  const all = await command("wait", "--timeout", "60s");
  assert.equal(all.code, 1, all.stderr);
  assert.match(all.stdout, /^api │ #1 is not live: /m);
  assert.match(all.stdout, /^worker │ #1 is not live: it waits for api, which is not live$/m);
  const one = await command("wait", "--program", "worker", "--timeout", "60s");
  assert.deepEqual(
    [one.code, one.stdout],
    [1, "#1 is not live: it waits for api, which is not live\n"],
  );
  const status = await command("status", "--program", "worker");
  assert.match(status.stdout, /^now +waits for api$/m);
  await project.save("api/own.go", own(" is well"));
  const well = await command("wait", "--timeout", "60s");
  assert.equal(well.code, 0, well.stdout);
  assert.equal(await answer(ports.worker), "worker one");
  await gust.stop();
});

function parentOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "ppid=", "-p", `${pid}`], { encoding: "utf8" }));
}
