import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { PATIENCE_MS } from "./events.ts";
import { Gust, runGust } from "./gust.ts";
import { logProject, sayFile } from "./log-program.ts";
import type { Project } from "./project.ts";

async function logs(project: Project, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runGust(project, { command: "logs", json: false, args });
  return { code, stdout, stderr, lines: stdout.split("\n").slice(0, -1) };
}

const version = (name: string): string =>
  sayFile(
    `fmt.Println("\\x1b[31mred\\x1b[0m ${name}")`,
    `slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(g []string, a slog.Attr) slog.Attr { if a.Key == "time" { return slog.Attr{} }; return a }})).Warn("careful ${name}")`,
    `fmt.Fprintln(os.Stderr, "ERROR: no ${name}")`,
    `fmt.Fprintln(os.Stderr, "    below ${name}")`,
  );

test("what was written is shown by version, while gust runs and after it", async (t) => {
  const project = await logProject(t, "");
  await project.save("say.go", version("one"));
  const gust = await Gust.start(project);
  await gust.next("live");
  for (const name of ["two", "three"]) await gust.saveAndLive("say.go", version(name));
  await gust.printed(/careful three/);
  await gust.heard("stderr", "ERROR: no one\n    below one\n".length * 3);
  const warnings = ["one", "two", "three"].map(
    (name, i) => `#${i + 1} level=WARN msg="careful ${name}"`,
  );
  const check = async (): Promise<void> => {
    const shown = await logs(project, "--grep", "careful");
    assert.deepEqual(shown.lines, warnings);
    assert.deepEqual((await logs(project, "-b", "2", "--stream", "stdout")).lines, [
      "red two",
      'level=WARN msg="careful two"',
    ]);
    assert.deepEqual((await logs(project, "-b", "-1", "--level", "error")).lines, [
      "ERROR: no two",
      "    below two",
    ]);
    assert.deepEqual((await logs(project, "-g", "red", "-n", "1")).lines, ["#3 red three"]);
    const [object] = (await logs(project, "-b", "0", "-g", "careful", "--json")).lines;
    const { time, run, pid, ...rest } = JSON.parse(object ?? "") as Record<string, unknown>;
    assert.ok(typeof time === "string" && typeof run === "string" && typeof pid === "number");
    assert.deepEqual(rest, {
      v: 1,
      type: "line",
      generation: 3,
      stream: "stdout",
      level: "warn",
      text: 'level=WARN msg="careful three"',
    });
  };
  await check();
  await gust.stop();
  await check();
  const none = await logs(project, "--build", "9");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /no output of build 9 is kept\n.*#1 #2 #3/);
  // Another run has numbers of its own; what was before is there, too.
  await project.save("say.go", version("four"));
  const again = await Gust.start(project);
  await again.next("live");
  await again.printed(/careful four/);
  await again.stop();
  assert.deepEqual((await logs(project, "-g", "careful")).lines, [
    '#1 level=WARN msg="careful four"',
  ]);
  assert.deepEqual((await logs(project, "-b", "-1", "-g", "careful")).lines, [
    'level=WARN msg="careful three"',
  ]);
  const all = (await logs(project, "--all", "-g", "careful")).lines;
  assert.equal(all.length, 5);
  assert.match(all[3] ?? "", /gust started again/);
});

/** A \`gust logs -f\`, with what it has said. */
async function follow(
  t: TestContext,
  project: Project,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
) {
  const child = spawn(process.execPath, [resolve("bin/gust"), "logs", "-f", ...args], {
    cwd: project.root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill());
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    child.emit("more");
  });
  const says = async (wanted: string): Promise<void> => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (!text.includes(wanted)) await once(child, "more", { signal });
  };
  return { child, says, text: () => text };
}

test("one who follows sees swaps, and the next start of gust", async (t) => {
  const project = await logProject(t, "");
  await project.save("say.go", version("one"));
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.printed(/careful one/);
  const env = { ...process.env, GUST_CACHE_DIR: resolve("build/e2e-cache") };
  const tail = await follow(t, project, env, ["-g", "careful"]);
  await tail.says('#1 level=WARN msg="careful one"\n');
  await gust.saveAndLive("say.go", version("two"));
  await tail.says('#2 level=WARN msg="careful two"\n');
  await gust.stop();
  await project.save("say.go", version("three"));
  const again = await Gust.start(project);
  await again.next("live");
  await tail.says('#1 level=WARN msg="careful three"\n');
  await again.stop();
  tail.child.kill("SIGINT");
  await once(tail.child, "close");
});

test("where nothing is kept it is said", async (t) => {
  const project = await logProject(t, "[log]\nkeep = 0\n");
  const gust = await Gust.start(project);
  await gust.next("live");
  const shown = await logs(project);
  assert.equal(shown.code, 2);
  assert.match(shown.stderr, /no output of a program of .* is kept/);
  await gust.stop();
});
