import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../world/eventually.ts";
import { Gust } from "./gust.ts";
import { OnTerminal, skip } from "./on-terminal.ts";
import { Project } from "./project.ts";

const broken = "package main\n\nfunc answer() string {\n\treturn 1\n}\n";

/** An editor that writes down what it was given, and a `[editor]` that names it. */
async function withEditor(project: Project, name: string) {
  const record = join(project.place, "opened");
  const script = `#!${process.execPath}
const { renameSync, writeFileSync } = require("node:fs");
writeFileSync(${JSON.stringify(`${record}.new`)}, JSON.stringify(process.argv.slice(2)));
renameSync(${JSON.stringify(`${record}.new`)}, ${JSON.stringify(record)});
`;
  await mkdir(join(project.place, "bin"));
  const path = join(project.place, "bin", name);
  await writeFile(path, script, { mode: 0o755 });
  const table = `\n[editor]\ncommand = [${JSON.stringify(path)}, "--reuse-window"]\n`;
  const config = await project.read("gust.toml").catch(() => "");
  await project.save("gust.toml", config + table);
  return async (): Promise<readonly string[]> =>
    JSON.parse(
      await eventually(() => readFile(record, "utf8").catch(() => null), "the call of the editor"),
    );
}

test("the key e opens the first error in the editor of [editor]", { skip }, async (t) => {
  const project = await Project.create(t, "service");
  const opened = await withEditor(project, "code");
  const terminal = await OnTerminal.start(project, { GUST_EDITOR: "false", EDITOR: "false" });
  const { gust } = terminal;
  await terminal.shows(/#1 live/);
  await project.save("answer.go", broken);
  await terminal.shows(/answer\.go:4/);
  await terminal.shows(/#1 (?:still|keeps|serves)/);
  gust.type("e");
  const place = `${project.path("answer.go")}:4:9`;
  assert.deepEqual(await opened(), ["--reuse-window", "--goto", place]);
  gust.type("q");
  assert.equal((await gust.exited).code, 0);
  await gust.assertNothingLeft();
});

test(
  "the key e gives the terminal to an editor that needs it, and takes it back",
  { skip },
  async (t) => {
    const project = await Project.create(t, "service");
    const opened = await withEditor(project, "hx");
    const terminal = await OnTerminal.start(project);
    const { gust } = terminal;
    await terminal.shows(/#1 live/);
    await project.save("answer.go", broken);
    await terminal.shows(/#1 (?:still|keeps|serves)/);
    gust.type("e");
    assert.deepEqual(await opened(), ["--reuse-window", `${project.path("answer.go")}:4:9`]);
    // What is typed meanwhile waits in the terminal, as this editor reads nothing.
    gust.type("?");
    await terminal.shows(/rebuild and restart/);
    gust.type("q");
    assert.equal((await gust.exited).code, 0);
  },
);

test("the key e says what to set where there is no such editor", { skip }, async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[editor]\ncommand = ["no-such-editor"]\n',
  });
  const terminal = await OnTerminal.start(project);
  const { gust } = terminal;
  await terminal.shows(/#1 live/);
  await project.save("answer.go", broken);
  await terminal.shows(/#1 (?:still|keeps|serves)/);
  gust.type("e");
  await terminal.shows(/the editor no-such-editor is not there in the PATH/);
  await terminal.shows(/set `command` of \[editor\]/);
  gust.type("q");
  assert.equal((await gust.exited).code, 0);
});

const linux = { skip: process.platform === "linux" ? false : "gust's files are for Linux" };

test("a click in a page opens sources of the program, and nothing else", linux, async (t) => {
  const project = await Project.create(t, "site", { "web/a b';$(touch x).go": "" });
  const opened = await withEditor(project, "code");
  await writeFile(join(project.place, "secret"), "");
  await symlink(join(project.place, "secret"), project.path("link.txt"));
  const gust = await Gust.start(project);
  await gust.next("live");
  const token = await tokenOf(gust.port);
  for (const file of ["/etc/passwd", project.path("link.txt"), project.path("web"), "main.go"]) {
    const { status, body } = await click(gust.port, token, { file, line: 1, column: 0 });
    assert.deepEqual([status, JSON.parse(body).code], [422, "REQUEST_INVALID"], file);
  }
  const file = project.path("web/a b';$(touch x).go");
  const answer = await click(gust.port, token, { file, line: 3, column: 2 });
  assert.deepEqual(answer, { status: 204, body: "" });
  assert.deepEqual(await opened(), ["--reuse-window", "--goto", `${file}:3:2`]);
  await gust.stop();
});

async function tokenOf(port: number): Promise<string> {
  const stream = await fetch(`http://127.0.0.1:${port}/__gust/events`);
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of stream.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    const [, data] = /^event: hello\ndata: (.*)\n\n/m.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data).token;
  }
  throw new Error(`no hello: ${text}`);
}

function click(
  port: number,
  token: string,
  place: { readonly file: string; readonly line: number; readonly column: number },
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "x-gust-token": token, "content-type": "application/json" };
    const asked = request({
      host: "127.0.0.1",
      port,
      path: "/__gust/open",
      method: "POST",
      headers,
    });
    asked.once("error", reject).once("response", (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => (body += text));
      answer.once("end", () => resolve({ status: answer.statusCode, body }));
    });
    asked.end(JSON.stringify(place));
  });
}
