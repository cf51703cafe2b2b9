import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import type { LinkerPlaces } from "../../src/adapters/go/direct/build-linker.ts";
import { sameProgram } from "../../src/adapters/go/direct/same-content.ts";
import type { Preparation, Route } from "../../src/core/event.ts";
import { noChanges, withReason } from "../../src/core/source-changes.ts";
import { linkerFlags } from "../differential/differential.ts";
import { type Files, goEnv, putFiles, tempFiles } from "../world/temp-module.ts";
import {
  type Workshop,
  built,
  linkerPlaces,
  linkersWait,
  mod,
  openWorkshop,
} from "./builder-kit.ts";

/*
 * A linker that waits makes the same program as Go's own, byte for byte but for the build ID; and
 * whatever happens to it, Go's own links instead, and says what there is to say.
 */

const { signal } = new AbortController();
const options = { skip: !(await linkersWait()) };

const program = (word: string): string =>
  `package main\n\nimport (\n\t"fmt"\n\n\t"example.com/shop/words"\n)\n\nfunc main() { fmt.Println("${word}", words.All()) }\n`;
const files = {
  "go.mod": mod,
  "main.go": program("one"),
  "words/words.go": "package words\n\nfunc All() []string { return []string{`a`} }\n",
};

/** A program that was built once, whose plan is known. */
async function planned(
  t: TestContext,
  places: Partial<LinkerPlaces> = {},
  more: { readonly flags?: readonly string[]; readonly files?: Files } = {},
): Promise<Workshop & { readonly log: string }> {
  const preload = { ...linkerPlaces, ...places };
  const log = join(await tempFiles(t, { ".keep": "" }), "build.log");
  const { flags = [] } = more;
  const shop = await openWorkshop(t, more.files ?? files, { preload, logFile: log, flags });
  built(await shop.builder.build(1, withReason(noChanges, "first"), signal));
  assert.equal((await shop.builder.prepare(signal)).type, "ready");
  return { ...shop, log };
}

let generation = 1;

async function save(shop: Workshop, text: string): Promise<{ route: Route; path: string }> {
  await putFiles(shop.dir, { "main.go": text });
  const changes = { modified: [join(shop.dir, "main.go")], other: null };
  const { route, artifact } = built(await shop.builder.build(++generation, changes, signal));
  return { route, path: artifact.path ?? "" };
}

/** Saves, and expects what `go build` makes. */
async function check(shop: Workshop, word: string, preloaded: boolean): Promise<void> {
  const { route, path } = await save(shop, program(word));
  assert.deepEqual(route, { type: "direct", packages: 1, preloaded });
  const reference = join(path, "..", "reference");
  const args = ["build", ...linkerFlags, "-o", reference, "."];
  await promisify(execFile)("go", args, { cwd: shop.dir, env: goEnv() });
  assert.ok(await sameProgram(path, reference), "the programs differ");
  const { stdout } = await promisify(execFile)(path);
  assert.equal(stdout, `${word} [a]\n`);
}

const reasonOf = (outcome: Preparation): string =>
  outcome.type === "not-preloaded" ? outcome.reason : JSON.stringify(outcome);

test("gust's files for the linker are formatted as Go's own", async () => {
  const { stdout } = await promisify(execFile)("gofmt", ["-l", linkerPlaces.sources]);
  assert.equal(stdout, "");
});

test("a linker that has waited links what `go build` does, once", options, async (t) => {
  const shop = await planned(t);
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
  const before = [...shop.processes.alive];
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
  assert.deepEqual([...shop.processes.alive], before, "a second one was started");
  await check(shop, "two", true);
  assert.equal(shop.processes.alive.size, 0);
  await check(shop, "three", false);
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
  await check(shop, "four", true);
});

test(
  "position-independent programs and those with `-X` are linked the same",
  options,
  async (t) => {
    const flags = ["-buildmode=pie", "-ldflags=-X=main.word=x"];
    const shop = await planned(t, {}, { flags });
    assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
    const { route, path } = await save(shop, program("two"));
    assert.deepEqual(route, { type: "direct", packages: 1, preloaded: true });
    const reference = join(path, "..", "reference");
    const args = ["build", "-buildmode=pie", "-ldflags=-X=main.word=x -s -w", "-o", reference, "."];
    await promisify(execFile)("go", args, { cwd: shop.dir, env: goEnv() });
    assert.ok(await sameProgram(path, reference), "the programs differ");
  },
);

test("one that is killed while it waits is replaced by Go's own", options, async (t) => {
  const shop = await planned(t);
  await shop.builder.preload(signal);
  const [pid = 0] = shop.processes.alive;
  process.kill(pid, "SIGKILL");
  await check(shop, "two", false);
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
  await check(shop, "three", true);
});

test("it ends when its input does, and when the builder is closed", options, async (t) => {
  const shop = await planned(t);
  await shop.builder.preload(signal);
  await shop.builder.close();
  assert.equal(shop.processes.alive.size, 0);
  await check(shop, "two", false);
});

test("when all is to be built anew, none waits any more", options, async (t) => {
  const shop = await planned(t);
  await shop.builder.preload(signal);
  built(await shop.builder.build(++generation, withReason(noChanges, "asked for"), signal));
  assert.equal(shop.processes.alive.size, 0);
  assert.match(reasonOf(await shop.builder.preload(signal)), /has not been asked/);
  await shop.builder.prepare(signal);
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
});

test("an abort ends the one that loads", options, async (t) => {
  const shop = await planned(t);
  const abort = new AbortController();
  const loading = shop.builder.preload(abort.signal);
  abort.abort();
  assert.deepEqual(await loading, { type: "cancelled" });
  assert.equal(shop.processes.alive.size, 0);
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
});

const calling = (more: string): string =>
  `package main\n\nimport _ "unsafe"\n\n//go:linkname gone example.com/elsewhere.gone\nfunc gone()\n\nfunc main() { println("hello")${more} }\n`;

test("a symbol that is not there is told in the words of `go build`", options, async (t) => {
  const shop = await planned(t, {}, { files: { "go.mod": mod, "main.go": calling("") } });
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
  await putFiles(shop.dir, { "main.go": calling("; gone()") });
  const changes = { modified: [join(shop.dir, "main.go")], other: null };
  const outcome = await shop.builder.build(++generation, changes, signal);
  const args = ["build", ...linkerFlags, "-o", "/dev/null", "."];
  const said: unknown = await promisify(execFile)("go", args, { cwd: shop.dir, env: goEnv() }).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(said instanceof Error && "stderr" in said, "`go build` links it");
  assert.match(String(said.stderr), /relocation target example\.com\/elsewhere\.gone not defined/);
  assert.equal(outcome.type, "failed");
  assert.equal(await readFile(shop.log, "utf8"), String(said.stderr));
});

/** With a package of its own that has C in it. */
const withC: Files = {
  ...files,
  "words/words.go":
    'package words\n\n// static int two(void) { return 2; }\nimport "C"\n\nfunc All() []int { return []int{int(C.two())} }\n',
};

test("what the C compiler links is left to Go's own linker", options, async (t) => {
  const { stdout } = await promisify(execFile)("go", ["env", "CGO_ENABLED"], { env: goEnv() });
  if (stdout.trim() !== "1") return t.skip("there is no C compiler");
  const shop = await planned(t, {}, { files: withC });
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
  const { route, path } = await save(shop, program("two"));
  assert.deepEqual(route, { type: "direct", packages: 1, preloaded: false });
  assert.equal((await promisify(execFile)(path)).stdout, "two [2]\n");
  assert.match(reasonOf(await shop.builder.preload(signal)), /linked by the C compiler/);
});

test("a machine with little memory keeps it", options, async (t) => {
  const shop = await planned(t, { available: () => 500_000_000 });
  assert.match(reasonOf(await shop.builder.preload(signal)), /little free memory/);
  await check(shop, "two", false);
});

/** gust's files for the linker, one of them changed. */
async function altered(t: TestContext, from: string, to: string): Promise<Partial<LinkerPlaces>> {
  const top = await tempFiles(t, { "cache/.keep": "" });
  const sources = join(top, "linker");
  await cp(linkerPlaces.sources, sources, { recursive: true });
  const text = await readFile(join(sources, "ld/gust.go"), "utf8");
  assert.ok(text.includes(from));
  await writeFile(join(sources, "ld/gust.go"), text.replace(from, to));
  return { sources, cacheDir: join(top, "cache") };
}

test("a linker that cannot be built is not tried again and again", options, async (t) => {
  const places = await altered(t, "var gustRoots", "var _ = nothing\n\nvar gustRoots");
  const shop = await planned(t, places);
  const reason = reasonOf(await shop.builder.preload(signal));
  assert.match(reason, /cannot be built: .*undefined: nothing/);
  const started = shop.processes.spawned.length;
  assert.equal(reasonOf(await shop.builder.preload(signal)), reason);
  const again = await planned(t, places);
  assert.equal(reasonOf(await again.builder.preload(signal)), reason);
  assert.equal(shop.processes.spawned.length, started);
  const [dir = ""] = await readdir(join(places.cacheDir ?? "", "linker"));
  assert.deepEqual(await readdir(join(places.cacheDir ?? "", "linker", dir)), ["failed"]);
  await check(shop, "two", false);
});

test(
  "one that fails, or says something, links nothing, and never does again",
  options,
  async (t) => {
    const places = await altered(
      t,
      "\tgustNewBuildID(ctxt)\n",
      '\tgustNewBuildID(ctxt)\n\tos.Stderr.WriteString("strange\\n")\n',
    );
    const shop = await planned(t, places);
    assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
    await check(shop, "two", false);
    assert.match(reasonOf(await shop.builder.preload(signal)), /does not work as it should/);
    assert.equal(shop.processes.alive.size, 0);
  },
);

const printing = (word: string): string => `package main\n\nfunc main() { println("${word}") }\n`;

test("what it has loaded need not be there any more", options, async (t) => {
  const cache = await tempFiles(t, { ".keep": "" });
  const env = { ...goEnv(), GOCACHE: cache };
  const own = { "go.mod": mod, "main.go": printing("one") };
  const shop = await openWorkshop(t, own, { preload: linkerPlaces, env: async () => env });
  built(await shop.builder.build(1, withReason(noChanges, "first"), signal));
  assert.equal((await shop.builder.prepare(signal)).type, "ready");
  assert.deepEqual(await shop.builder.preload(signal), { type: "preloaded" });
  await rm(cache, { recursive: true });
  await mkdir(cache);
  const { route, path } = await save(shop, printing("two"));
  assert.deepEqual(route, { type: "direct", packages: 1, preloaded: true });
  assert.equal((await promisify(execFile)(path)).stderr, "two\n");
});
