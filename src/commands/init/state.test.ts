import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { outputOf } from "../../../test/support/command-output.ts";
import { project } from "../../../test/support/config-project.ts";
import { runInitState } from "./state.ts";

const files = [
  "file_linux.go",
  "gust.go",
  "gust_linux.go",
  "gust_other.go",
  "survey_linux.go",
  "types_linux.go",
  "values_linux.go",
];

const usage = (path: string): string => `
import ${path}

gust.Keep("counter", &counter, &mu)   // before it is used: its value comes from the last version
gust.Context()                        // ends when this version begins to drain
`;

async function init(cwd: string, dir: string | null = null, force = false) {
  return outputOf(cwd, (io) => runInitState({ dir, force, packageDir: "." }, io));
}

test("the package is written into the module, and says how it is imported", async (t) => {
  const dir = await project(t, { "go.mod": "// A.\nmodule example.com/app // b\n\ngo 1.21\n" });
  const { code, out, err } = await init(dir);
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  const wrote = files.map((name) => `wrote internal/gust/${name}\n`).join("");
  assert.equal(out, wrote + usage('"example.com/app/internal/gust"'));
  assert.deepEqual((await readdir(join(dir, "internal/gust"))).toSorted(), files);
});

test("a program can be built with it", async (t) => {
  const dir = await project(t, {
    "go.mod": "module app\n\ngo 1.21\n",
    "main.go": `package main

import "app/internal/gust"

func main() {
	count := 0
	gust.Keep("count", &count)
	println(count, gust.Context().Err() == nil)
}
`,
  });
  assert.equal((await init(dir)).code, 0);
  const env = { ...process.env, GOFLAGS: "", GOWORK: "off" };
  const { stderr } = await promisify(execFile)("go", ["run", "."], { cwd: dir, env });
  assert.equal(stderr, "0 true\n");
});

test("it belongs to the module above the directory", async (t) => {
  const dir = await project(t, { "go.mod": 'module "app"\n', "cmd/api/main.go": "package main\n" });
  const { out } = await init(join(dir, "cmd/api"));
  assert.match(out, /^wrote \.\.\/\.\.\/internal\/gust\/gust\.go$/m);
  assert.ok(out.endsWith(usage('"app/internal/gust"')), out);
});

test("another directory can be named", async (t) => {
  const dir = await project(t, { "go.mod": "module app\n", "tools/go.mod": "module tools\n" });
  assert.ok((await init(dir, "state")).out.endsWith(usage('gust "app/state"')));
  assert.ok((await init(dir, "tools/x/gust")).out.endsWith(usage('"tools/x/gust"')));
});

test("a file that differs is overwritten only when that is asked for", async (t) => {
  const dir = await project(t, { "go.mod": "module app\n" });
  await init(dir);
  const again = await init(dir);
  assert.equal(again.code, 0);
  assert.match(again.out, /^unchanged internal\/gust\/gust\.go$/m);
  const file = join(dir, "internal/gust/gust.go");
  await writeFile(file, "package gust\n\n// Mine.\n");
  assert.deepEqual(await init(dir), {
    code: 1,
    out: "",
    err: "error: gust.go is there and differs from gust's\n  hint: `gust init --state --force` overwrites what differs\n",
  });
  assert.match(await readFile(file, "utf8"), /Mine/);
  const forced = await init(dir, null, true);
  assert.match(forced.out, /^wrote internal\/gust\/gust\.go$/m);
  assert.match(forced.out, /^unchanged internal\/gust\/gust_other\.go$/m);
  assert.doesNotMatch(await readFile(file, "utf8"), /Mine/);
});

test("a directory with another package is refused, whatever is asked for", async (t) => {
  const dir = await project(t, { "go.mod": "module app\n", "main.go": "package main\n" });
  const { code, err } = await init(dir, ".", true);
  assert.equal(code, 1);
  assert.match(err, /^error: the directory holds package main already\n/);
  assert.deepEqual((await readdir(dir)).toSorted(), ["go.mod", "main.go"]);
});

test("outside of a module nothing is written", async (t) => {
  const dir = await project(t, {});
  const { code, err } = await init(dir);
  assert.equal(code, 1);
  assert.match(err, /^error: there is no go\.mod here or above\n/);
  assert.deepEqual(await readdir(dir), []);
});

test("a directory that cannot be made is told", async (t) => {
  const dir = await project(t, { "go.mod": "module app\n", internal: "" });
  const { code, err } = await init(dir);
  assert.equal(code, 1);
  assert.match(err, /^error: the package could not be written\n/);
});
