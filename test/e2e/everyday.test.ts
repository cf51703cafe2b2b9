import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Gust, runGust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

const has = (command: string): { readonly skip?: string } =>
  spawnSync(command, ["--version"]).status === 0 ? {} : { skip: `${command} is not here` };

test("a person sees what is live, and that it is stale as long as the newest save is not", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { json: false });
  await gust.shows(/#1 live in [\d.]+ m?s/);
  await project.save("answer.go", "package main\n\nfunc answer() string { return 1 }\n");
  await gust.shows(/answer\.go:3/);
  await gust.shows(/return 1/);
  await gust.shows(/#1 (?:still|keeps|serves)/);
  await project.save("answer.go", answerFile("two"));
  await gust.shows(/#3 live in [\d.]+ m?s/);
  assert.equal(gust.stdout, "");
  gust.kill("SIGINT");
  await gust.ended(0);
});

test("what the program writes goes to the stream that it was written to", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["fmt"],
      atStart: 'fmt.Println("to stdout"); fmt.Fprintln(os.Stderr, "to stderr")',
    }),
  });
  const gust = await Gust.start(project, { json: false });
  // What the program writes comes by another way than the news that it listens.
  await gust.shows(/^to stderr$[^]*#1 live|#1 live[^]*^to stderr$/m);
  gust.kill("SIGINT");
  await gust.ended(0);
  assert.equal(gust.stdout, "to stdout\n");
});

test("without the keeper the main job works too, and the loss is said", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { env: { GUST_BACKEND: "node" } });
  await gust.next("problem", ({ failure }) => failure.code === "KEEPER_UNAVAILABLE");
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  await gust.answersNow("two");
  await project.save("answer.go", "package main\n");
  await gust.next("failed");
  assert.equal(await gust.get(), "two");
  await project.save("answer.go", answerFile("three"));
  await gust.next("live");
  await gust.answersNow("three");
  await gust.stop();
});

test("what `gust init` writes is taken, and `gust check` shows it", async (t) => {
  const project = await Project.create(t, "service", { "views/page.html": "one" });
  const init = await runGust(project, { args: ["init"], json: false });
  assert.equal(init.code, 0, init.stderr);
  assert.match(await project.read("gust.toml"), /package = "\."/);
  const again = await runGust(project, { args: ["init"], json: false });
  assert.notEqual(again.code, 0);
  const check = await runGust(project, { args: ["check"], json: false });
  assert.equal(check.code, 0, check.stderr);
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.stop();
});

test(
  "a checkout of another branch is one change, and what git ignores is none",
  has("git"),
  async (t) => {
    const project = await Project.create(t, "service", {
      ".gitignore": "cache/\n*.gen.html\n",
      "cache/a.html": "one",
      "page.gen.html": "one",
    });
    const git = (...args: readonly string[]): void => {
      const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
      const { status, stderr } = spawnSync("git", [...identity, ...args], { cwd: project.root });
      assert.equal(status, 0, String(stderr));
    };
    git("init", "-q", "-b", "first");
    git("add", "-A");
    git("commit", "-qm", "one");
    git("checkout", "-qb", "second");
    await project.save("answer.go", "package main\n\nfunc answer() string { return word }\n");
    await project.save("word.go", 'package main\n\nconst word = "second branch"\n');
    git("add", "-A");
    git("commit", "-qm", "two");
    git("checkout", "-q", "first");
    const gust = await Gust.start(project);
    await gust.next("live");
    const mark = gust.log.mark;
    await project.save("page.gen.html", "two");
    await gust.next("ignored", ({ files }) => files[0]?.reason === "ignored by git");
    await project.save("cache/a.html", "two");
    git("checkout", "-q", "second");
    await gust.answers("second branch");
    git("checkout", "-q", "first");
    await gust.answers("one");
    assert.equal(
      gust.log.since(mark, "live").filter(({ build, generation }) => build !== generation).length,
      0,
      "an ignored file restarted the program",
    );
    await gust.stop();
  },
);

test("the ways in which editors save lead to one build each", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const ways: readonly ((content: string) => Promise<void>)[] = [
    // Vim with a backup: a trial file, the old one aside, the new one in its place.
    async (content) => {
      await writeFile(project.path("4913"), "");
      await rm(project.path("4913"));
      await rename(project.path("answer.go"), project.path("answer.go~"));
      await writeFile(project.path("answer.go"), content);
      await rm(project.path("answer.go~"));
    },
    // Emacs: a lock that links nowhere, a backup by name.
    async (content) => {
      await symlink("user@host.1:2", project.path(".#answer.go"));
      await writeFile(project.path("#answer.go#"), content);
      await writeFile(project.path("answer.go"), content);
      await rm(project.path("#answer.go#"));
      await rm(project.path(".#answer.go"));
    },
    // JetBrains: a safe write by way of two names.
    async (content) => {
      await writeFile(project.path("answer.go___jb_tmp___"), content);
      await rename(project.path("answer.go"), project.path("answer.go___jb_old___"));
      await rename(project.path("answer.go___jb_tmp___"), project.path("answer.go"));
      await rm(project.path("answer.go___jb_old___"));
    },
  ];
  for (const [way, save] of ways.entries()) {
    const word = `way ${way}`;
    await save(answerFile(word));
    const live = await gust.answers(word);
    // Between two steps of a save the file may be gone for a moment: at most one build sees that.
    assert.ok(
      live.generation <= 2 * (way + 1) + 1,
      `${live.generation} builds for ${way + 1} saves`,
    );
  }
  await gust.stop();
});

test("a project behind a symbolic link is watched", async (t) => {
  const project = await Project.create(t, "service", { "page.html": "one" });
  const link = join(project.place, "link");
  await symlink(project.root, link);
  const gust = await Gust.start(project, { cwd: project.place, args: ["--root", "link"] });
  await gust.next("live");
  await writeFile(join(link, "answer.go"), answerFile("through the link"));
  await gust.answers("through the link");
  await gust.saveAndLive("page.html", "two");
  await gust.stop();
});

test("gust started in a package directory watches the whole module", async (t) => {
  const project = await Project.create(t, "two");
  const gust = await Gust.start(project, { cwd: project.path("cmd/a") });
  await gust.next("live");
  assert.equal(await gust.get(), "a shared");
  await project.edit("shared/shared.go", '"shared"', '"from above"');
  await gust.next("live");
  assert.equal(await gust.get(), "a from above");
  await gust.stop();
});

test("a program that writes into its project is not restarted for that", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["fmt", "time"],
      atStart: `for _, name := range []string{"app.log", "data.db", "tmp/page.html", "assets/a.html"} {
		os.MkdirAll("tmp", 0o755); os.MkdirAll("assets", 0o755)
		os.WriteFile(name, []byte(fmt.Sprint(time.Now())), 0o644)
	}`,
    }),
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const live = await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(live.generation, 2);
  await gust.next("state", ({ activity, live: now }) => now && activity === "idle");
  const next = await gust.saveAndLive("answer.go", answerFile("three"));
  assert.equal(next.generation, 3);
  await gust.stop();
});

test("a build script that stamps a new version into the sources does not loop", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[build]\ncmd = "sh build.sh"\nbin = "./bin/service"\n',
    "build.sh": `n=$(cat ../count 2>/dev/null || echo 0); echo $((n + 1)) > ../count
printf 'package main\\n\\nconst stamp = "%s"\\n' "$n" > stamp.go
mkdir -p bin && go build -o bin/service .
`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.next("state", ({ live, activity }) => live && activity === "idle");
  await project.save("answer.go", answerFile("two"));
  await gust.answers("two");
  await gust.next("state", ({ live, activity }) => live && activity === "idle");
  await project.save("answer.go", answerFile("three"));
  await gust.answers("three");
  const builds = gust.log.since(0, "build-started").length;
  assert.ok(builds <= 9, `${builds} builds for three versions`);
  await gust.stop();
});

test("a project that is moved away and back is found again", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const aside = join(project.place, "aside");
  await rename(project.root, aside);
  assert.equal(await gust.get(), "one");
  await rename(aside, project.root);
  await project.save("answer.go", answerFile("back again"));
  await gust.answers("back again");
  await gust.stop();
});

test("a package directory that is deleted and written anew is watched as before", async (t) => {
  const project = await Project.create(t, "two");
  const gust = await Gust.start(project, { args: ["./cmd/a"] });
  await gust.next("live");
  const source = await project.read("shared/shared.go");
  await project.remove("shared");
  await gust.next("failed");
  await mkdir(project.path("shared"));
  await project.save("shared/shared.go", source.replace('"shared"', '"anew"'));
  await gust.answers("a anew");
  await project.edit("shared/shared.go", '"anew"', '"and again"');
  await gust.answers("a and again");
  await gust.stop();
});

test("a vendored package is part of the build", async (t) => {
  const project = await Project.create(t, "service", {
    "go.mod": "module example.com/service\n\ngo 1.21\n\nrequire example.com/words v1.0.0\n",
    "vendor/modules.txt": "# example.com/words v1.0.0\n## explicit\nexample.com/words\n",
    "vendor/example.com/words/words.go": 'package words\n\nconst Word = "vendored"\n',
    "answer.go": `package main

import "example.com/words"

func answer() string { return words.Word }
`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal(await gust.get(), "vendored");
  await gust.saveAndLive(
    "vendor/example.com/words/words.go",
    'package words\n\nconst Word = "vendored, changed"\n',
  );
  assert.equal(await gust.get(), "vendored, changed");
  await gust.stop();
});

test("a C header of a cgo package is part of the build", has("gcc"), async (t) => {
  const project = await Project.create(t, "service", {
    "native/native.h": "#define WORD 1\nint word(void);\n",
    "native/native.c": '#include "native.h"\nint word(void) { return WORD; }\n',
    "native/native.go": `package native

// #include "native.h"
import "C"

func Word() int { return int(C.word()) }
`,
    "answer.go": `package main

import (
	"example.com/service/native"
	"fmt"
)

func answer() string { return fmt.Sprint(native.Word()) }
`,
  });
  const gust = await Gust.start(project, { env: { CGO_ENABLED: "1" } });
  await gust.next("live");
  assert.equal(await gust.get(), "1");
  await gust.saveAndLive("native/native.h", "#define WORD 2\nint word(void);\n");
  assert.equal(await gust.get(), "2");
  await gust.stop();
});

test("a file that is saved without end becomes live all the same", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const { mark } = gust.log;
  const live = gust.next("live");
  // Faster than any build, until something comes of it.
  for (let count = 0; gust.log.since(mark, "live").length === 0; count += 1) {
    await project.save("answer.go", answerFile(`saved ${count}`));
    await Promise.race([live, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  await live;
  assert.ok(gust.log.since(mark, "build-cancelled").length > 0);
  await gust.saveAndLive("answer.go", answerFile("last"));
  assert.equal(await gust.get(), "last");
  await gust.stop();
});
