import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { outputOf } from "../../test/support/command-output.ts";
import { good, options, project } from "../../test/support/config-project.ts";
import type { Loaded } from "../config/config.ts";
import { runInit } from "./init.ts";

const main = "package main\n\nfunc main() {}\n";

async function init(cwd: string, force = false) {
  return outputOf(cwd, (io) => runInit({ force }, io));
}

/** Writes gust.toml for these files, and reads it back, which it must stand without a word. */
async function written(
  dir: string,
): Promise<{ text: string; out: string; err: string; loaded: Loaded }> {
  const { code, out, err } = await init(dir);
  assert.equal(code, 0, err);
  const text = await readFile(join(dir, "gust.toml"), "utf8");
  const loaded = await good(options(dir));
  assert.equal(loaded.source, "gust.toml");
  const serious = loaded.warnings.filter((warning) => warning.code !== "CONFIG_WITHOUT_EFFECT");
  assert.deepEqual(serious, [], text);
  return { text, out, err, loaded };
}

test("a plain program needs nothing but comments", async (t) => {
  const dir = await project(t, { "go.mod": "module x\n", "main.go": main });
  const { text, out, err } = await written(dir);
  assert.equal(
    text,
    `# What gust should do otherwise than by itself. Every key is optional:
# \`gust check\` shows them all, with their values and where each comes from.

# The only program: package = "."
`,
  );
  assert.equal(out, "wrote gust.toml\n  program .\n");
  assert.equal(err, "");
});

test("a file that exists is overwritten only when that is asked for", async (t) => {
  const dir = await project(t, { "main.go": main, "gust.toml": "verbose = true\n" });
  assert.deepEqual(await init(dir), {
    code: 1,
    out: "",
    err: "error: gust.toml exists already\n  hint: `gust init --force` overwrites it\n",
  });
  assert.equal(await readFile(join(dir, "gust.toml"), "utf8"), "verbose = true\n");
  assert.equal((await init(dir, true)).code, 0);
  assert.match(await readFile(join(dir, "gust.toml"), "utf8"), /^# What gust/);
});

test("one of several programs is chosen, and the others are named", async (t) => {
  const check = async (files: readonly string[], chosen: string, others: string) => {
    const dir = await project(t, Object.fromEntries(files.map((file) => [file, main])));
    const { text, loaded } = await written(dir);
    assert.equal(loaded.config.package, chosen);
    assert.ok(text.includes(`# There are other programs: ${others}\n`), text);
    // What is proposed for several at once is right when it is taken.
    const several = text
      .replace(/^package = .*$/m, "")
      .replaceAll(/^# (?=\[\[|name|package)/gm, "");
    const both = await project(t, { "gust.toml": several });
    const { services } = (await good(options(both))).config;
    assert.deepEqual(services.map((one) => one.package).toSorted(), [chosen, others].toSorted());
  };
  await check(["cmd/a/main.go", "cmd/b/main.go"], "./cmd/a", "./cmd/b");
  await check(["cmd/a/main.go", "cmd/server/x.go"], "./cmd/server", "./cmd/a");
  await check(["cmd/server/a.go", "main.go"], ".", "./cmd/server");
});

test("scripts, tests, libraries and other modules are no programs", async (t) => {
  const dir = await project(t, {
    "cmd/a/main.go": main,
    "gen.go": `//go:build ignore\n\n${main}`,
    "lib/lib.go": "package lib\n\nfunc main() {}\n",
    "lib/doc_test.go": main,
    "half/x.go": "package main\n",
    "other/go.mod": "module other\n",
    "other/main.go": main,
    "vendor/v/main.go": main,
    "_old/main.go": main,
    ".hidden/main.go": main,
  });
  const { text } = await written(dir);
  assert.match(text, /^# The only program: package = "\.\/cmd\/a"$/m);
});

test("a project without a program is told so", async (t) => {
  const { err } = await written(await project(t, { "lib.go": "package lib\n" }));
  assert.match(err, /^warning: there is no main package here\n/);
});

test("generators become rules", async (t) => {
  const dir = await project(t, {
    "go.mod": "module x\n\ntool (\n\tgithub.com/a-h/templ/cmd/templ\n)\n",
    "main.go": `${main}\n//go:generate templ generate\n`,
    "web/page.templ": "",
    "sqlc.yaml": 'sql:\n  - gen:\n      go:\n        out: "internal/db"\n',
    "api/a.proto": "",
    "buf.yaml": "",
    "buf.gen.yaml": "",
    "tailwind.config.js": "",
    "web/in.css": "@tailwind base;\n",
    "package.json": '{"scripts": {"watch": "tailwindcss --watch", "css": "tailwindcss -i a -o b"}}',
  });
  const { loaded, out } = await written(dir);
  const rules = loaded.config.rules.map((rule) => [rule.name, rule.cmd, rule.inputs, rule.outputs]);
  assert.deepEqual(rules, [
    ["templ", "go tool templ generate", ["**/*.templ"], ["**/*_templ.go", "**/*_templ.txt"]],
    ["sqlc", "sqlc generate", ["sqlc.yaml", "**/*.sql"], ["internal/db/*.go"]],
    ["buf", "buf generate", ["**/*.proto", "buf.yaml", "buf.gen.yaml"], ["**/*.pb.go"]],
    ["tailwind", "npm run css", ["tailwind.config.js", "web/in.css", "**/*.templ"], []],
  ]);
  assert.doesNotMatch(out, /generate/);
});

test("a rule of which something is a guess is only a comment", async (t) => {
  const dir = await project(t, {
    "main.go": main,
    "kind/kind.go": "package kind\n\n//go:generate stringer -type=Kind\n",
    "a.proto": "",
    "in.css": '@import "tailwindcss";\n',
  });
  const { text, loaded } = await written(dir);
  assert.deepEqual(loaded.config.rules, []);
  assert.match(
    text,
    /^# go:generate stringer -type=Kind: .*\n# \[\[rule\]\]\n# name = "generate kind"\n# cmd = "go generate \.\/kind"$/m,
  );
  assert.match(text, /^# cmd = "protoc /m);
  assert.match(text, /^# cmd = "npx @tailwindcss\/cli -i in\.css /m);
});

test("templates, embedded files and ports are mentioned", async (t) => {
  const dir = await project(t, {
    "main.go": main,
    "views/a.gohtml": "",
    "web/web.go": "package web\n\n//go:embed assets\nvar assets embed.FS\n",
    Dockerfile: "FROM x\nEXPOSE 8080/tcp 9090\nexpose 53/udp $PORT\n",
  });
  const { text, loaded } = await written(dir);
  assert.deepEqual(loaded.config.build.includeExt, ["go", "tpl", "tmpl", "html", "gohtml"]);
  assert.match(text, /^# The Dockerfile exposes 8080, 9090\./m);
  assert.match(text, /^# ports = \[8080, 9090\]$/m);
  assert.match(text, /^# Embedded with .* files of \.\/web$/m);
  assert.deepEqual(loaded.config.ready.ports, []);
});

test("only what somebody chose is taken over from a file of air", async (t) => {
  const air = await readFile("test/fixtures/air/init.toml", "utf8");
  const dir = await project(t, { "main.go": main, ".air.toml": air });
  const { text } = await written(dir);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(lines, []);
  assert.match(text, /^# Taken over from \.air\.toml/m);
});

test("a file of air and what is made of it mean the same", async (t) => {
  for (const name of ["delve", "templ", "docker"]) {
    const air = await readFile(`test/fixtures/air/${name}.toml`, "utf8");
    const dir = await project(t, { "main.go": main, ".air.toml": air });
    const before = (await good(options(dir))).config;
    const { loaded } = await written(dir);
    const after = loaded.config;
    const usual = before.build.delayMs === 1000 ? 300 : before.build.delayMs;
    // Only a file of gust stands for the usual env files.
    const { envFiles } = before.envFiles.length === 0 ? after : before;
    const build = { ...before.build, delayMs: usual };
    assert.deepEqual(after, { ...before, envFiles, build }, name);
  }
});

test("the table that air init adds on Windows says nothing new", async (t) => {
  const air = `${await readFile("test/fixtures/air/init.toml", "utf8")}
[build.windows]
  bin = "tmp\\\\main.exe"
  cmd = "go build -o ./tmp/main.exe ."
  entrypoint = ["tmp\\\\main.exe"]
`;
  const dir = await project(t, { "main.go": main, ".air.toml": air });
  const { text } = await written(dir);
  assert.doesNotMatch(text, /windows/);
});

test("what gust does not know in a file of air is left out with a note", async (t) => {
  const dir = await project(t, {
    "main.go": main,
    ".air.toml": '[build]\ndealy = 1\nbin = 3\ncmd = "make"\n[build.windows]\nbin = "a.exe"\n',
  });
  const { text, loaded } = await written(dir);
  assert.match(
    text,
    /^# build\.dealy was left out: unknown key build\.dealy \(did you mean build\.delay\?\)$/m,
  );
  assert.match(text, /^# build\.bin was left out: /m);
  assert.match(text, /^\[build\.windows\]\nbin = "a\.exe"$/m);
  assert.equal(loaded.config.build.cmd, "make");
});

test("a broken file of air is left out with a warning", async (t) => {
  const dir = await project(t, { "main.go": main, ".air.toml": "[build" });
  const { err } = await written(dir);
  assert.match(err, /^warning: \.air\.toml:1:\d+ is no valid TOML/);
});

test("a generator that air's build runs already is not run a second time", async (t) => {
  const air = '[build]\ncmd = "templ generate && go build -o ./tmp/main ."\n';
  const dir = await project(t, { "main.go": main, "a.templ": "", ".air.toml": air });
  const { text, loaded } = await written(dir);
  assert.deepEqual(loaded.config.rules, []);
  assert.match(text, /A command above runs it already/);
});

test("a directory that cannot be written is told", async (t) => {
  const dir = await project(t, { file: "" });
  await writeFile(join(dir, "file"), "");
  const { code, err } = await init(join(dir, "file"));
  assert.equal(code, 1);
  assert.match(err, /^error: gust\.toml could not be written\n/);
});
