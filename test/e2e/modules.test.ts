import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { EventOf } from "./events.ts";
import { Gust } from "./gust.ts";
import { ModuleProxy } from "./module-proxy.ts";
import { Project } from "./project.ts";

type T = Parameters<typeof Project.create>[0];

const words = "example.com/words";
const names = "example.com/names";

const wordsGo = (word: string): string => `package words\n\nconst Word = "${word}"\n`;

const saysWord = `package main

import "example.com/words"

func answer() string { return words.Word }
`;

const saysName = `package main

import "example.com/names"

func answer() string { return names.Name() }
`;

const goMod = (...requires: readonly string[]): string =>
  `module example.com/service\n\ngo 1.21\n${requires.map((one) => `\nrequire ${one}\n`).join("")}`;

interface Setting {
  readonly project: Project;
  readonly proxy: ModuleProxy;
}

/** A service, and modules `words` in two versions and `names`, which needs the first of them. */
async function setting(t: T, files: Readonly<Record<string, string>> = {}): Promise<Setting> {
  const project = await Project.create(t, "service", { "go.mod": goMod(), ...files });
  const proxy = new ModuleProxy(project);
  await proxy.publish(words, "v1.0.0", { "words.go": wordsGo("first") });
  await proxy.publish(words, "v1.1.0", { "words.go": wordsGo("second") });
  await proxy.publish(
    names,
    "v1.0.0",
    {
      "names.go": `package names\n\nimport "example.com/words"\n\nfunc Name() string { return "named " + words.Word }\n`,
    },
    [`${words} v1.0.0`],
  );
  return { project, proxy };
}

/** A gust whose service says the word of `words` v1.0.0. */
async function saying(
  t: T,
  files: Readonly<Record<string, string>> = {},
): Promise<Setting & { readonly gust: Gust }> {
  const { project, proxy } = await setting(t, {
    "go.mod": goMod(`${words} v1.0.0`),
    "answer.go": saysWord,
    ...files,
  });
  await project.save("go.sum", bothSums(proxy));
  const gust = await Gust.start(project, { env: proxy.env() });
  await gust.next("live");
  assert.equal(await gust.get(), "first");
  return { project, proxy, gust };
}

const bothSums = (proxy: ModuleProxy): string => proxy.sums(`${words} v1.0.0`, `${words} v1.1.0`);

const editsOf = ({ cause }: EventOf<"live">): unknown =>
  cause.type === "files" ? cause.files.flatMap((file) => file.moduleEdits ?? []) : null;

test("at the first start what is missing is fetched, and it is said", async (t) => {
  const { gust, project, proxy } = await saying(t);
  const [started] = gust.log.since(0, "fetch-started");
  assert.deepEqual([started?.total, started?.first], [1, `${words} v1.0.0`]);
  assert.equal(gust.log.since(0, "fetch-finished")[0]?.count, 1);
  await gust.stop();
  const again = await Gust.start(project, { env: proxy.env({ GOPROXY: "off" }) });
  await again.next("live");
  assert.deepEqual(again.log.since(0, "fetch-started"), []);
  await again.stop();
});

test("a version that is bumped is fetched and live, and the cause names it", async (t) => {
  const { gust, project } = await saying(t);
  // What gust asks of the go command in between would fetch it as well, and nothing be missing then.
  await gust.next("prepared");
  const mark = gust.log.mark;
  const live = await gust.saveAndLive("go.mod", goMod(`${words} v1.1.0`));
  assert.equal(await gust.get(), "second");
  assert.deepEqual(editsOf(live), [{ edit: "changed", name: words, from: "v1.0.0", to: "v1.1.0" }]);
  assert.equal(gust.log.since(mark, "fetch-started").length, 1);
  // Back again nothing is missing.
  await gust.saveAndLive("go.mod", goMod(`${words} v1.0.0`));
  assert.equal(await gust.get(), "first");
  assert.equal(gust.log.since(mark, "fetch-started").length, 1);
  assert.equal(await project.read("go.mod"), goMod(`${words} v1.0.0`));
  await gust.stop();
});

test("a module that is required anew is fetched with what it needs, and watched like the others", async (t) => {
  const { project, proxy } = await setting(t);
  const gust = await Gust.start(project, { env: proxy.env() });
  await gust.next("live");
  await project.save("go.sum", proxy.sums(`${names} v1.0.0`, `${words} v1.0.0`));
  await project.save("go.mod", goMod(`${names} v1.0.0`, `${words} v1.0.0 // indirect`));
  await gust.next("fetch-finished", ({ count }) => count === 2);
  await gust.saveAndLive("answer.go", saysName);
  assert.equal(await gust.get(), "named first");
  await gust.stop();
});

test("comments, formatting and order of module files lead to no build, and it is said", async (t) => {
  const { gust, project, proxy } = await saying(t);
  const mark = gust.log.mark;
  const untouched = async (name: string, content: string): Promise<void> => {
    await project.save(name, content);
    const { reason } = await gust.next("nothing-to-do");
    assert.equal(reason, "only comments, formatting or order changed", content);
  };
  const mod = goMod(`${words} v1.0.0`);
  await untouched("go.mod", `// Deprecated: by nobody.\n${mod}`);
  await untouched("go.mod", mod.replace("require", "// why\nrequire"));
  await untouched(
    "go.mod",
    `module example.com/service\nrequire (\n  ${words} v1.0.0 // indirect\n)\ngo 1.21\n`,
  );
  const sums = bothSums(proxy).trim().split("\n");
  await untouched("go.sum", `${sums.toReversed().join("\n\n")}\n`);
  assert.deepEqual(gust.log.since(mark, "build-started"), []);
  await gust.stop();
});

test("a replace by a local directory is live, and the directory is watched from then on", async (t) => {
  const { gust } = await saying(t, {
    "../local/go.mod": `module ${words}\n\ngo 1.21\n`,
    "../local/words.go": wordsGo("local"),
  });
  const replaced = `${goMod(`${words} v1.0.0`)}\nreplace ${words} => ../local\n`;
  const live = await gust.saveAndLive("go.mod", replaced);
  assert.equal(await gust.get(), "local");
  assert.deepEqual(editsOf(live), [{ edit: "added", name: `replace ${words}`, to: "../local" }]);
  await gust.saveAndLive("../local/words.go", wordsGo("local, changed"));
  assert.equal(await gust.get(), "local, changed");
  await gust.stop();
});

test("a use that is added to go.work is live, and its directory is watched from then on", async (t) => {
  const { gust } = await saying(t, {
    "local/go.mod": `module ${words}\n\ngo 1.21\n`,
    "local/words.go": wordsGo("in the workspace"),
    "go.work": "go 1.21\n\nuse .\n",
  });
  const live = await gust.saveAndLive("go.work", "go 1.21\n\nuse (\n\t.\n\t./local\n)\n");
  assert.equal(await gust.get(), "in the workspace");
  assert.deepEqual(editsOf(live), [{ edit: "added", name: "use ./local" }]);
  await gust.saveAndLive("local/words.go", wordsGo("changed there"));
  assert.equal(await gust.get(), "changed there");
  await gust.stop();
});

test("a change of go.mod and of two hundred files at once is one build", async (t) => {
  const { gust, project } = await saying(t);
  const mark = gust.log.mark;
  mkdirSync(project.path("more"));
  for (let index = 0; index < 200; index += 1) {
    writeFileSync(project.path(`more/f${index}.go`), `package more\n\nvar V${index} = ${index}\n`);
  }
  writeFileSync(project.path("go.mod"), goMod(`${words} v1.1.0`));
  writeFileSync(
    project.path("answer.go"),
    `package main\n\nimport (\n\t"example.com/service/more"\n\t"example.com/words"\n)\n\nfunc answer() string { _ = more.V199; return words.Word + " and more" }\n`,
  );
  await gust.answers("second and more");
  const finished = gust.log.since(mark, "live").length + gust.log.since(mark, "failed").length;
  assert.equal(finished, 1);
  await gust.stop();
});

test("a save during a download kills it, and the next one fetches what is wanted then", async (t) => {
  const { project, proxy } = await setting(t);
  const http = await proxy.serve();
  const gust = await Gust.start(project, { env: proxy.env({ GOPROXY: http.url }) });
  await gust.next("live");
  http.hold(/v1\.1\.0\.zip$/);
  await project.save("go.mod", goMod(`${words} v1.1.0`));
  await http.wasAsked(/v1\.1\.0\.zip$/);
  const busy = await gust.next("state", ({ fetching }) => fetching !== null);
  assert.deepEqual([busy.activity, busy.fetching?.done, busy.fetching?.total], ["modules", 0, 1]);
  const downloads = [...gust.processes().values()].filter((line) => line.includes("download"));
  assert.equal(downloads.length, 1, downloads.join("\n"));
  // It is answered as long as the modules of the next version are not there.
  assert.equal(await gust.get(), "one");
  await project.save("go.sum", proxy.sums(`${words} v1.0.0`));
  await project.save("answer.go", saysWord);
  await gust.saveAndLive("go.mod", goMod(`${words} v1.0.0`));
  assert.equal(await gust.get(), "first");
  const left = [...gust.processes().values()].filter((line) => line.includes("download"));
  assert.deepEqual(left, [], "the download is left");
  http.release();
  await gust.stop();
});

test("Ctrl-C during a download leaves nothing behind", async (t) => {
  const { project, proxy } = await setting(t, { "go.mod": goMod(`${words} v1.0.0`) });
  const http = await proxy.serve();
  http.hold(/\.zip$/);
  const gust = await Gust.start(project, { env: proxy.env({ GOPROXY: http.url }) });
  await http.wasAsked(/\.zip$/);
  await gust.stop();
});

test("a toolchain that go.mod asks for is fetched, and it is said which", async (t) => {
  const { project, proxy } = await setting(t);
  // What is fetched hands everything on to the Go that is installed.
  const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
  const platform = execFileSync("go", ["env", "GOOS", "GOARCH"], { encoding: "utf8" })
    .trim()
    .replace("\n", "-");
  const version = `v0.0.1-go1.99.0.${platform}`;
  const script = `#!/bin/sh\nunset GOTOOLCHAIN_INTERNAL_SWITCH_VERSION\nexport GOTOOLCHAIN=local GOROOT=${goroot}\nexec ${goroot}/bin/go "$@"\n`;
  await proxy.publish("golang.org/toolchain", version, {
    "bin/go": script,
    "pkg/tool/none": "",
    "lib/none": "",
    "bin/gofmt": script,
  });
  const gust = await Gust.start(project, { env: proxy.env({ GOTOOLCHAIN: "auto" }) });
  await gust.next("live");
  await project.save("go.mod", `${goMod()}\ntoolchain go1.99.0\n`);
  const started = await gust.next("fetch-started");
  assert.deepEqual([started.total, started.first], [1, "go1.99.0"]);
  assert.equal((await gust.next("fetch-finished")).count, 1);
  await gust.next("state", ({ activity, failure }) => activity === "idle" && failure === null);
  await gust.stop();
});
