import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { Gust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

test("the file that `air init` writes works as it is", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": await readFile("test/fixtures/air/init.toml", "utf8"),
    "views/page.tmpl": "one",
    "assets/logo.html": "one",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await project.save("assets/logo.html", "two");
  const live = await gust.saveAndLive("views/page.tmpl", "two");
  assert.equal(live.generation, 3);
  await project.save("answer.go", "package main\n");
  const failed = await gust.next("failed");
  assert.equal(failed.serving, 3);
  assert.equal(await gust.get(), "two");
  assert.match(await project.read("tmp/build-errors.log"), /undefined: answer/);
  await gust.stop();
});

test("a person who comes from air reads its words", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": await readFile("test/fixtures/air/init.toml", "utf8"),
  });
  const gust = await Gust.start(project, { json: false });
  await gust.shows(/watching/);
  await gust.shows(/building\.\.\./);
  await gust.shows(/running\.\.\./);
  await gust.shows(/#1 live in \d+/);
  await project.save("answer.go", answerFile("two"));
  await gust.shows(/answer\.go has changed/);
  await gust.shows(/#2 live in \d+/);
  await project.save("answer.go", "package main\n");
  await gust.shows(/undefined: answer/);
  assert.equal(await gust.get(), "two");
  gust.kill("SIGINT");
  await gust.ended(0);
  assert.match(gust.stderr, /cleaning\.\.\..*see you again~/s);
  assert.equal(gust.stdout, "");
});

test("cmd and full_bin are shell lines, and each argument reaches the program as it is", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `[build]
cmd = "mkdir -p 'my tools' && go build -o 'my tools/the service' . && echo built >&2"
full_bin = "GREETING='hello there' './my tools/the service' first"
args_bin = ["two words", "$HOME", "a;b", "*"]
`,
  });
  const gust = await Gust.start(project, { args: ["--", "--port", "it's me"] });
  await gust.next("live");
  assert.deepEqual((await gust.get("/args")).split("\n"), [
    "first",
    "two words",
    "$HOME",
    "a;b",
    "*",
    "--port",
    "it's me",
  ]);
  assert.equal(await gust.get("/env/GREETING"), "hello there");
  assert.equal(gust.output("stderr"), "built\n");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await gust.stop();
});

test("bin is a path where the command was started, entrypoint one in root", async (t) => {
  for (const [place, key] of [
    ["out/service", 'bin = "./out/service"'],
    ["app/out/service", 'entrypoint = ["./out/service", "from entrypoint"]'],
  ]) {
    const project = await Project.create(t, null, {
      "go.mod": "module example.com/service\n\ngo 1.21\n",
      ".air.toml": `root = "app"

[build]
cmd = "go build -o ${place} ./app"
${key}
args_bin = ["last"]
`,
    });
    for (const name of ["main.go", "answer.go", "hooks.go"]) {
      await project.save(
        `app/${name}`,
        await readFile(`test/fixtures/programs/service/${name}`, "utf8"),
      );
    }
    const gust = await Gust.start(project);
    await gust.next("live");
    assert.equal(await gust.get("/where"), project.root);
    assert.match(await gust.get("/args"), /last$/);
    await gust.saveAndLive("app/answer.go", answerFile("two"));
    assert.equal(await gust.get(), "two");
    await gust.stop();
  }
});

test("pre_cmd runs before each build; where it fails the build goes on, with a warning", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `[build]
pre_cmd = ["echo pre >> ../order", "sh check.sh", "echo after >> ../order"]
cmd = "echo build >> ../order; go build -o tmp/main ."
`,
    "check.sh": "exit 0\n",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal(await project.read("../order"), "pre\nafter\nbuild\n");
  await project.save("check.sh", "echo not good >&2; exit 4\n");
  await project.save("answer.go", answerFile("two"));
  const warned = await gust.next("warned");
  assert.equal(warned.failure.code, "PRE_COMMAND_FAILED");
  assert.match(warned.failure.seen ?? "", /not good/);
  await gust.next("live");
  assert.equal(await gust.get(), "two");
  assert.equal(await project.read("../order"), "pre\nafter\nbuild\npre\nbuild\n");
  await gust.stop();
});

test("with stop_on_error a failed pre_cmd or build stops the program", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `[build]
stop_on_error = true
pre_cmd = ["sh check.sh"]
`,
    "check.sh": "exit 0\n",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("answer.go", "package main\n");
  const failed = await gust.next("failed");
  assert.equal(failed.serving, null);
  await gust.next("stopped");
  await gust.next("state", ({ serving }) => serving === null);
  await gust.saveAndLive("answer.go", answerFile("mended"));
  assert.equal(await gust.get(), "mended");
  await project.save("check.sh", "exit 4\n");
  await project.save("answer.go", answerFile("not checked"));
  const refused = await gust.next("failed");
  assert.equal(refused.failure.code, "PRE_COMMAND_FAILED");
  await gust.next("stopped");
  await gust.stop();
});

test("post_cmd runs when gust leaves, and clean_on_exit removes the directory", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `[build]
cmd = "go build -o ./tmp/main ."
post_cmd = ["ls tmp > ../listed", "echo second > ../second"]
[misc]
clean_on_exit = true
`,
    "tmp/kept": "until the end",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.stop();
  assert.match(await project.read("../listed"), /kept/);
  assert.equal(await project.read("../second"), "second\n");
  assert.equal(existsSync(project.path("tmp")), false);
});

test("env_files go to commands and program, and gust's own environment wins", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `env_files = [".env", ".env.local"]
[build]
cmd = "echo $NAME-$LATER > ../seen; go build -o tmp/main ."
`,
    ".env": 'NAME="from env"\nLATER=first\nOUTER=file\nFULL="${NAME} and more"\n',
    ".env.local": "export LATER=second\n",
  });
  const gust = await Gust.start(project, { env: { OUTER: "own" } });
  await gust.next("live");
  assert.equal(await project.read("../seen"), "from env-second\n");
  assert.equal(await gust.get("/env/FULL"), "from env and more");
  assert.equal(await gust.get("/env/LATER"), "second");
  assert.equal(await gust.get("/env/OUTER"), "own");
  await gust.stop();
});

test("include and exclude keys decide about the files that the build does not read", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `[build]
include_ext = ["go", "yaml"]
include_dir = ["config", "../shared"]
include_file = ["rates.csv"]
exclude_regex = ['_draft\\.yaml$']
exclude_file = ["config/secret.yaml"]
delay = 0
`,
    "config/a.yaml": "1",
    "config/a_draft.yaml": "1",
    "config/secret.yaml": "1",
    "elsewhere/a.yaml": "1",
    "../shared/a.yaml": "1",
    "rates.csv": "1",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  for (const name of ["config/a_draft.yaml", "config/secret.yaml", "elsewhere/a.yaml"]) {
    await project.save(name, "2");
    await gust.next("ignored", ({ files }) => files[0]?.path === project.path(name));
  }
  let generation = 1;
  for (const name of ["config/a.yaml", "../shared/a.yaml", "rates.csv"]) {
    const live = await gust.saveAndLive(name, "2");
    generation += 1;
    assert.equal(live.generation, generation, name);
    assert.equal(live.build, 1, name);
  }
  await gust.stop();
});

test("send_interrupt and kill_delay tell how the program is stopped", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `[build]
send_interrupt = true
kill_delay = "300ms"
`,
    "hooks.go": hooksFile({
      imports: ["fmt", "os/signal"],
      atStart: `signals := make(chan os.Signal, 9)
	signal.Notify(signals)
	go func() { for one := range signals { fmt.Println("got", one) } }()`,
    }),
  });
  const gust = await Gust.start(project, { args: ["--run.swap=stop-start"] });
  await gust.next("live");
  await project.save("answer.go", answerFile("two"));
  const stopped = await gust.next("stopped");
  assert.equal(stopped.forced, true);
  assert.match(gust.output("stdout"), /got interrupt\n/);
  assert.doesNotMatch(gust.output("stdout"), /got terminated/);
  await gust.next("live");
  await gust.stop();
});

test("rerun starts the program again whenever it ends", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": "[build]\nrerun = true\nrerun_delay = 10\n",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  for (const code of [0, 3]) {
    await gust.provoke(`/exit/${code}`);
    await gust.next("live");
    assert.equal(await gust.get(), "one");
  }
  await gust.stop();
});

test("build.rules run by their own files, without a build", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": `[[build.rules]]
name = "css"
cmd = "cp style.scss style.css; echo ran >> ../ran"
include_ext = ["scss"]
`,
    "style.scss": "one",
  });
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  await project.save("style.scss", "two");
  await gust.next("rule-finished", ({ rule }) => rule === "css");
  assert.equal(await project.read("style.css"), "two");
  assert.equal(await gust.get("/pid"), String(first.pid));
  const live = await gust.saveAndLive("answer.go", answerFile("sentinel"));
  assert.equal(live.generation, 2);
  assert.equal(await project.read("../ran"), "ran\n");
  await gust.stop();
});

test("flags say the same as the file, and win", async (t) => {
  const project = await Project.create(t, "service", {
    "other.toml": '[build]\nargs_bin = ["from the file"]\ncmd = "exit 9"\n',
  });
  const gust = await Gust.start(project, {
    args: [
      "-c",
      "other.toml",
      "--build.cmd",
      "go build -o out/x .",
      "-build.entrypoint=./out/x",
      "--build.delay=0",
      "--build.args_bin",
      "a,b",
      "--build.args_bin=c\\,d",
      "server",
      "--port",
      "8",
    ],
  });
  await gust.next("live");
  assert.deepEqual((await gust.get("/args")).split("\n"), [
    "a",
    "b",
    "c,d",
    "server",
    "--port",
    "8",
  ]);
  await gust.saveAndLive("answer.go", answerFile("two"));
  await gust.stop();
});

test(".config/air.toml is found, and air_wd says where to look", async (t) => {
  const project = await Project.create(t, "service", {
    ".config/air.toml": '[build]\nargs_bin = ["found"]\n',
  });
  const gust = await Gust.start(project, { cwd: project.place, env: { air_wd: project.root } });
  await gust.next("live");
  assert.equal(await gust.get("/args"), "found");
  await gust.stop();
});

test("the idiom of `go run` as full_bin works, and leaves nothing", async (t) => {
  const project = await Project.create(t, "service", {
    // On SIGTERM the go command leaves its temporary files, on SIGINT it does not.
    ".air.toml": '[build]\ncmd = "true"\nfull_bin = "go run ."\nsend_interrupt = true\n',
  });
  const port = await freePort();
  const gust = await Gust.start(project, { port, args: [`--ready.ports=${port}`] });
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await gust.stop();
});
