import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Gust, type GustOptions, runGust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

const clean = { APP_ENV: undefined, NODE_ENV: undefined };

/** Runs `gust status` and the like beside a running gust. */
async function command(gust: Gust, args: readonly string[]) {
  const { code, stdout, stderr } = await runGust(gust.project, { args, json: false, env: clean });
  return { code, stdout, stderr };
}

/** answer.go that answers with the value of a variable besides. */
const answersWith = (name: string, answer = "one"): string =>
  `package main\n\nimport "os"\n\nfunc answer() string { return ${JSON.stringify(answer)} + os.Getenv(${JSON.stringify(name)}) }\n`;

test("in staging a save is built and waits, until it is asked for", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { env: { ...clean, APP_ENV: "staging" } });
  assert.equal((await gust.next("hello")).environment, "staging");
  await gust.next("live");
  await project.save("answer.go", answerFile("two"));
  const waiting = await gust.next("awaiting-swap");
  assert.deepEqual([waiting.generation, waiting.serving], [2, 1]);
  assert.equal(await gust.get(), "one");
  const built = await command(gust, ["wait"]);
  assert.deepEqual(
    [built.code, built.stdout],
    [4, "#2 is built and waits: `gust swap` makes it live\n"],
  );
  const status = await command(gust, ["status"]);
  assert.equal(status.code, 1);
  assert.match(status.stdout, /newest +#2, built and waiting for `gust swap`/);
  assert.match(status.stdout, /for +staging/);
  // The newest takes the place of what waits.
  await project.save("answer.go", answerFile("three"));
  await gust.next("awaiting-swap", ({ generation }) => generation === 3);
  const { state } = JSON.parse((await command(gust, ["status", "--json"])).stdout);
  assert.deepEqual([state.live, state.waiting, state.failed], [false, 3, null]);
  const { mark } = gust.log;
  assert.equal((await command(gust, ["swap"])).code, 0);
  const live = await gust.next("live");
  assert.deepEqual(live.cause, { type: "request", origin: "control" });
  assert.deepEqual([live.generation, live.build], [3, 3]);
  assert.equal(await gust.get(), "three");
  assert.deepEqual(gust.log.since(mark, "build-started"), [], "it was built twice");
  assert.equal((await command(gust, ["wait"])).code, 0);
  await gust.stop();
});

test("in staging SIGUSR2 swaps, and what does not build never takes the place of what waits", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { args: ["--env", "staging"], env: clean });
  await gust.next("live");
  await project.save("answer.go", answerFile("two"));
  await gust.next("awaiting-swap");
  await project.save("answer.go", "package main\n");
  await gust.next("failed");
  const failed = await command(gust, ["wait"]);
  assert.equal(failed.code, 1, "the newest save does not build, whatever waits");
  const { stdout } = await command(gust, ["status"]);
  assert.match(stdout, /#3, not live: .*; #2, built and waiting/);
  await project.save("answer.go", answerFile("four"));
  await gust.next("awaiting-swap", ({ generation }) => generation === 4);
  gust.kill("SIGUSR2");
  const live = await gust.next("live");
  assert.deepEqual(live.cause, { type: "request", origin: "signal" });
  assert.equal(await gust.get(), "four");
  // With nothing that waits it is a rebuild and a swap, as in dev.
  gust.kill("SIGUSR2");
  await gust.next("live", ({ generation }) => generation === 5);
  await gust.stop();
});

test("in staging a changed env file waits as well, and a saved one that is undone is nothing", async (t) => {
  const project = await Project.create(t, "service", {
    ".env.staging": "GREETING=-a\n",
    "answer.go": answersWith("GREETING"),
  });
  const gust = await Gust.start(project, { args: ["--env", "staging"], env: clean });
  await gust.next("live");
  assert.equal(await gust.get(), "one-a");
  await project.save(".env.staging", "GREETING=-b\n");
  const waiting = await gust.next("awaiting-swap");
  assert.deepEqual([waiting.generation, waiting.build], [2, 1]);
  assert.equal(await gust.get(), "one-a");
  await command(gust, ["swap"]);
  await gust.next("live");
  assert.equal(await gust.get(), "one-b");
  await project.save("answer.go", answersWith("GREETING", "two"));
  await gust.next("awaiting-swap", ({ generation }) => generation === 3);
  await project.save("answer.go", answersWith("GREETING"));
  await gust.next("nothing-to-do");
  const settled = await command(gust, ["wait"]);
  assert.equal(settled.code, 0, "the newest save is what serves");
  await gust.stop();
});

test("a person in staging reads what waits and how it goes live", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, {
    args: ["--env", "staging"],
    json: false,
    env: clean,
  });
  await gust.shows(/staging \(--env\): saves are built, and live when you ask for it/);
  await gust.shows(/#1 live/);
  await project.save("answer.go", answerFile("two"));
  await gust.shows(
    /#2 built and waiting in .*answer\.go.*\n.*#1 serves on; r or `gust swap` makes it live/,
  );
  await gust.stop();
});

test("gust does not watch in prod, nor where it is not told what is meant", async (t) => {
  const project = await Project.create(t, "service");
  const check = async (options: GustOptions, expected: RegExp): Promise<void> => {
    const env = { ...clean, ...options.env };
    const { code, stderr } = await runGust(project, { ...options, env, json: false });
    assert.equal(code, 2, stderr);
    assert.match(stderr, expected);
  };
  await check({ args: ["--env", "prod"] }, /does not watch in prod \(--env prod\)\n.*gust serve/);
  await check({ env: { APP_ENV: "production" } }, /APP_ENV is "production".*\n.*gust serve/);
  await check({ env: { NODE_ENV: "production" } }, /NODE_ENV is "production"/);
  await check(
    { env: { APP_ENV: "production", NODE_ENV: "development" } },
    /APP_ENV is "production", but NODE_ENV is "development"\n.*--env/,
  );
  await check({ env: { APP_ENV: "qa" } }, /APP_ENV is "qa", which gust does not know/);
  await check({ args: ["--env", "stagging"] }, /did you mean --env staging\?/);
});

test("env files are read by the name of the environment, and a key that goes is gone", async (t) => {
  const project = await Project.create(t, "service", {
    ".env": "GREETING=-env\nOTHER=x\n",
    ".env.development": "GREETING=-dev\n",
    ".env.local": "OTHER=y\n",
    ".env.staging": "GREETING=-staging\n",
    "answer.go": answersWith("GREETING"),
  });
  const gust = await Gust.start(project, { env: clean });
  await gust.next("live");
  assert.equal(await gust.get(), "one-dev");
  await project.save(".env.dev.local", "GREETING=-mine\n");
  const live = await gust.next("live");
  assert.deepEqual([live.generation, live.build], [2, 1], "it was built");
  assert.equal(await gust.get(), "one-mine");
  await project.remove(".env.dev.local");
  await gust.answers("one-dev");
  await project.save(".env.development", "# GREETING=-dev\n");
  await gust.answers("one-env");
  await project.save(".env", "OTHER=x\n");
  await gust.answers("one");
  await gust.stop();
});

test("a file of air reads no env files but those that it names", async (t) => {
  const project = await Project.create(t, "service", {
    ".env": "GREETING=-env\n",
    ".air.toml": 'root = "."\n',
    "answer.go": answersWith("GREETING"),
  });
  const gust = await Gust.start(project, { env: clean });
  await gust.next("live");
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("no secret is in what gust says, nor in its journal", async (t) => {
  const secret = "hunter22hunter22";
  const project = await Project.create(t, "service", {
    ".env": `DB_PASSWORD=${secret}\nDATABASE_URL=postgres://me:${secret}x@db/app\n`,
    "gust.toml":
      'args = ["--api-key", "abcdefgh"]\n[env.dev]\nbuild.post_cmd = ["true TOKEN=abcdefgh"]\n',
  });
  const checked = await runGust(project, { args: ["check"], json: false, env: clean });
  assert.equal(checked.code, 0, checked.stderr);
  assert.doesNotMatch(checked.stdout, /abcdefgh|hunter/);
  assert.match(checked.stdout, /args = \["--api-key", "\*\*\*"\]/);
  const gust = await Gust.start(project, { env: clean });
  await gust.next("live");
  await project.save(
    "hooks.go",
    hooksFile({
      atStart:
        'panic("cannot reach " + os.Getenv("DATABASE_URL") + " with " + os.Getenv("DB_PASSWORD"))',
    }),
  );
  const failed = await gust.next("failed");
  assert.match(
    failed.failure.seen ?? "",
    /panic: cannot reach postgres:\/\/me:\*\*\*@db\/app with \*\*\*/,
  );
  const said = gust.log.all.filter(({ type }) => type !== "output");
  assert.doesNotMatch(JSON.stringify(said), /hunter22/);
  assert.equal((await command(gust, ["bug"])).code, 0);
  const journal = await readFile(join(project.root, "gust-journal.jsonl"), "utf8");
  assert.match(journal, /panic: cannot reach/);
  assert.doesNotMatch(journal, /hunter22/);
  const replayed = await command(gust, ["bug", "--replay", "gust-journal.jsonl"]);
  assert.equal(replayed.code, 0, replayed.stdout);
  await gust.stop();
});
