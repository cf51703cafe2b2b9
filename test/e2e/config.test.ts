import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { Project, answerFile } from "./project.ts";

const own = 'args = ["own build"]\n';
const command = `args = ["build command"]
[build]
cmd = "go build -o out/service . && echo built"
bin = "out/service"
`;

test("the way to build may change while gust runs, and back", async (t) => {
  const project = await Project.create(t, "service", { "gust.toml": own });
  const gust = await Gust.start(project);
  await gust.next("live");
  for (const [toml, args] of [
    [command, "build command"],
    [own, "own build"],
    [command, "build command"],
  ] as const) {
    await project.save("gust.toml", toml);
    await gust.next("live");
    assert.equal(await gust.get("/args"), args);
    await gust.saveAndLive("answer.go", answerFile(args));
    assert.equal(await gust.get(), args);
  }
  await gust.stop();
});

test("a gust.toml that is removed leaves the defaults, an .air.toml that is edited is followed", async (t) => {
  const project = await Project.create(t, "service", { "gust.toml": own });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.remove("gust.toml");
  await gust.next("live");
  assert.equal(await gust.get("/args"), "");
  await project.save(".air.toml", '[build]\nargs_bin = ["from air"]\n');
  await gust.next("live");
  assert.equal(await gust.get("/args"), "from air");
  await project.edit(".air.toml", "from air", "edited");
  await gust.next("live");
  assert.equal(await gust.get("/args"), "edited");
  await gust.stop();
});

test("a rule, an env file and a health check can be added while gust runs", async (t) => {
  const project = await Project.create(t, "service", { "answer.txt": "generated" });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("local.env", "ADDED=yes\n");
  await project.save(
    "gust.toml",
    `env_files = ["local.env"]

[health]
path = "/health"

[[rule]]
name = "answer"
cmd = '''printf 'package main\\n\\nfunc answer() string { return "%s" }\\n' $(cat answer.txt) > answer.go'''
inputs = ["answer.txt"]
`,
  );
  await gust.next("live");
  assert.equal(await gust.get("/env/ADDED"), "yes");
  await gust.saveAndLive("answer.txt", "generated-again");
  assert.equal(await gust.get(), "generated-again");
  await gust.saveAndLive("local.env", "ADDED=changed\n");
  assert.equal(await gust.get("/env/ADDED"), "changed");
  await gust.stop();
});

test("with polling the main job is the same", async (t) => {
  const project = await Project.create(t, "service", { "views/page.html": "one" });
  const gust = await Gust.start(project, { args: ["--build.poll", "--build.poll_interval=20ms"] });
  const watching = await gust.next("watching");
  assert.equal(watching.mode, "polling");
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await project.save("views/new.html", "created");
  const live = await gust.next("live");
  assert.equal(live.build, 2);
  await gust.stop();
});

test("blanks and other letters in the path of a project are just letters", async (t) => {
  const project = await Project.create(t, null);
  const name = "Köln 'n' $HOME; 日本";
  await cp("test/fixtures/programs/service", project.path(name), { recursive: true });
  const gust = await Gust.start(project, { cwd: project.path(name) });
  await gust.next("live");
  await gust.saveAndLive(`${name}/answer.go`, answerFile("two"));
  await project.save(`${name}/answer.go`, "package main\n\nfunc answer() string { return 1 }\n");
  const failed = await gust.next("failed");
  assert.equal(failed.failure.diagnostics?.[0]?.file, project.path(`${name}/answer.go`));
  await project.save(
    `${name}/gust.toml`,
    '[build]\ncmd = "go build -o \'out dir/service\' ."\nbin = "./out dir/service"\n',
  );
  await gust.next("failed");
  await gust.saveAndLive(`${name}/answer.go`, answerFile("three"));
  assert.equal(await gust.get(), "three");
  await gust.stop();
});

for (const [moment, wait] of [
  ["at once", async () => undefined],
  ["when it says hello", (gust: Gust) => gust.next("hello")],
  ["when it watches", (gust: Gust) => gust.next("watching")],
  ["when it begins to build", (gust: Gust) => gust.next("build-started")],
  [
    "when the first version starts",
    (gust: Gust) => gust.next("state", ({ activity }) => activity === "starting"),
  ],
] as const) {
  test(`a save during gust's start is not missed: ${moment}`, async (t) => {
    const project = await Project.create(t, "service");
    const gust = await Gust.start(project);
    await wait(gust);
    await project.save("answer.go", answerFile("early"));
    await gust.answers("early");
    await gust.stop();
  });
}
