import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Afterwards } from "../world/temp-module.ts";
import type { EventOf } from "./events.ts";
import { Gust, type GustOptions } from "./gust.ts";
import { type Files, Project, answerFile } from "./project.ts";

/** main imports words, which imports base; the answer has a part of each. */
const shop: Files = {
  "go.mod": "module example.com/shop\n\ngo 1.21\n",
  "base/base.go": "package base\n\nconst Size = 1\n\nfunc Twice(n int) int { return 2 * n }\n",
  "words/words.go": `package words

import "example.com/shop/base"

// Importers do not see what it does.
//
//go:noinline
func Answer() string {
	const letters = "abcdefgh"
	return letters[:base.Twice(base.Size)]
}
`,
  "main.go": `package main

import (
	"net/http"
	"os"

	"example.com/shop/words"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("main " + words.Answer()))
	})
	http.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) {
		go func() { panic("here") }()
	})
	if err := http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil); err != nil {
		panic(err)
	}
}
`,
};

/** A gust that has built once, and knows from then on how the go command does it. */
async function readyGust(project: Project, options: GustOptions = {}): Promise<Gust> {
  const gust = await Gust.start(project, options);
  await gust.next("live");
  assert.equal((await gust.next("prepared")).outcome.type, "ready");
  return gust;
}

/** Saves, and tells who has built what came of it. */
async function routeOf(gust: Gust, name: string, content: string): Promise<EventOf<"built">> {
  await gust.project.save(name, content);
  return gust.next("built");
}

const shopOf = (t: Afterwards, more: Files = {}): Promise<Project> =>
  Project.create(t, null, { ...shop, ...more });

test("a save compiles its package, those that see a difference, and links", async (t) => {
  const project = await shopOf(t);
  const gust = await readyGust(project);
  assert.equal(await gust.get(), "main ab");
  await project.edit("base/base.go", "2 * n", "n + 2");
  const inlined = await gust.next("built");
  // The function is inlined, so that those who call it see its body.
  assert.equal(inlined.route.type === "direct" && inlined.route.packages, 2);
  assert.deepEqual(
    inlined.phases.map(({ name }) => name),
    ["plan", "compile", "link", "check"],
  );
  await gust.answers("main abc");
  await project.edit("words/words.go", "abcdefgh", "ABCDEFGH");
  const hidden = await gust.next("built");
  assert.equal(hidden.route.type === "direct" && hidden.route.packages, 1);
  await gust.answers("main ABC");
  // When it is quiet the go command comes to the same, and knows it from then on.
  const checked = await gust.next("prepared");
  assert.deepEqual(checked.outcome, { type: "checked", packages: 2 });
  await gust.stop();
});

test("what is more than the content of known Go files goes to the go command, and why", async (t) => {
  const project = await shopOf(t, { "base/page.html": "<p>" });
  const gust = await readyGust(project);
  const base = await project.read("base/base.go");
  const check = async (name: string, content: string, reason: RegExp): Promise<void> => {
    const { route } = await routeOf(gust, name, content);
    assert.match(route.type === "go" ? route.reason : "", reason, name);
    await gust.next("prepared");
  };
  const embedding = base.replace(
    "\n",
    '\n\nimport _ "embed"\n\n//go:embed page.html\nvar Page string\n',
  );
  await check("base/base.go", embedding, /imports or build constraints of base\.go/);
  await check("base/page.html", "<b>", /page\.html has changed/);
  await check("base/more.go", "package base\n\nvar More = 1\n", /more\.go is new/);
  await project.remove("base/more.go");
  assert.match(JSON.stringify((await gust.next("built")).route), /more\.go is gone/);
  await gust.next("prepared");
  await check(
    "go.mod",
    `${shop["go.mod"]}\nexclude example.com/none v1.0.0\n`,
    /go\.mod has changed/,
  );
  assert.deepEqual(
    await routeOf(gust, "base/base.go", `${embedding}\nvar Last = 1\n`).then(
      ({ route }) => route.type,
    ),
    "direct",
  );
  await gust.stop();
});

test("mistakes are told as `go build` tells them, and the version before serves on", async (t) => {
  const project = await shopOf(t, { "gust.toml": '[build]\nlog = "build.log"\n' });
  const gust = await readyGust(project);
  const reference = (): string => {
    const env = { ...process.env, GOFLAGS: "", GOWORK: "off" };
    return spawnSync("go", ["build", "-o", "/dev/null", "."], {
      cwd: project.root,
      env,
      encoding: "utf8",
    }).stderr;
  };
  const mistakes: readonly (readonly [name: string, from: string, to: string])[] = [
    ["words/words.go", "return letters", "return undefined + letters"],
    ["base/base.go", "func Twice(n int) int {", "func Twice(n string) int {"],
    ["base/base.go", "const Size = 1", "const Size = 1 +"],
    ["main.go", "panic(err)", "var unused int\n\t\tpanic(err)"],
    ["base/base.go", "const Size = 1", "const Other = 1"],
  ];
  for (const [name, from, to] of mistakes) {
    await project.edit(name, from, to);
    const failed = await gust.next("failed");
    assert.deepEqual(
      failed.phases.map((phase) => phase.name),
      ["plan", "compile"],
      name,
    );
    assert.equal(await project.read("tmp/build.log"), reference(), to);
    assert.equal(await gust.get(), "main ab");
    await project.edit(name, to, from);
    await gust.next("nothing-to-do");
  }
  await gust.stop();
});

test("a change that does not reach the program restarts nothing", async (t) => {
  const project = await shopOf(t);
  const gust = await readyGust(project);
  await project.save("base/base.go", `${shop["base/base.go"]}\nfunc nobody() int { return 3 }\n`);
  const { reason } = await gust.next("nothing-to-do");
  assert.match(reason, /same as the running one/);
  assert.equal(gust.log.since(0, "built").at(-1)?.route.type, "direct");
  await gust.stop();
});

test("lines in traces are those of the file, also after comments that were not built", async (t) => {
  const project = await shopOf(t);
  const gust = await readyGust(project);
  await project.save("main.go", `// One line.\n// Two lines.\n${shop["main.go"]}`);
  assert.match((await gust.next("nothing-to-do")).reason, /only comments/);
  await project.edit("words/words.go", "abcdefgh", "ABCDEFGH");
  const { route } = await gust.next("built");
  // The file with the comment has changed, too.
  assert.equal(route.type === "direct" && route.packages, 2);
  await gust.answers("main AB");
  await gust.provoke("/panic");
  const crashed = await gust.next("rolled-back").catch(() => null);
  assert.ok(crashed !== null);
  const lines = (await project.read("main.go")).split("\n");
  const line = lines.findIndex((text) => text.includes('panic("here")')) + 1;
  assert.match(gust.output("stderr"), new RegExp(`main\\.go:${line}\\b`));
  await gust.stop();
});

test("a binary tells the state of git as `go build` writes it", async (t) => {
  const project = await shopOf(t, {
    "main.go": (shop["main.go"] ?? "")
      .replace('"os"', '"os"\n\t"runtime/debug"')
      .replace('"main "', "info()")
      .concat(
        "\nfunc info() string {\n\tinfo, _ := debug.ReadBuildInfo()\n\treturn info.String()\n}\n",
      ),
  });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
      cwd: project.root,
      encoding: "utf8",
    });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message=one");
  const gust = await readyGust(project, { env: { GOFLAGS: "-buildvcs=true" } });
  const revision = git("rev-parse", "HEAD").trim();
  assert.match(await gust.get(), new RegExp(`vcs.revision=${revision}\n[^]*vcs.modified=false`));
  const stamp = /the state of git/;
  const first = await routeOf(gust, "base/base.go", `${shop["base/base.go"]}\nvar One = 1\n`);
  assert.match(first.route.type === "go" ? first.route.reason : "", stamp);
  await gust.next("prepared");
  assert.match(await gust.get(), /vcs\.modified=true/);
  await project.edit("words/words.go", "abcdefgh", "ABCDEFGH");
  assert.equal((await gust.next("built")).route.type, "direct");
  await gust.next("live");
  assert.match(await gust.get(), /vcs\.modified=true/);
  git("commit", "--quiet", "--all", "--message=two");
  await project.edit("words/words.go", "ABCDEFGH", "abcdefgh");
  assert.match(JSON.stringify((await gust.next("built")).route), stamp);
  await gust.next("live");
  assert.match(await gust.get(), new RegExp(`vcs.revision=${git("rev-parse", "HEAD").trim()}`));
  await gust.stop();
});

test("flags of the build reach compiler and linker", async (t) => {
  const flags = '["-trimpath", "-tags=loud", "-gcflags=-N -l", "-ldflags=-X main.word=set"]';
  const project = await shopOf(t, {
    "gust.toml": `[build]\nflags = ${flags}\n`,
    "loud.go": '//go:build loud\n\npackage main\n\nvar word = "unset"\n',
    "main.go": (shop["main.go"] ?? "").replace('"main "', 'word + " "'),
  });
  const gust = await readyGust(project);
  assert.equal(await gust.get(), "set ab");
  await project.edit("words/words.go", "abcdefgh", "ABCDEFGH");
  assert.equal((await gust.next("built")).route.type, "direct");
  await gust.answers("set AB");
  await gust.stop();
});

test("what the go command would compile to something else is not trusted", async (t) => {
  const project = await shopOf(t);
  const gust = await readyGust(project);
  await project.edit("words/words.go", "abcdefgh", "ABCDEFGH");
  assert.equal((await gust.next("built")).route.type, "direct");
  await gust.answers("main AB");
  const [run = ""] = gust.records();
  const [object = ""] = await objectsBelow(join(run, "direct"));
  await appendFile(object, "more");
  const { outcome } = await gust.next("prepared");
  assert.deepEqual(outcome, { type: "doubtful", package: "example.com/shop/words" });
  assert.equal((await gust.next("built")).route.type, "go");
  assert.equal((await gust.next("prepared")).outcome.type, "ready");
  await gust.stop();
});

async function objectsBelow(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir, { recursive: true });
  return names.filter((name) => name.endsWith(".a")).map((name) => join(dir, name));
}

test("a file that the configuration leaves out is not forgotten", async (t) => {
  const project = await shopOf(t, {
    "gust.toml": '[build]\nexclude_regex = ["_gen\\\\.go$"]\n',
    "words/size_gen.go": "package words\n\nconst start = 0\n",
    "words/words.go": (shop["words/words.go"] ?? "").replace("[:base", "[start:base"),
  });
  const gust = await readyGust(project);
  await project.save("words/size_gen.go", "package words\n\nconst start = 1\n");
  await gust.next("ignored");
  assert.equal(await gust.get(), "main ab");
  await project.edit("words/words.go", "abcdefgh", "ABCDEFGH");
  assert.match(JSON.stringify((await gust.next("built")).route), /size_gen\.go may have changed/);
  await gust.answers("main B");
  await gust.stop();
});

test("a new file that the configuration leaves out is built in", async (t) => {
  const project = await shopOf(t, { "gust.toml": '[build]\nexclude_regex = ["_templ\\\\.go$"]\n' });
  const gust = await readyGust(project);
  const page = 'package words\n\nfunc page() string { return "page" }\n';
  await project.save("words/page_templ.go", page);
  await gust.next("ignored");
  const words = (shop["words/words.go"] ?? "").replace(
    'const letters = "abcdefgh"',
    "letters := page()",
  );
  await project.save("words/words.go", words);
  await gust.answers("main pa");
  await gust.stop();
});

test("a file that loses its build constraint, and an embed directive its comment, are seen", async (t) => {
  const embedding = `\n/*\n//go:embed page.html\nvar Page string\n*/\n`;
  const base = (shop["base/base.go"] ?? "").replace("\n", '\n\nimport _ "embed"\n') + embedding;
  const loud = '//go:build ignore\n\npackage words\n\nfunc init() { suffix = "!" }\n';
  const project = await shopOf(t, {
    "base/base.go": base,
    "base/page.html": "<p>",
    "words/loud.go": loud,
    "words/suffix.go": "package words\n\nvar suffix string\n",
    "words/words.go": (shop["words/words.go"] ?? "").replace("Size)]", "Size)] + suffix"),
  });
  const gust = await readyGust(project);
  assert.equal(await gust.get(), "main ab");
  await project.save("words/loud.go", loud.replace("//go:build ignore\n\n", ""));
  await gust.answers("main ab!");
  await gust.next("prepared");
  await project.save("base/base.go", base.replace("/*", "").replace("*/", ""));
  assert.match(JSON.stringify((await gust.next("built")).route), /constraints of base\.go/);
  await gust.stop();
});

test("a program that is given as a file is built directly, too", async (t) => {
  const project = await Project.create(t, "service", { "gust.toml": 'package = "main.go"\n' });
  await project.remove("answer.go");
  await project.remove("hooks.go");
  await project.save(
    "main.go",
    shop["main.go"]
      ?.replace('\n\t"example.com/shop/words"\n', "")
      .replace(" + words.Answer()", "") ?? "",
  );
  const gust = await readyGust(project);
  await project.edit("main.go", '"main "', '"again"');
  assert.equal((await gust.next("built")).route.type, "direct");
  await gust.answers("again");
  assert.equal((await gust.next("prepared")).outcome.type, "checked");
  await gust.stop();
});

test("in the terminal the reason is shown where more is asked for", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { json: false, args: ["--verbose"] });
  await gust.shows(/built by the go command: it is the first build/);
  await gust.shows(/saves in \d packages? are built directly from now on/);
  await project.save("answer.go", answerFile("two"));
  await gust.shows(/built directly, 1 package compiled/);
  await writeFile(project.path("new.go"), "package main\n\nvar one = 1\n");
  await gust.shows(/built by the go command: new\.go is new/);
  await gust.stop();
});
