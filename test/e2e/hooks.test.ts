import assert from "node:assert/strict";
import { chmod, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { PATIENCE_MS } from "./events.ts";
import { Gust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

/** Appends its facts to the file OUT, one call a line. */
const NOTE = `[hooks]
on_live = ["sh", "-c", "echo live $GUST_BUILD $GUST_URL >> $OUT"]
on_failure = ["sh", "-c", "printf 'failure %s %s %s\\\\n' \\"$GUST_BUILD\\" \\"$GUST_FAILURE_CODE\\" \\"$GUST_FILE:$GUST_LINE\\" >> $OUT"]
on_rollback = ["sh", "-c", "echo rollback $GUST_BUILD >> $OUT"]
`;

/** Waits for so many lines in a file, which hooks write when they come to it. */
async function linesOf(file: string, count: number): Promise<string[]> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    const text = await readFile(file, "utf8").catch(() => "");
    const lines = text.split("\n").slice(0, -1);
    if (lines.length >= count) return lines;
    assert.ok(Date.now() < deadline, `only these came:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("hooks are called for what is live, has failed, and is taken back", async (t) => {
  const project = await Project.create(t, "service", { "gust.toml": NOTE });
  const out = join(project.place, "out.txt");
  // With a stop before the start there is something to take back.
  const gust = await Gust.start(project, { args: ["--run.swap=stop-start"], env: { OUT: out } });
  await gust.next("live");
  await linesOf(out, 1);
  await project.save("answer.go", "package main\n\nfunc answer() string { return nothing }\n");
  await gust.next("failed");
  await linesOf(out, 2);
  await gust.saveAndLive("answer.go", answerFile("three"));
  await linesOf(out, 3);
  await project.save("hooks.go", hooksFile({ atStart: "os.Exit(7)" }));
  await gust.next("failed");
  const lines = await linesOf(out, 5);
  assert.deepEqual(lines, [
    `live 1 http://127.0.0.1:${gust.port}/`,
    `failure 2 BUILD_FAILED ${project.path("answer.go")}:3`,
    `live 3 http://127.0.0.1:${gust.port}/`,
    "failure 4 START_EXITED :",
    "rollback 3",
  ]);
  await gust.stop();
});

test("a file name with the signs of a shell is nothing but a name", async (t) => {
  const name = "$(touch pwned); `touch pwned` 'a' --option";
  const config =
    '[hooks]\non_failure = ["sh", "-c", "printf \\"%s\\\\n\\" \\"$GUST_FILE\\" > $OUT"]\n[notify]\ndesktop = "failure"\n';
  const project = await Project.create(t, "service", { "gust.toml": config });
  await project.save(join(name, "a.go"), "package a\n\nvar A = nothing\n");
  const bin = join(project.place, "bin");
  await mkdir(bin);
  const shown = join(project.place, "shown.txt");
  await writeFile(join(bin, "notify-send"), '#!/bin/sh\nprintf "%s\\n" "$@" > "$SHOWN"\n');
  await chmod(join(bin, "notify-send"), 0o755);
  const out = join(project.place, "out.txt");
  const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
  const env = { OUT: out, SHOWN: shown, PATH: path };
  // Go refuses such a directory for a package, but its compiler tells of files by //line.
  await project.save(
    "answer.go",
    `package main\n\n//line ${name}/a.go:7\nfunc answer() string { return nothing }\n`,
  );
  const gust = await Gust.start(project, { env });
  const { failure } = await gust.next("failed");
  const lines = await linesOf(shown, 5);
  const file = failure.diagnostics?.[0]?.file ?? "";
  assert.ok(file.includes("$(touch pwned)"), file);
  // The hook and the notification are two processes, and either may be the first.
  assert.deepEqual(await linesOf(out, 1), [file]);
  assert.deepEqual(lines.slice(0, 3), ["--app-name=gust", "--urgency=critical", "--"]);
  assert.match(lines[4] ?? "", /\$\(touch pwned\).*:7: undefined: nothing/);
  assert.ok(!(await readdir(project.root)).includes("pwned"));
  await gust.stop();
});

test("a hook that hangs holds up no swap, and goes with gust", async (t) => {
  const config =
    '[hooks]\non_live = ["sh", "-c", "echo up >> $OUT; sleep 1000 & wait"]\ntimeout = "1h"\n';
  const project = await Project.create(t, "service", { "gust.toml": config });
  const out = join(project.place, "out.txt");
  const gust = await Gust.start(project, { env: { OUT: out } });
  await gust.next("live");
  await linesOf(out, 1);
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await gust.stop();
  assert.deepEqual(await linesOf(out, 1), ["up"]);
});

test("a hook that fails is told of once, and the program serves", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[hooks]\non_live = ["gust-no-such-program"]\n',
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const problem = await gust.next("problem");
  assert.equal(problem.failure.code, "HOOK_FAILED");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await gust.stop();
  const told = gust.log.since(0, "problem").filter(({ what }) => what === "hook");
  assert.equal(told.length, 1);
});
