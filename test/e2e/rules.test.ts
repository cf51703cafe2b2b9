import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

/** Makes answer.go from answer.txt, and notes each of its runs. */
const generate = `echo run >> ../runs
word=$(cat answer.txt)
[ "$word" != wrong ] || { echo "answer.txt:1: no such word" >&2; exit 3; }
printf 'package main\\n\\nfunc answer() string { return "%s" }\\n' "$word" > answer.go
`;

const rule = (more = ""): string => `[[rule]]
name = "answer"
cmd = "sh generate.sh"
inputs = ["*.txt"]
${more}`;

async function generated(t: Parameters<typeof Project.create>[0], toml: string): Promise<Project> {
  return Project.create(t, "service", {
    "generate.sh": generate,
    "answer.txt": "one",
    "gust.toml": toml,
  });
}

test("a rule runs before the build when its input changed, and leads to one build", async (t) => {
  const project = await generated(t, rule());
  const gust = await Gust.start(project);
  await gust.next("live");
  const mark = gust.log.mark;
  const live = await gust.saveAndLive("answer.txt", "two");
  assert.equal(await gust.get(), "two");
  assert.equal(live.generation, 2);
  // What the rule wrote is known: a change of the same file by hand is the next thing to do.
  const next = await gust.saveAndLive("answer.go", answerFile("by hand"));
  assert.equal(next.generation, 3);
  assert.equal(await gust.get(), "by hand");
  assert.equal(gust.log.since(mark, "rule-started").length, 1);
  assert.equal(gust.log.since(mark, "build-started").length, 2);
  assert.deepEqual(gust.log.since(mark, "build-cancelled"), []);
  assert.equal(await project.read("../runs"), "run\n");
  await gust.stop();
});

test("a rule may run before the first build", async (t) => {
  const project = await generated(t, rule("run_at_start = true"));
  await project.remove("answer.go");
  const gust = await Gust.start(project);
  await gust.next("rule-finished", ({ rule }) => rule === "answer");
  const live = await gust.next("live");
  assert.equal(live.generation, 1);
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("a rule that fails leaves the running version, and says what it printed", async (t) => {
  const project = await generated(t, rule());
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("answer.txt", "wrong");
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "RULE_FAILED");
  assert.match(JSON.stringify(failed.failure), /no such word/);
  assert.equal(failed.serving, 1);
  assert.equal(await gust.get(), "one");
  await gust.saveAndLive("answer.txt", "right");
  assert.equal(await gust.get(), "right");
  await gust.stop();
});

test("several rules run in their order, and lead to one build", async (t) => {
  const project = await Project.create(t, "service", {
    "source.txt": "one",
    "gust.toml": `[[rule]]
name = "first"
cmd = "sed s/^/first-/ source.txt > middle.txt"
inputs = ["source.txt"]

[[rule]]
name = "second"
cmd = '''printf 'package main\\n\\nfunc answer() string { return "second-%s" }\\n' $(cat middle.txt) > answer.go'''
inputs = ["source.txt", "middle.txt"]
`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const mark = gust.log.mark;
  const live = await gust.saveAndLive("source.txt", "two");
  assert.equal(await gust.get(), "second-first-two");
  const state = await gust.next("state", ({ live, activity }) => live && activity === "idle");
  assert.equal(state.newest, live.generation);
  assert.equal(gust.log.since(mark, "build-started").length, 1);
  await gust.stop();
});

test("a rule whose output is the input of another one leads to that one as well", async (t) => {
  const project = await Project.create(t, "service", {
    "source.a": "one",
    "gust.toml": `[[rule]]
name = "a"
cmd = "cp source.a source.b"
inputs = ["source.a"]

[[rule]]
name = "b"
cmd = '''printf 'package main\\n\\nfunc answer() string { return "%s" }\\n' $(cat source.b) > answer.go'''
inputs = ["source.b"]
`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("source.a", "through both");
  await project.save("source.a", "both");
  await gust.answers("both");
  await gust.stop();
});

test("a rule that rewrites its own input is said to loop, and stops", async (t) => {
  const project = await Project.create(t, "service", {
    "count.txt": "1",
    "gust.toml": `[[rule]]
name = "counter"
cmd = "echo x >> count.txt"
inputs = ["count.txt"]
`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("count.txt", "2");
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "RULE_LOOP");
  assert.match(failed.failure.message, /counter/);
  const lines = (await project.read("count.txt")).split("\n").length;
  // Whatever the rule did last may be noticed late: nothing of it starts the rule again.
  await gust.saveAndLive("answer.go", answerFile("still fine"));
  assert.equal(await gust.get(), "still fine");
  assert.equal((await project.read("count.txt")).split("\n").length, lines);
  await gust.stop();
});

test("an input that changes while its rule runs gives the newest output", async (t) => {
  const project = await Project.create(t, "service", {
    "answer.txt": "one",
    "slow.sh": `word=$(cat answer.txt)
[ "$word" = one ] || [ -e ../go ] || { : > ../waiting; while ! [ -e ../go ]; do sleep 0.02; done; }
printf 'package main\\n\\nfunc answer() string { return "%s" }\\n' "$word" > answer.go
`,
    "gust.toml": `[[rule]]
name = "slow"
cmd = "sh slow.sh"
inputs = ["answer.txt"]
`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("answer.txt", "two");
  await gust.next("rule-started");
  await project.save("answer.txt", "three");
  await project.save("../go", "");
  await gust.answers("three");
  await gust.stop();
});

test("an own build command with go generate in it does not loop", async (t) => {
  const project = await Project.create(t, "service", {
    "generate.sh": generate,
    "answer.txt": "one",
    "answer.go": answerFile("none"),
    "make.go": "package main\n\n//go:generate sh generate.sh\n",
    "gust.toml": `[build]
cmd = "go generate ./... && go build -o ./tmp/service ."
bin = "./tmp/service"
include_ext = ["go", "txt"]
`,
  });
  const gust = await Gust.start(project);
  await gust.answers("one");
  await gust.next("state", ({ live, activity }) => live && activity === "idle");
  const mark = gust.log.mark;
  await project.save("answer.txt", "two");
  await gust.answers("two");
  const live = await gust.saveAndLive("hooks.go", hooksFile({ onRequest: 'return "changed"' }));
  await gust.next("state", ({ live, activity }) => live && activity === "idle");
  assert.equal(await gust.get(), "two");
  const builds = gust.log.since(mark, "build-started");
  assert.ok(builds.length <= 4, `${builds.length} builds for two saves`);
  assert.equal(gust.log.since(0, "state").at(-1)?.newest, live.generation);
  assert.deepEqual(gust.log.last("state")?.swap, { way: "overlap", why: null });
  assert.deepEqual(gust.log.since(0, "warned"), []);
  assert.equal(gust.output("stderr"), "");
  await gust.stop();
});
