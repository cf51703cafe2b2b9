import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventOf } from "./events.ts";
import { Gust, type GustOptions, runGust } from "./gust.ts";
import { ModuleProxy } from "./module-proxy.ts";
import { Project, answerFile } from "./project.ts";

type T = Parameters<typeof Project.create>[0];

const words = "example.com/words";
const saysWord = `package main

import "example.com/words"

func answer() string { return words.Word }
`;
const plain = "module example.com/service\n\ngo 1.21\n";
const requiring = (version: string): string => `${plain}\nrequire ${words} ${version}\n`;

interface Running {
  readonly project: Project;
  readonly proxy: ModuleProxy;
  readonly gust: Gust;
}

/** A service that is live without any module, and a proxy that has `words`. */
async function running(
  t: T,
  files: Readonly<Record<string, string>> = {},
  options: (proxy: ModuleProxy) => GustOptions = (proxy) => ({ env: proxy.env() }),
): Promise<Running> {
  const project = await Project.create(t, "service", { "go.mod": plain, ...files });
  const proxy = new ModuleProxy(project);
  await proxy.publish(words, "v1.0.0", { "words.go": 'package words\n\nconst Word = "first"\n' });
  const gust = await Gust.start(project, options(proxy));
  await gust.next("live");
  return { project, proxy, gust };
}

/** Saves, and looks at the failure: the version before serves on. */
async function failing(
  { project, gust }: Running,
  files: Readonly<Record<string, string>>,
): Promise<EventOf<"failed">["failure"]> {
  for (const [name, content] of Object.entries(files)) await project.save(name, content);
  const last = Object.keys(files).at(-1) ?? "";
  const { failure, serving } = await gust.next("failed", ({ cause }) => {
    return cause.type === "files" && cause.files.some(({ path }) => path === project.path(last));
  });
  assert.equal(serving, 1);
  assert.equal(await gust.get(), "one");
  return failure;
}

/** All that the import of `words` takes. */
const needingWords = ({ proxy }: Running): Readonly<Record<string, string>> => ({
  "go.sum": proxy.sums(`${words} v1.0.0`),
  "go.mod": requiring("v1.0.0"),
  "answer.go": saysWord,
});

async function fix(run: Running): Promise<void> {
  const { code, stderr } = await runGust(run.project, { command: "fix", json: false });
  assert.equal(code, 0, stderr);
}

test("a missing line of go.sum names the command, which is run when it is asked for", async (t) => {
  const run = await running(t);
  const { gust, project, proxy } = run;
  const failure = await failing(run, { "go.mod": requiring("v1.0.0"), "answer.go": saysWord });
  assert.equal(failure.code, "MODULE_SUM_MISSING");
  assert.deepEqual(failure.fix, ["mod", "tidy"]);
  assert.match(failure.hint ?? "", /`go mod tidy`/);
  const mark = gust.log.mark;
  await fix(run);
  await gust.next("fix-finished");
  await gust.answers("first");
  assert.equal(await project.read("go.sum"), proxy.sums(`${words} v1.0.0`));
  // What the command wrote is no change of somebody else's.
  await gust.next("state", ({ live, activity }) => live && activity === "idle");
  assert.equal(gust.log.since(mark, "build-started").length, 1);
  await gust.stop();
});

test("a missing import names the command that gets it, which is run when it is asked for", async (t) => {
  const run = await running(t);
  const failure = await failing(run, { "answer.go": saysWord });
  assert.equal(failure.code, "MODULE_NOT_FOUND");
  assert.deepEqual(failure.fix, ["get", words]);
  assert.equal(failure.diagnostics?.[0]?.file, run.project.path("answer.go"));
  assert.equal(await run.project.read("go.mod"), plain);
  await fix(run);
  const { said } = await run.gust.next("fix-finished");
  assert.deepEqual(said, [`go: added ${words} v1.0.0`]);
  await run.gust.answers("first");
  await run.gust.stop();
});

test("with tidy = auto `go mod tidy` runs by itself, once for each change", async (t) => {
  const run = await running(t, { "gust.toml": '[modules]\ntidy = "auto"\n' });
  const { gust, project } = run;
  await project.save("answer.go", saysWord);
  const started = await gust.next("fix-started");
  assert.deepEqual([started.command, started.auto], [["mod", "tidy"], true]);
  await gust.answers("first");
  assert.deepEqual(gust.log.since(0, "failed"), []);
  // One that cannot be found: it is tried once, and told.
  const mark = gust.log.mark;
  await project.save("answer.go", saysWord.replaceAll("words", "nowhere"));
  const { failure } = await gust.next("failed");
  assert.equal(failure.code, "MODULE_NOT_FOUND");
  await gust.next("state", ({ activity }) => activity === "idle");
  assert.equal(gust.log.since(mark, "fix-started").length, 1);
  await gust.saveAndLive("answer.go", answerFile("without"));
  assert.equal(await gust.get(), "without");
  await gust.stop();
});

test("with tidy = never no command is run, and one that is asked for is refused", async (t) => {
  const run = await running(t, { "gust.toml": '[modules]\ntidy = "never"\n' });
  const failure = await failing(run, { "answer.go": saysWord });
  assert.deepEqual(failure.fix, ["get", words]);
  const { code, stderr } = await runGust(run.project, { command: "fix", json: false });
  assert.equal(code, 1);
  assert.match(stderr, /modules\.tidy = "never"[\s\S]*go get example\.com\/words/);
  assert.equal(run.gust.log.last("state")?.fix, null);
  await run.gust.stop();
});

test("where nothing is wrong there is nothing to fix", async (t) => {
  const run = await running(t);
  const { code, stderr } = await runGust(run.project, { command: "fix", json: false });
  assert.equal(code, 1);
  assert.match(stderr, /there is no failure that a go command would put right/);
  await run.gust.stop();
});

test("without network, and with GOPROXY=off, what is missing is named", async (t) => {
  const off = await running(t, {}, (proxy) => ({ env: proxy.env({ GOPROXY: "off" }) }));
  const forbidden = await failing(off, needingWords(off));
  assert.equal(forbidden.code, "MODULE_UNREACHABLE");
  assert.match(
    forbidden.message,
    /^example\.com\/words v1\.0\.0 is not in the module cache, and GOPROXY=off/,
  );
  await off.gust.stop();
  const away = { GOPROXY: "http://127.0.0.1:1" };
  const run = await running(t, {}, (proxy) => ({ env: proxy.env(away) }));
  const failure = await failing(run, needingWords(run));
  assert.equal(failure.code, "MODULE_UNREACHABLE");
  assert.match(
    failure.message,
    /^example\.com\/words v1\.0\.0 cannot be downloaded: dial tcp 127\.0\.0\.1:1/,
  );
  await run.gust.stop();
});

test("a module that the build does not need may be out of reach", async (t) => {
  const run = await running(t, {}, (proxy) => ({ env: proxy.env({ GOPROXY: "off" }) }));
  const { gust, project, proxy } = run;
  await project.save("go.sum", proxy.sums(`${words} v1.0.0`));
  await project.save("go.mod", requiring("v1.0.0"));
  const warned = await gust.next("warned");
  assert.equal(warned.failure.code, "MODULE_UNREACHABLE");
  const mark = gust.log.mark;
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.deepEqual(gust.log.since(mark, "warned"), [], "it is said again and again");
  await gust.stop();
});

test("a proxy that wants credentials, and one that does not know the version, are told apart", async (t) => {
  const run = await running(t);
  const http = await run.proxy.serve();
  await run.gust.stop();
  const gust = await Gust.start(run.project, { env: run.proxy.env({ GOPROXY: http.url }) });
  await gust.next("live");
  http.status = 403;
  const again = { ...run, gust };
  const closed = await failing(again, { "go.mod": requiring("v1.0.0"), "answer.go": saysWord });
  assert.equal(closed.code, "MODULE_PRIVATE");
  assert.match(closed.hint ?? "", /GOPRIVATE=example\.com/);
  http.status = null;
  const unknown = await failing(again, { "go.mod": requiring("v1.7.0") });
  assert.equal(unknown.code, "MODULE_VERSION_UNKNOWN");
  assert.match(unknown.message, /^example\.com\/words v1\.7\.0 is not to be found/);
  http.status = 410;
  const goneAway = await failing(again, { "go.mod": requiring("v1.8.0") });
  assert.equal(goneAway.code, "MODULE_VERSION_UNKNOWN");
  await gust.stop();
});

test("a module that is not what go.sum knows is not used", async (t) => {
  const run = await running(t);
  const sums = run.proxy.sums(`${words} v1.0.0`).replaceAll(/h1:..../g, "h1:AAAA");
  const failure = await failing(run, {
    "go.sum": sums,
    "go.mod": requiring("v1.0.0"),
    "answer.go": saysWord,
  });
  assert.equal(failure.code, "MODULE_CHECKSUM");
  assert.match(failure.message, /^example\.com\/words v1\.0\.0 is not what go\.sum knows/);
  assert.equal(failure.fix, undefined);
  await run.gust.stop();
});

test("a mistake in go.mod is told with its line", async (t) => {
  const run = await running(t);
  const failure = await failing(run, { "go.mod": `${plain}\nrequir ${words} v1.0.0\n` });
  assert.equal(failure.code, "MODULE_FILE_INVALID");
  assert.equal(failure.message, "go.mod:5: unknown directive: requir");
  assert.deepEqual(
    failure.diagnostics?.map(({ file, line }) => [file, line]),
    [[run.project.path("go.mod"), 5]],
  );
  await run.project.save("go.mod", plain);
  await run.gust.next("state", ({ live }) => live);
  await run.gust.stop();
});

test("a toolchain that this machine lacks is named, and a save that mends it is live", async (t) => {
  const run = await running(t);
  const local = await failing(run, { "go.mod": plain.replace("1.21", "1.99") });
  assert.equal(local.code, "GO_TOO_OLD");
  assert.match(local.message, /^go\.mod needs Go 1\.99/);
  await run.project.save("go.mod", plain);
  await run.gust.next("state", ({ live }) => live);
  await run.gust.stop();
  const auto = await Gust.start(run.project, { env: run.proxy.env({ GOTOOLCHAIN: "auto" }) });
  await auto.next("live");
  const missing = await failing(
    { ...run, gust: auto },
    { "go.mod": plain.replace("1.21", "1.99.1") },
  );
  assert.equal(missing.code, "TOOLCHAIN_MISSING");
  assert.match(missing.message, /^the toolchain go1\.99\.1 is not on this machine/);
  await run.project.save("go.mod", plain);
  await auto.next("state", ({ live }) => live);
  await auto.stop();
});

test("a vendor directory that does not fit go.mod is told, and `go mod vendor` mends it", async (t) => {
  const run = await running(t);
  const { gust, project, proxy } = run;
  await project.save("go.sum", proxy.sums(`${words} v1.0.0`));
  await project.save("go.mod", requiring("v1.0.0"));
  await gust.next("fetch-finished");
  await project.save("answer.go", saysWord);
  await gust.answers("first");
  // Nothing else is looked at any more: the new directory itself has to be noticed.
  await gust.next("state", ({ activity }) => activity === "idle");
  await project.save("vendor/modules.txt", `# ${words} v0.9.0\n## explicit\n${words}\n`);
  const { failure } = await gust.next("failed");
  assert.equal(failure.code, "VENDOR_OUTDATED");
  assert.deepEqual(failure.fix, ["mod", "vendor"]);
  await fix(run);
  await gust.next("fix-finished");
  await gust.next("state", ({ live, activity }) => live && activity === "idle");
  assert.match(await project.read(`vendor/${words}/words.go`), /first/);
  await gust.stop();
});

test("-x shows the commands in their order, with all that they are given", async (t) => {
  const run = await running(t, {}, (proxy) => ({ env: proxy.env(), args: ["-x"] }));
  const { gust, project, proxy } = run;
  await project.save("go.sum", proxy.sums(`${words} v1.0.0`));
  await project.save("go.mod", requiring("v1.0.0"));
  await gust.next("fetch-finished");
  await project.save("answer.go", saysWord);
  await gust.answers("first");
  const commands = gust.log.since(0, "command");
  const goLines = commands.map(({ argv }) => argv.slice(1).join(" "));
  const download = goLines.findIndex((line) => line.startsWith("mod download "));
  const build = goLines.findIndex((line, index) => index > download && line.startsWith("build "));
  assert.ok(goLines[download]?.endsWith(`${words}@v1.0.0`), goLines.join("\n"));
  assert.ok(build > download, goLines.join("\n"));
  assert.ok(commands[build]?.env["GOTMPDIR"] !== undefined);
  assert.equal(commands[build]?.dir, project.root);
  await gust.stop();
});
