import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { Project, answerFile } from "./project.ts";

test("comments and formatting lead to no build, and it is said; code and directives do", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  const { pid } = await gust.next("live");
  const source = await project.read("answer.go");
  await project.save("answer.go", `// Package main answers.\n${source}\n\n// The end.\n`);
  const nothing = await gust.next("nothing-to-do");
  assert.equal(nothing.reason, "only comments or formatting changed");
  await project.save("answer.go", source.replace("{ return", "{\n\n\treturn"));
  await gust.next("nothing-to-do");
  assert.equal(await gust.get("/pid"), String(pid));
  assert.equal(gust.log.since(0, "build-started").length, 1);
  // Unchanged since the last build, though two saves lie between.
  const noinline = source.replace("func", "//go:noinline\nfunc");
  assert.equal((await gust.saveAndLive("answer.go", noinline)).generation, 2);
  await gust.stop();
});

test("a save tells which declarations it has changed", async (t) => {
  const project = await Project.create(t, "service", {
    "answer.go": `${answerFile("one")}\nfunc old() {}\n\nfunc gone() int { return 1 }\n`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const changed = `${answerFile("two")}\nfunc renamed() {}\n\nvar added = 1\n`;
  const { cause } = await gust.saveAndLive("answer.go", changed);
  assert.deepEqual(cause.type === "files" ? cause.files[0]?.edits : null, [
    { edit: "changed", name: "answer" },
    { edit: "renamed", name: "renamed", from: "old" },
    { edit: "added", name: "var added" },
    { edit: "removed", name: "gone" },
  ]);
  await gust.stop();
});

test("a declaration that goes into another file is told as moved", async (t) => {
  const project = await Project.create(t, "service", {
    "answer.go": `${answerFile("one")}\nfunc helper() int { return 1 }\n`,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await writeFile(project.path("../helper"), "package main\n\nfunc helper() int { return 1 }\n");
  await writeFile(project.path("../answer"), answerFile("two"));
  // At once, so that they are one change.
  renameSync(project.path("../helper"), project.path("helper.go"));
  renameSync(project.path("../answer"), project.path("answer.go"));
  await gust.answers("two");
  const files = gust.log
    .since(0, "live")
    .flatMap(({ cause }) => (cause.type === "files" ? cause.files : []));
  const moved = files.flatMap(({ edits = [] }) => edits).filter(({ edit }) => edit === "moved");
  assert.deepEqual(moved, [{ edit: "moved", name: "helper", from: project.path("answer.go") }]);
  await gust.stop();
});

test("with semantic = false every change of the text is built", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": "[build]\nsemantic = false\n",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("answer.go", `// A comment.\n${await project.read("answer.go")}`);
  await gust.next("build-started", ({ generation }) => generation === 2);
  await gust.next("nothing-to-do", ({ reason }) => reason.includes("binary"));
  await gust.stop();
});
