import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { sameProgram } from "../../src/adapters/go/direct/same-content.ts";
import { noChanges, withReason } from "../../src/core/source-changes.ts";
import { linkerFlags } from "../differential/differential.ts";
import { type Files, goEnv, putFiles, tempFiles } from "../world/temp-module.ts";
import { mod, openWorkshop } from "./builder-kit.ts";

/*
 * Whatever a build depends on may change without anybody telling. Then a direct build must not go on
 * with what it knows.
 */

const files: Files = {
  "go.mod": mod,
  "main.go":
    'package main\n\nimport (\n\t"example.com/shop/in/deep"\n\t"example.com/shop/words"\n)\n\nfunc main() { println(words.Word(), deep.Deep) }\n',
  "words/words.go":
    'package words\n\nimport "embed"\n\n//go:embed pages\nvar pages embed.FS\n\nfunc Word() string {\n\tentries, _ := pages.ReadDir("pages")\n\treturn "one" + entries[0].Name() + other\n}\n',
  "in/deep/deep.go": "package deep\n\nconst Deep = 1\n",
  "words/other.go": 'package words\n\nvar other = "other"\n',
  "words/pages/a.html": "a",
  "words/pages/deep/b.html": "b",
  "words/pages/empty/.not/embedded/.keep": "",
};

interface Case {
  readonly title: string;
  readonly unseen: (dir: string) => Promise<void>;
  readonly reason: RegExp;
  /** `go build` fails then, too. */
  readonly fails?: true;
}

const put = (more: Files) => (dir: string) => putFiles(dir, more);

const cases: readonly Case[] = [
  {
    title: "another file of the package",
    unseen: put({ "words/other.go": 'package words\n\nvar other = "changed"\n' }),
    reason: /other\.go has changed unseen/,
  },
  {
    title: "a new file of the package",
    unseen: put({ "words/more.go": 'package words\n\nfunc init() { other = "more" }\n' }),
    reason: /files have come or gone in .*words$/,
  },
  {
    title: "a file that is gone",
    unseen: (dir) => rm(join(dir, "words/other.go")),
    reason: /other\.go has changed unseen|come or gone/,
    fails: true,
  },
  {
    title: "an embedded file",
    unseen: put({ "words/pages/deep/b.html": "changed" }),
    reason: /b\.html has changed unseen/,
  },
  {
    title: "a new embedded file",
    unseen: put({ "words/pages/new.html": "new" }),
    reason: /files have come or gone in .*pages$/,
  },
  {
    title: "a new embedded directory",
    unseen: put({ "words/pages/deep/er/c.html": "new" }),
    reason: /files have come or gone in .*deep$/,
  },
  {
    title: "a new embedded file where none was",
    unseen: put({ "words/pages/empty/c.html": "new" }),
    reason: /files have come or gone in .*empty$/,
  },
  {
    title: "a profile for the compiler",
    unseen: put({ "default.pgo": "no profile" }),
    reason: /files have come or gone/,
    fails: true,
  },
  {
    title: "a module that begins in a package",
    unseen: put({ "words/go.mod": "module example.com/other\n" }),
    reason: /files have come or gone in .*words$/,
    fails: true,
  },
  {
    title: "a module that begins between packages",
    unseen: put({ "in/go.mod": "module example.com/other\n" }),
    reason: /in.go\.mod has changed unseen/,
    fails: true,
  },
  {
    title: "a list of vendored modules",
    unseen: put({ "vendor/modules.txt": "" }),
    reason: /modules\.txt has changed unseen/,
  },
  {
    title: "a module file",
    unseen: put({ "go.mod": `${mod}\ngodebug panicnil=1\n` }),
    reason: /go\.mod has changed unseen/,
  },
  {
    title: "a workspace in the directory above",
    unseen: put({ "../go.work": "go 1.21\n\nuse ./app\n" }),
    reason: /go\.work has changed unseen/,
  },
];

for (const { title, unseen, reason, fails } of cases) {
  test(`${title} that nobody tells of is left to the go command`, async (t) => {
    const top = await tempFiles(t, {});
    const dir = join(top, "app");
    await putFiles(dir, files);
    const { signal } = new AbortController();
    const { builder } = await openWorkshop(t, {}, { dir, ownDirs: () => [dir] });
    const first = await builder.build(1, withReason(noChanges, "first"), signal);
    assert.equal(first.type, "built");
    assert.equal((await builder.prepare(signal)).type, "ready");
    await unseen(dir);
    await putFiles(dir, {
      "words/words.go": (files["words/words.go"] ?? "").replace("one", "two"),
    });
    const changes = { modified: [join(dir, "words/words.go")], other: null };
    const outcome = await builder.build(2, changes, signal);
    if (fails === true) {
      assert.equal(outcome.type, "failed");
      return;
    }
    assert.ok(outcome.type === "built", JSON.stringify(outcome));
    assert.match(outcome.route.type === "go" ? outcome.route.reason : "", reason);
    await sameAsGoBuild(dir, outcome.artifact.path ?? "");
  });
}

test("a file that is written again as it was, or touched, is the same", async (t) => {
  const dir = await tempFiles(t, files);
  const { signal } = new AbortController();
  const { builder } = await openWorkshop(t, {}, { dir, ownDirs: () => [dir] });
  await builder.build(1, withReason(noChanges, "first"), signal);
  assert.equal((await builder.prepare(signal)).type, "ready");
  for (const build of [2, 3]) {
    await putFiles(dir, { "words/other.go": files["words/other.go"] ?? "", "app.log": `${build}` });
    const word = (files["words/words.go"] ?? "").replace("one", `${build}`);
    await putFiles(dir, { "words/words.go": word });
    const changes = { modified: [join(dir, "words/words.go")], other: null };
    const outcome = await builder.build(build, changes, signal);
    assert.deepEqual(outcome.type === "built" && outcome.route.type, "direct");
  }
});

test("a source that is a symbolic link is looked at where it leads", async (t) => {
  const dir = await tempFiles(t, {
    ...files,
    "../elsewhere/other.go": files["words/other.go"] ?? "",
  });
  const target = join(dirname(dir), "elsewhere", "other.go");
  t.after(() => rm(dirname(target), { recursive: true, force: true }));
  await rm(join(dir, "words/other.go"));
  await symlink(target, join(dir, "words/other.go"));
  const { signal } = new AbortController();
  const { builder } = await openWorkshop(t, {}, { dir, ownDirs: () => [dir] });
  await builder.build(1, withReason(noChanges, "first"), signal);
  assert.equal((await builder.prepare(signal)).type, "ready");
  await putFiles(dirname(target), { "other.go": 'package words\n\nvar other = "linked"\n' });
  const outcome = await builder.build(2, noChanges, signal);
  assert.ok(outcome.type === "built" && outcome.route.type === "go", JSON.stringify(outcome));
  await sameAsGoBuild(dir, outcome.artifact.path ?? "");
});

test("what changes unseen is left to the go command when it is quiet", async (t) => {
  const dir = await tempFiles(t, files);
  const { signal } = new AbortController();
  const { builder } = await openWorkshop(t, {}, { dir, ownDirs: () => [dir] });
  await builder.build(1, withReason(noChanges, "first"), signal);
  assert.equal((await builder.prepare(signal)).type, "ready");
  assert.deepEqual(await builder.prepare(signal), { type: "checked", packages: 0 });
  await putFiles(dir, { "words/other.go": 'package words\n\nvar other = "changed"\n' });
  const outcome = await builder.prepare(signal);
  assert.match(outcome.type === "outdated" ? outcome.reason : "", /other\.go has changed unseen/);
});

async function sameAsGoBuild(dir: string, program: string): Promise<void> {
  const reference = join(dirname(program), "reference");
  await promisify(execFile)("go", ["build", ...linkerFlags, "-o", reference, "."], {
    cwd: dir,
    env: goEnv(),
  });
  assert.ok(await sameProgram(program, reference), "the programs differ");
}
