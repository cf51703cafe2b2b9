import assert from "node:assert/strict";
import { test } from "node:test";
import { hasProc } from "./census.ts";
import { Gust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

const linux = hasProc ? {} : { skip: "only Linux can prove that nothing is left" };

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} while the program serves ends everything, with exit code 0`, async (t) => {
    const project = await Project.create(t, "service");
    const gust = await Gust.start(project);
    await gust.next("live");
    gust.kill(signal);
    await gust.next("stopping");
    const bye = await gust.next("bye");
    assert.equal(bye.code, 0);
    await gust.ended(0);
  });
}

test("Ctrl-C during gust's own build ends the compiler", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("build-started");
  gust.kill("SIGINT");
  await gust.ended(0);
});

test("Ctrl-C during a build while a version serves ends both", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("answer.go", answerFile("two"));
  await gust.next("build-started");
  gust.kill("SIGINT");
  await gust.ended(0);
});

test("Ctrl-C during a build command ends it with all its children", linux, async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": `[build]
cmd = "(trap '' TERM INT; sleep 600) & setsid sleep 601 & echo building; wait; go build -o tmp/x ."
bin = "tmp/x"
`,
  });
  const gust = await Gust.start(project);
  await gust.next("output", ({ text }) => text.includes("building"));
  gust.kill("SIGINT");
  await gust.ended(0);
});

test("Ctrl-C during a rule ends it", linux, async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": `[[rule]]
name = "slow"
cmd = "sleep 600"
inputs = ["*.txt"]
`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("a.txt", "a");
  await gust.next("rule-started");
  gust.kill("SIGINT");
  await gust.ended(0);
});

test("Ctrl-C while a candidate starts ends it", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["fmt", "time"],
      atStart: 'fmt.Println("starting"); time.Sleep(time.Hour)',
    }),
  });
  const gust = await Gust.start(project);
  await gust.next("output", ({ text }) => text === "starting\n");
  gust.kill("SIGINT");
  await gust.ended(0);
});

test("a second Ctrl-C does not wait for a stubborn program", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["os/signal", "syscall"],
      atStart: "signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)",
    }),
    "gust.toml": '[run]\nstop_timeout = "10m"\n',
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  gust.kill("SIGINT");
  await gust.next("stopping");
  assert.equal(await gust.get(), "one");
  gust.kill("SIGINT");
  await gust.ended(0);
});

test("a gust that is killed leaves no process behind, and the next one works", linux, async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  gust.kill("SIGKILL");
  await gust.exited;
  await gust.allGone();
  const next = await Gust.start(project, { port: gust.port });
  await next.next("live");
  assert.equal(await next.get(), "one");
  await next.stop();
});

test("a gust that is killed during a build leaves no compiler behind", linux, async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": `[build]
cmd = "echo building; setsid sleep 600; go build -o tmp/x ."
bin = "tmp/x"
`,
  });
  const gust = await Gust.start(project);
  await gust.next("output", ({ text }) => text.includes("building"));
  gust.kill("SIGKILL");
  await gust.exited;
  await gust.allGone();
});

test(
  "what a gust and its keeper leave that are killed at once, the next start ends",
  linux,
  async (t) => {
    const project = await Project.create(t, "service", {
      "hooks.go": hooksFile({
        imports: ["os/exec", "syscall"],
        atStart: `child := exec.Command("sleep", "600")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if child.Start() != nil { os.Exit(9) }`,
      }),
    });
    const gust = await Gust.start(project);
    await gust.next("live");
    const keepers = [...gust.processes()].filter(([, command]) => command.includes("-run "));
    assert.ok(keepers.length > 0, [...gust.processes().values()].join("\n"));
    gust.kill("SIGSTOP");
    for (const [pid] of keepers) process.kill(pid, "SIGKILL");
    gust.kill("SIGKILL");
    await gust.exited;
    assert.ok(gust.processes().size > 0);
    const next = await Gust.start(project, { port: gust.port });
    await next.next("live");
    assert.equal(await next.get(), "one");
    await next.stop();
    await gust.allGone();
  },
);

test("a keeper that is killed is told, and nothing is left", linux, async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const keepers = [...gust.processes()].filter(([, command]) => command.includes("-run "));
  for (const [pid] of keepers) process.kill(pid, "SIGKILL");
  const problem = await gust.next("problem");
  assert.equal(problem.failure.code, "KEEPER_LOST");
  gust.kill("SIGINT");
  const { code } = await gust.exited;
  assert.equal(typeof code, "number");
  await gust.assertNothingLeft();
});

test("a reader that goes away ends gust, and nothing is left", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  gust.closeOutput();
  await project.save("answer.go", answerFile("two"));
  await gust.exited;
  await gust.assertNothingLeft();
});

test("a second gust on the same program says where the first runs", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const second = await Gust.start(project);
  const { code } = await second.exited;
  assert.equal(code, 1);
  const [problem] = second.log.since(0, "problem");
  assert.equal(problem?.failure.code, "ALREADY_RUNNING");
  assert.match(problem.failure.message, new RegExp(`\\b${gust.pid}\\b`));
  assert.equal(await gust.get(), "one");
  await gust.saveAndLive("answer.go", answerFile("two"));
  await gust.stop();
});

test("two programs of one module run beside each other", async (t) => {
  const project = await Project.create(t, "two");
  const a = await Gust.start(project, { args: ["./cmd/a"] });
  const b = await Gust.start(project, { args: ["./cmd/b"] });
  await a.next("live");
  await b.next("live");
  await project.edit("shared/shared.go", '"shared"', '"changed"');
  await a.next("live");
  await b.next("live");
  assert.equal(await a.get(), "a changed");
  assert.equal(await b.get(), "b changed");
  await a.finish();
  assert.equal(await b.get(), "b changed");
  await b.stop();
});

test("post_cmd runs on leaving while the program still serves", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": `[build]
post_cmd = ["sh probe.sh"]
`,
    "probe.sh": `exec 2>/dev/null
echo "GET /pid" > /dev/null
kill -0 "$(cat ../pid)" && echo serving > ../probed
`,
  });
  const gust = await Gust.start(project);
  const live = await gust.next("live");
  await project.save("../pid", String(live.pid));
  await gust.stop();
  assert.equal(await project.read("../probed"), "serving\n");
});
