import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { good, options, project } from "../../test/support/config-project.ts";
import type { Settings } from "../core/settings.ts";
import { toSettings } from "./settings.ts";

async function settingsOf(dir: string): Promise<Settings> {
  const { config, files } = await good(options(dir));
  return toSettings(config, {
    separator: "/",
    configFiles: files,
    outputs: ["/run/gust"],
    alone: null,
  });
}

test("the defaults become settings", async (t) => {
  const dir = await project(t, {});
  const settings = await settingsOf(dir);
  assert.deepEqual(settings.burst, { quietMs: 20, capMs: 300, limitMs: 3000 });
  assert.deepEqual(settings.classify.roots, [dir]);
  assert.deepEqual(settings.classify.runtimeExtensions, ["tpl", "tmpl", "html"]);
  assert.deepEqual(
    settings.classify.excludedDirs,
    ["assets", "tmp", "vendor", "testdata"].map((name) => join(dir, name)),
  );
  assert.deepEqual(settings.classify.outputs, ["/run/gust", join(dir, "tmp/build-errors.log")]);
  assert.equal(settings.classify.opaqueBuild, false);
  assert.equal(settings.classify.buildWritesSources, false);
  assert.deepEqual(settings.ready, {
    ports: [],
    health: false,
    retries: 2,
    retryMs: 1050,
    logPattern: null,
    minUptimeMs: 300,
    deadlineMs: 60_000,
  });
  assert.deepEqual(settings.stop, { signal: "SIGTERM", timeoutMs: 5000 });
});

test("what is included, excluded and static becomes settings", async (t) => {
  const dir = await project(t, {
    "app/gust.toml": `[build]
      delay = 0
      include_ext = ["go", ".templ", "html.tmpl", "css"]
      static_ext = ["css", "png"]
      include_dir = ["views", "../shared"]
      exclude_file = ["*.tmp"]
      include_file = ["conf.yaml"]
      exclude_regex = ['/gen/']`,
  });
  const app = join(dir, "app");
  const { classify, burst } = await settingsOf(app);
  assert.deepEqual(burst, { quietMs: 0, capMs: 0, limitMs: 3000 });
  assert.deepEqual(classify.roots, [app, join(dir, "shared")]);
  assert.deepEqual(classify.runtimeExtensions, ["templ", "tmpl", "css"]);
  assert.deepEqual(classify.staticExtensions, ["png"]);
  assert.deepEqual(classify.includedDirs, [join(app, "views"), join(dir, "shared")]);
  assert.deepEqual(classify.includedFiles, [join(app, "conf.yaml")]);
  assert.deepEqual(classify.excludedFiles, ["^[^/]*\\.tmp$"]);
  assert.deepEqual(classify.excludedPatterns, ["(?:^|/)gen(?:^|/)"]);
});

test("a directory outside of the root limits nothing by itself", async (t) => {
  const dir = await project(t, { "app/gust.toml": "[build]\ninclude_dir = ['../shared']\n" });
  const { classify } = await settingsOf(join(dir, "app"));
  assert.deepEqual(classify.includedDirs, []);
  assert.deepEqual(classify.roots, [join(dir, "app"), join(dir, "shared")]);
});

test("a build is opaque when more than go build decides what it reads", async (t) => {
  const dir = await project(t, {});
  const check = async (text: string, opaque: boolean, writes: boolean) => {
    await writeFile(join(dir, "gust.toml"), `[build]\n${text}\n`);
    const { classify } = await settingsOf(dir);
    assert.deepEqual([classify.opaqueBuild, classify.buildWritesSources], [opaque, writes], text);
  };
  await check('cmd = "make"', true, true);
  await check('cmd = "go build -race ."', false, false);
  await check('cmd = "cd x && CGO_ENABLED=0 go build ."', false, false);
  await check('cmd = "go generate && go build ."', true, true);
  await check('cmd = "true"\nfull_bin = "go run ."', true, true);
  await check('pre_cmd = ["go generate"]', false, true);
});

test("rules match what their keys say", async (t) => {
  const dir = await project(t, {});
  const check = async (text: string, yes: readonly string[], no: readonly string[]) => {
    await writeFile(join(dir, "gust.toml"), `${text}\ncmd = "x"\n`);
    const [rule] = (await settingsOf(dir)).rules;
    assert.ok(rule !== undefined);
    const hits = (path: string): boolean =>
      rule.inputs.some((source) => new RegExp(source).test(path)) &&
      !rule.excludes.some((source) => new RegExp(source).test(path));
    for (const path of yes) assert.ok(hits(path), `${text} on ${path}`);
    for (const path of no) assert.ok(!hits(path), `${text} not on ${path}`);
  };
  await check("[[rule]]\ninputs = ['**/*.templ']", ["a.templ", "x/y/a.templ"], ["a.go"]);
  await check(
    "[[rule]]\ninputs = ['db/**']\nexcludes = ['db/old/**']",
    ["db/a.sql"],
    ["db/old/a.sql"],
  );
  await check("[[rule]]\ninputs = ['*.a']\ninclude_ext = ['b']", ["x.a", "y/x.b"], ["y/x.a"]);
  const both = "[[build.rules]]\ninclude_dir = ['web/css/']\ninclude_ext = ['css']";
  await check(both, ["web/css/a.css", "web/css/x/a.css"], ["web/css/a.js", "a.css", "web/css.css"]);
  await check("[[build.rules]]\ninclude_dir = ['./web']", ["web/a", "web/x/b.c"], ["a", "webx/a"]);
  await check(
    "[[build.rules]]\ninclude_dir = ['.']\ninclude_ext = ['c']",
    ["a.c", "d/a.c"],
    ["a.d"],
  );
  await check("[[build.rules]]\ninclude_file = ['./a/t.js']", ["a/t.js"], ["t.js", "b/a/t.js"]);
  await check("[[build.rules]]\ninclude_ext = ['*']", ["a", "b/c"], []);
  await check("[[build.rules]]\ninclude_ext = ['c']\nexclude_regex = ['/x/']", ["a.c"], ["x/a.c"]);
});

test("rules keep their order, names and times", async (t) => {
  const dir = await project(t, {
    "gust.toml": `[[build.rules]]
cmd = "a"
include_ext = ["a"]
[[rule]]
name = "b"
cmd = "b"
inputs = ["b"]
outputs = ["**/b_gen.go"]
timeout = "1m"
run_at_start = true
[[rule]]
cmd = "c"
inputs = ["c"]`,
  });
  const { rules } = await settingsOf(dir);
  assert.deepEqual(
    rules.map((rule) => [rule.name, rule.timeoutMs, rule.atStart, rule.only]),
    [
      ["b", 60_000, true, false],
      ["rule-2", 600_000, false, false],
      ["rule-1", 600_000, false, true],
    ],
  );
  assert.deepEqual(rules[0]?.outputs, ["^(?:[^/]+/)*b_gen\\.go$"]);
});
