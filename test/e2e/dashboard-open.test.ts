import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { test } from "node:test";
import { PATIENCE_MS } from "./events.ts";
import { Gust, runGust } from "./gust.ts";
import { OnTerminal, skip } from "./on-terminal.ts";
import { Project } from "./project.ts";

/** A machine with a screen, whose browser only notes what it is started with. */
async function withBrowser(project: Project): Promise<Readonly<Record<string, string>>> {
  await project.save(
    "../bin/xdg-open",
    '#!/bin/sh\nprintf "%s\\n" "$#" "$@" > "$OPENED.part"\nmv "$OPENED.part" "$OPENED"\n',
  );
  await chmod(project.path("../bin/xdg-open"), 0o755);
  return {
    DISPLAY: ":7",
    WAYLAND_DISPLAY: "",
    PATH: `${project.path("../bin")}:${process.env["PATH"]}`,
    OPENED: project.path("../opened"),
  };
}

/** What it was started with, once it was. */
async function opened(project: Project): Promise<readonly string[]> {
  const file = project.path("../opened");
  for (const deadline = Date.now() + PATIENCE_MS; !existsSync(file);) {
    assert.ok(Date.now() < deadline, "no browser was started");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const [count, ...words] = (await readFile(file, "utf8")).trimEnd().split("\n");
  assert.equal(Number(count), words.length);
  return words;
}

/** One address, without the token, which leads to the token once. */
async function leadsThere(words: readonly string[], url: string): Promise<void> {
  const [once = "", ...more] = words;
  const { origin, hash } = new URL(url);
  assert.deepEqual(more, []);
  assert.ok(once.startsWith(`${origin}/open?ticket=`), once);
  assert.ok(!once.includes(hash.replace("#token=", "")));
  const first = await fetch(once, { redirect: "manual" });
  assert.deepEqual([first.status, first.headers.get("location")], [303, `/${hash}`]);
  const second = await fetch(once, { redirect: "manual" });
  assert.equal(second.status, 403);
}

test("gust ui says where it is, and starts a browser with an address that is good once", async (t) => {
  const project = await Project.create(t, "web");
  const env = await withBrowser(project);
  const gust = await Gust.start(project);
  await gust.next("live");
  const printed = await runGust(project, { command: "ui", args: ["--print"], json: false, env });
  assert.equal(existsSync(project.path("../opened")), false);
  const ui = await runGust(project, { command: "ui", json: false, env });
  assert.deepEqual([ui.code, ui.stdout, ui.stderr], [0, printed.stdout, ""]);
  await leadsThere(await opened(project), ui.stdout.trim());
  await gust.stop();
});

test("where there is no screen, or no such command, the address is all that is said", async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  const blind = { DISPLAY: "", WAYLAND_DISPLAY: undefined };
  const ui = await runGust(project, { command: "ui", json: false, env: blind });
  assert.deepEqual([ui.code, ui.stderr], [0, ""]);
  const env = { DISPLAY: ":7", PATH: project.path("../bin") };
  const lost = await runGust(project, { command: "ui", json: false, env });
  assert.equal(lost.code, 0);
  assert.equal(lost.stdout, ui.stdout);
  assert.match(lost.stderr, /xdg-open could not be started/);
  await gust.stop();
});

test("a key opens it from the terminal", { skip }, async (t) => {
  const project = await Project.create(t, "web");
  const env = await withBrowser(project);
  const terminal = await OnTerminal.start(project, env);
  await terminal.shows(/#1 live/);
  terminal.gust.type("u");
  await terminal.shows(/dashboard: http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/);
  const [, url = ""] = /dashboard: (http:\S+)/.exec(terminal.gust.stdout) ?? [];
  await leadsThere(await opened(project), url);
  terminal.gust.type("?");
  await terminal.shows(/u dashboard in the browser/);
  terminal.gust.type("q");
  await terminal.gust.exited;
});
