import assert from "node:assert/strict";
import { readFileSync, utimesSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { EventOf } from "./events.ts";
import { Gust } from "./gust.ts";
import { Project, answerFile } from "./project.ts";

test("a touched file and one written with the same bytes do nothing", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  const mark = gust.log.mark;
  utimesSync(project.path("answer.go"), new Date(), new Date());
  await gust.next("ignored", ({ files }) => files[0]?.reason === "same content");
  await project.save("answer.go", readFileSync(project.path("answer.go"), "utf8"));
  await gust.next("ignored", ({ files }) => files[0]?.reason === "same content");
  assert.equal(await gust.get("/pid"), String(first.pid));
  const live = await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(live.generation, 2);
  assert.equal(gust.log.since(mark, "build-started").length, 1);
  await gust.stop();
});

test("a revert to the bytes of the running version, behind a red build, leaves that process alone", async (t) => {
  const project = await Project.create(t, "service");
  const good = await project.read("answer.go");
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  await project.save("answer.go", "package main\n\nfunc answer() string {\n");
  assert.equal((await gust.next("failed")).failure.code, "BUILD_FAILED");
  await project.save("answer.go", good);
  await gust.next("nothing-to-do");
  const state = gust.log.since(0, "state").at(-1);
  assert.deepEqual([state?.live, state?.serving?.pid], [true, first.pid]);
  assert.equal(await gust.get("/pid"), String(first.pid));
  await gust.stop();
});

test("a template restarts the program without a build", async (t) => {
  const project = await Project.create(t, "service", { "views/page.html": "first" });
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  const mark = gust.log.mark;
  const live = await gust.saveAndLive("views/page.html", "second");
  assert.equal(live.build, first.build);
  assert.notEqual(live.pid, first.pid);
  assert.deepEqual(gust.log.since(mark, "build-started"), []);
  assert.equal(await gust.get("/file/views/page.html"), "second");
  await gust.stop();
});

test("a static file, a test and a file that nobody reads change nothing", async (t) => {
  const project = await Project.create(t, "service", {
    "static/style.css": "a {}",
    "answer_test.go": "package main\n",
    "notes.txt": "one",
  });
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  const mark = gust.log.mark;
  await project.save("notes.txt", "two");
  await project.save("static/style.css", "b {}");
  await gust.next("nothing-to-do", reasonIs("static file, served as it is"));
  await project.save("answer_test.go", "package main\n\nvar tested = true\n");
  await gust.next("nothing-to-do", reasonIs("only tests read it"));
  assert.equal(await gust.get("/pid"), String(first.pid));
  const live = await gust.saveAndLive("answer.go", answerFile("sentinel"));
  assert.equal(live.generation, 2);
  assert.equal(gust.log.since(mark, "build-started").length, 1);
  await gust.stop();
});

test("an embedded file is built in, also where its ending is a static one", async (t) => {
  const project = await Project.create(t, "service", {
    "page/style.css": "first",
    "answer.go": [
      "package main",
      'import _ "embed"',
      "//go:embed page/style.css",
      "var style string",
      "func answer() string { return style }\n",
    ].join("\n\n"),
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal(await gust.get(), "first");
  const live = await gust.saveAndLive("page/style.css", "second");
  assert.equal(live.build, live.generation);
  assert.equal(await gust.get(), "second");
  await gust.stop();
});

test("a directory that git ignores and the build embeds is watched as it grows", async (t) => {
  const project = await Project.create(t, "service", {
    ".gitignore": "dist\n",
    "dist/a.js": "a",
    "answer.go": answerFile("one", '\nimport "embed"\n\n//go:embed all:dist\nvar dist embed.FS\n'),
  });
  // What git ignores counts in a work tree only.
  await mkdir(project.path(".git"));
  const gust = await Gust.start(project);
  await gust.next("live");
  for (const name of ["dist/b.js", "dist/new/c.js", "dist/new/deeper/d.js", "dist/new/e.js"]) {
    await project.save(name, name);
    await gust.next("built");
  }
  await gust.stop();
});

test("a new package counts from the save that imports it, and its files are watched", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("words/inner/words.go", wordsFile("new"));
  await gust.saveAndLive(
    "answer.go",
    `package main

import "example.com/service/words/inner"

func answer() string { return words.Word }
`,
  );
  assert.equal(await gust.get(), "new");
  await gust.saveAndLive("words/inner/words.go", wordsFile("newer"));
  assert.equal(await gust.get(), "newer");
  await gust.stop();
});

test("a new file of the package is built, and a removed one is missed", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("answer.go", "package main\n\nfunc answer() string { return word }\n");
  await gust.next("failed");
  await gust.saveAndLive("word.go", 'package main\n\nconst word = "from a new file"\n');
  assert.equal(await gust.get(), "from a new file");
  await project.remove("word.go");
  const failed = await gust.next("failed");
  assert.match(JSON.stringify(failed.failure), /undefined: word/);
  assert.equal(await gust.get(), "from a new file");
  await gust.saveAndLive("answer.go", answerFile("without it"));
  assert.equal(await gust.get(), "without it");
  await gust.stop();
});

test("a package that is moved into the project as a whole directory is found", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save(
    "answer.go",
    `package main

import "example.com/service/deep/words"

func answer() string { return words.Word }
`,
  );
  await gust.next("failed");
  const outside = join(project.place, "outside");
  await mkdir(join(outside, "words"), { recursive: true });
  await project.save("../outside/words/words.go", wordsFile("moved in"));
  await rename(outside, project.path("deep"));
  await gust.next("live");
  assert.equal(await gust.get(), "moved in");
  await gust.saveAndLive("deep/words/words.go", wordsFile("and changed"));
  assert.equal(await gust.get(), "and changed");
  await gust.stop();
});

test("a module that go.mod replaces by a directory beside the project is watched", async (t) => {
  const project = await Project.create(t, "service", {
    "go.mod": `module example.com/service

go 1.21

require example.com/words v0.0.0

replace example.com/words => ../words
`,
    "../words/go.mod": "module example.com/words\n\ngo 1.21\n",
    "../words/words.go": wordsFile("beside"),
    "answer.go": importingWords,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal(await gust.get(), "beside");
  await gust.saveAndLive("../words/words.go", wordsFile("beside, changed"));
  assert.equal(await gust.get(), "beside, changed");
  await gust.stop();
});

test("the modules of go.work are watched, and go.work itself", async (t) => {
  const project = await Project.create(t, "service", {
    "go.mod": "module example.com/service\n\ngo 1.21\n\nrequire example.com/words v0.0.0\n",
    "../go.work": "go 1.21\n\nuse (\n\t./ROOT\n\t./words\n)\n",
    "../words/go.mod": "module example.com/words\n\ngo 1.21\n",
    "../words/words.go": wordsFile("first module"),
    "../other/go.mod": "module example.com/words\n\ngo 1.21\n",
    "../other/words.go": wordsFile("other module"),
    "answer.go": importingWords,
  });
  await project.edit("../go.work", "ROOT", project.name);
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal(await gust.get(), "first module");
  await gust.saveAndLive("../words/words.go", wordsFile("first module, changed"));
  assert.equal(await gust.get(), "first module, changed");
  await project.edit("../go.work", "./words", "./other");
  await gust.next("live");
  assert.equal(await gust.get(), "other module");
  await gust.saveAndLive("../other/words.go", wordsFile("other module, changed"));
  assert.equal(await gust.get(), "other module, changed");
  await gust.stop();
});

test("go.mod is read by the build", async (t) => {
  const project = await Project.create(t, "service", {
    "answer.go": `package main

import "example.com/words"

func answer() string { return words.Word }
`,
    "local/words/go.mod": "module example.com/words\n\ngo 1.21\n",
    "local/words/words.go": wordsFile("required now"),
  });
  const gust = await Gust.start(project);
  const failed = await gust.next("failed");
  assert.equal(failed.serving, null);
  await gust.saveAndLive(
    "go.mod",
    `module example.com/service

go 1.21

require example.com/words v0.0.0

replace example.com/words => ./local/words
`,
  );
  assert.equal(await gust.get(), "required now");
  await gust.stop();
});

test("files that build tags leave out do nothing until a change lets them in", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[build]\nflags = ["-tags=dev"]\n',
    "answer.go": "package main\n\nfunc answer() string { return word }\n",
    "word_dev.go": tagged("dev", "development"),
    "word_prod.go": tagged("!dev", "production"),
  });
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  assert.equal(await gust.get(), "development");
  // Until the package graph is known every Go file may belong to it, and a build tells.
  for (let change = 1, known = false; !known; change += 1) {
    await project.save("word_prod.go", tagged("!dev", `production, change ${change}`));
    const event = await gust.log.nextOf(
      ({ type }) => type === "ignored" || type === "nothing-to-do",
      "the file to be ignored",
    );
    known = event.type === "ignored" && /build constraints/.test(event.files[0]?.reason ?? "");
  }
  assert.equal(await gust.get("/pid"), String(first.pid));
  await gust.saveAndLive("word_dev.go", tagged("dev", "development, changed"));
  assert.equal(await gust.get(), "development, changed");
  await project.remove("word_dev.go");
  await gust.next("failed");
  await gust.saveAndLive("word_prod.go", tagged("dev", "let in"));
  assert.equal(await gust.get(), "let in");
  await gust.stop();
});

test("a change of an env file restarts the program with it", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": 'env_files = [".env"]\n',
    ".env": "GREETING=hello\nGONE=still here\n",
  });
  const gust = await Gust.start(project, { env: { OUTER: "gust's own" } });
  const first = await gust.next("live");
  assert.equal(await gust.get("/env/GREETING"), "hello");
  const live = await gust.saveAndLive(".env", 'OUTER=file\nGREETING="good day"\n');
  assert.equal(live.build, first.build);
  assert.equal(await gust.get("/env/GREETING"), "good day");
  assert.equal(await gust.get("/env/GONE"), "");
  assert.equal(await gust.get("/env/OUTER"), "gust's own");
  await gust.stop();
});

test("a change of gust.toml is followed while gust runs, and a mistake in it is refused", async (t) => {
  const project = await Project.create(t, "service", { "gust.toml": 'args = ["one"]\n' });
  const gust = await Gust.start(project);
  const first = await gust.next("live");
  assert.equal(await gust.get("/args"), "one");
  await project.save("gust.toml", 'args = ["two"]\n[run]\nstop_timout = 1\n');
  const rejected = await gust.next("config-rejected");
  assert.equal(rejected.failure.code, "CONFIG_INVALID");
  assert.match(JSON.stringify(rejected.failure), /stop_timeout/);
  assert.equal(await gust.get("/pid"), String(first.pid));
  await gust.saveAndLive("answer.go", answerFile("under the old one"));
  assert.equal(await gust.get("/args"), "one");
  await project.save("gust.toml", 'args = ["two"]\n[build]\ninclude_ext = ["yaml"]\n');
  await gust.next("config-reloaded");
  await gust.next("live");
  assert.equal(await gust.get("/args"), "two");
  assert.equal(await gust.get(), "under the old one");
  await gust.saveAndLive("settings.yaml", "a: 1\n");
  await gust.stop();
});

test("a gust.toml that appears while gust runs is followed", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("gust.toml", 'args = ["new"]\n');
  await gust.next("config-reloaded");
  await gust.next("live");
  assert.equal(await gust.get("/args"), "new");
  await gust.stop();
});

test("saves during a build end with the newest one live, and no two builds at once", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const mark = gust.log.mark;
  for (let round = 1; round <= 5; round += 1) {
    await project.save("answer.go", answerFile(`round ${round}`));
    await gust.next("build-started");
  }
  await gust.next("state", ({ live }) => live);
  assert.equal(await gust.get(), "round 5");
  const running = new Set<number>();
  for (const event of gust.log.all.slice(mark)) {
    if (event.type === "build-started") running.add(event.generation);
    if (event.type === "build-cancelled" || event.type === "live" || event.type === "failed") {
      running.delete(event.generation);
    }
    assert.ok(running.size <= 1, `builds ${[...running].join(" and ")} at once`);
  }
  await gust.stop();
});

test("a thousand files that change at once make few builds, and the newest state is live", async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`words/w${index}.go`, many(index, 0)]),
  );
  const project = await Project.create(t, "service", {
    ...files,
    "answer.go": answerOf("words.W0 - words.W999"),
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const mark = gust.log.mark;
  for (let index = 0; index < 1000; index += 1) {
    await project.saveInPlace(`words/w${index}.go`, many(index, 7));
  }
  await project.save("answer.go", answerOf("words.W0 + words.W999"));
  await gust.answers("14");
  const builds = gust.log.since(mark, "build-started").length;
  assert.ok(builds <= 20, `${builds} builds for 1000 files`);
  await gust.stop();
});

const answerOf = (sum: string): string => `package main

import (
	"fmt"

	"example.com/service/words"
)

func answer() string { return fmt.Sprint(${sum}) }
`;

const many = (index: number, value: number): string =>
  `package words\n\nconst W${index} = ${value}\n`;

const tagged = (tag: string, word: string): string =>
  `//go:build ${tag}\n\npackage main\n\nconst word = ${JSON.stringify(word)}\n`;

const wordsFile = (word: string): string =>
  `package words\n\nconst Word = ${JSON.stringify(word)}\n`;

const importingWords = `package main

import "example.com/words"

func answer() string { return words.Word }
`;

const reasonIs =
  (reason: string) =>
  (event: EventOf<"nothing-to-do">): boolean =>
    event.reason === reason;
