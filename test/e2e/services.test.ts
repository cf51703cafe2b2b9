import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { freePort, isOpen } from "./census.ts";
import { Gust, type GustOptions, runGust } from "./gust.ts";
import { Project } from "./project.ts";
import { answer, create, liveOf, own, word } from "./services-project.ts";

async function command(gust: Gust, args: readonly string[], options: GustOptions = {}) {
  return runGust(gust.project, { args, json: false, ...options });
}

test("the output of each service is kept for itself", async (t) => {
  const { project } = await create(t, "[log]\ncontext = true\n", {
    "api/own.go": logging("from the api"),
    "worker/own.go": logging("from the worker"),
  });
  const gust = await Gust.start(project);
  const api = await liveOf(gust, "api");
  const worker = await liveOf(gust, "worker");
  await gust.stop();
  assert.equal(api.context?.origPid, api.pid);
  for (const [name, { pid }] of [
    ["api", api],
    ["worker", worker],
  ] as const) {
    const { stdout } = await command(gust, ["--program", name], { command: "logs" });
    assert.match(stdout, new RegExp(`^#1 .* from the ${name} orig_pid=${pid} reload_cnt=0$`, "m"));
  }
  const several = await command(gust, [], { command: "logs" });
  assert.equal(several.code, 2);
  assert.match(several.stderr, /several programs.*\n {2}api\n {2}worker\n/);
});

const logging = (text: string): string =>
  `package main\n\nimport "log"\n\nconst own = "one"\n\nfunc init() { log.Print("${text}") }\n`;

test("a change is live in exactly the services that import it, in the order of their needs", async (t) => {
  const { project, ports } = await create(t);
  const gust = await Gust.start(project);
  await liveOf(gust, "api");
  await liveOf(gust, "worker");
  assert.equal(await answer(ports.api), "api one");
  assert.equal(await answer(ports.worker), "worker one");
  await gust.printed(/listens with debug \[-v\]/);
  await project.save("shared/word.go", word("two"));
  await liveOf(gust, "api");
  // The api was live first, so that its event lies behind.
  await liveOf(gust, "worker");
  assert.equal(await answer(ports.api), "api two");
  assert.equal(await answer(ports.worker), "worker two");
  const before = gust.log.mark;
  await project.save("worker/own.go", own("!"));
  await liveOf(gust, "worker");
  assert.equal(await answer(ports.worker), "worker two!");
  const builds = gust.log.since(before, "build-started");
  assert.deepEqual(
    builds.map((event) => event.service),
    ["worker"],
  );
  await gust.stop();
});

test("a service that does not build leaves the others alone, and each can be asked", async (t) => {
  const { project, ports } = await create(t);
  const gust = await Gust.start(project);
  await liveOf(gust, "worker");
  await project.save("api/own.go", "package main\n\nconst own = 1 +\n");
  await gust.next("failed");
  const status = await command(gust, ["status"]);
  assert.equal(status.code, 1);
  assert.match(status.stdout, /^api │ newest +#2, not live: /m);
  assert.match(status.stdout, /^worker │ newest +#1, live$/m);
  assert.equal((await command(gust, ["status", "--program", "worker"])).code, 0);
  const wait = await command(gust, ["wait"]);
  assert.equal(wait.code, 1);
  assert.match(wait.stdout, /^api │ #2 is not live/m);
  // The last good version of the api is all that the worker needs.
  await project.save("worker/own.go", own(" on"));
  await liveOf(gust, "worker");
  assert.equal(await answer(ports.worker), "worker one on");
  assert.equal((await command(gust, ["rollback"])).code, 2);
  assert.equal((await command(gust, ["rollback", "--program", "worker"])).code, 0);
  await gust.next("rolled-back");
  assert.equal(await answer(ports.worker), "worker one");
  await project.save("api/own.go", own(" is well"));
  await liveOf(gust, "api");
  const mark = gust.log.mark;
  assert.equal((await command(gust, ["swap"])).code, 0);
  await liveOf(gust, "api");
  const swapped = gust.log.since(mark, "build-started");
  assert.equal(swapped.length, 2);
  await liveOf(gust, "worker");
  await gust.stop();
});

test("what a service needs is ready first: a command, too, that says when", async (t) => {
  const { project, ports } = await create(
    t,
    `depends_on = ["db", "migration"]
[[process]]
name = "db"
cmd = "while [ ! -e go ]; do sleep 0.05; done; echo accepts connections; exec sleep 1000"
ready_log = "accepts"
[[process]]
name = "migration"
cmd = "echo migrated > done"
depends_on = ["db"]
`,
  );
  const gust = await Gust.start(project);
  const waiting = await gust.next("waiting", (event) => event.service === "api");
  assert.deepEqual(waiting.for, ["db", "migration"]);
  assert.equal(await isOpen(ports.api), false);
  assert.equal(existsSync(project.path("done")), false);
  await project.save("go", "");
  await liveOf(gust, "db");
  assert.equal((await gust.next("finished")).service, "migration");
  const live = await liveOf(gust, "api");
  assert.ok(
    live.phases.some(({ name }) => name.startsWith("wait for")),
    JSON.stringify(live),
  );
  assert.equal(existsSync(project.path("done")), true);
  await liveOf(gust, "worker");
  await gust.stop();
});

test("a command that crashes is started again, and one that should not be is not", async (t) => {
  const project = await Project.create(t, "two", {
    "gust.toml": `
package = "./cmd/a"
[run]
restart = "never"
[[process]]
name = "flaky"
cmd = "echo run >> runs; [ $(wc -l < runs) -ge 3 ] || exit 1; echo stays; exec sleep 1000"
restart_delay = "10ms"
ready_log = "stays"
[[process]]
name = "once"
cmd = "echo only >> once; exit 3"
restart = "never"
`,
  });
  const gust = await Gust.start(project);
  await liveOf(gust, "flaky");
  assert.equal((await project.read("runs")).trim().split("\n").length, 3);
  // It was started at the same time as the other one, but nothing says which is faster.
  const crashed = gust.log.since(0, "crashed").some(({ service }) => service === "once");
  if (!crashed) await gust.next("crashed", ({ service }) => service === "once");
  assert.equal((await project.read("once")).trim(), "only");
  // The program of a project without services is one of them.
  await gust.answersNow("a shared");
  await gust.stop();
});

test("gust run NAME runs what is named and what it needs, and knows wrong names", async (t) => {
  const { project, ports } = await create(t);
  const api = await Gust.start(project, { args: ["run", "api"].slice(1) });
  await liveOf(api, "api");
  assert.equal(await isOpen(ports.worker), false);
  await api.stop();
  const both = await Gust.start(project, { args: ["worker"] });
  await liveOf(both, "worker");
  assert.equal(await answer(ports.api), "api one");
  await both.stop();
  const wrong = await runGust(project, { args: ["wroker"], json: false });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /no service "wroker"\n.*did you mean worker\?/);
});

test("a template under a service's package restarts that one alone, any other restarts all", async (t) => {
  const files = { "api/page.html": "<p>one", "pages/all.html": "<p>all" };
  const { project } = await create(t, "", files);
  const gust = await Gust.start(project);
  await liveOf(gust, "worker");
  const mark = gust.log.mark;
  await project.save("api/page.html", "<p>two");
  await liveOf(gust, "api");
  await project.save("pages/all.html", "<p>two");
  await liveOf(gust, "worker");
  const lives = gust.log.since(mark, "live");
  const names = lives.map((event) => event.service);
  assert.equal(names.filter((name) => name === "worker").length, 1, names.join());
  await gust.stop();
});

test("a rule runs once for all services", async (t) => {
  const { project, ports } = await create(
    t,
    `[[rule]]
name = "words"
cmd = 'echo run >> runs; printf "package shared\\n\\nconst Word = \\"%s\\"\\n" $(cat word.txt) > shared/word.go'
inputs = ["word.txt"]
outputs = ["shared/word.go"]
`,
    { "word.txt": "one" },
  );
  const gust = await Gust.start(project);
  await liveOf(gust, "worker");
  await project.save("word.txt", "made");
  await liveOf(gust, "worker");
  assert.equal(await answer(ports.api), "api made");
  assert.equal(await answer(ports.worker), "worker made");
  assert.equal((await project.read("runs")).trim(), "run");
  await gust.stop();
});

test("a changed configuration is heeded by the service that it is about, and no other", async (t) => {
  const { project } = await create(t);
  const gust = await Gust.start(project);
  await liveOf(gust, "worker");
  const mark = gust.log.mark;
  const lives = (): unknown[] => gust.log.since(mark, "live").map(({ service }) => service);
  await project.edit("gust.toml", 'LEVEL = "debug"', 'LEVEL = "warn"');
  const nothing = await gust.next("nothing-to-do");
  assert.deepEqual(
    [nothing.service, nothing.reason],
    ["worker", "the configuration means the same"],
  );
  await gust.printed(/listens with warn \[-v\]/);
  // It prints that before it listens: a save now could take its place before it is live.
  if (!lives().includes("api")) await liveOf(gust, "api");
  await project.save("shared/word.go", word("later"));
  await liveOf(gust, "worker");
  assert.equal(lives().filter((name) => name === "worker").length, 1, lives().join());
  assert.equal(lives().length, 3);
  await project.edit("gust.toml", 'name = "api"', 'name = "other"');
  const rejected = await gust.next("config-rejected");
  assert.match(rejected.failure.message, /no service or process "api"/);
  await gust.stop();
});

test("for a person every line begins with the name of its service", async (t) => {
  const { project } = await create(t);
  const gust = await Gust.start(project, { json: false });
  await gust.shows(/^worker │ #1 live in .*http:\/\/127/m);
  await project.save("shared/word.go", word("two"));
  await gust.shows(/^worker │ #2 live in .*shared\/word\.go ~ const Word/m);
  await gust.stop();
  // What a program prints has a way of its own to gust.
  assert.match(gust.stdout, /^api {4}│ listens with debug \[-v\]$/m);
  assert.match(gust.stderr, /^api {4}│ stopping #2/m);
});

test("a gust that is killed leaves none of its services", async (t) => {
  const { project, ports } = await create(t, '[[process]]\nname = "x"\ncmd = "sleep 1000"\n');
  const gust = await Gust.start(project);
  await liveOf(gust, "worker");
  gust.kill("SIGKILL");
  await gust.exited;
  await gust.allGone(ports.api, ports.worker);
});

test("one program can be two services, and one that runs elsewhere ends them all", async (t) => {
  const again = await freePort();
  const { project } = await create(
    t,
    `[[service]]\nname = "second"\npackage = "./api"\nport = ${again}\n`,
  );
  const gust = await Gust.start(project);
  await liveOf(gust, "second");
  assert.equal(await answer(again), "api one");
  const beside = await runGust(project, { args: ["worker"], json: false });
  assert.equal(beside.code, 1);
  assert.match(beside.stderr, /runs this program already/);
  assert.equal(await answer(again), "api one");
  await gust.stop();
});
