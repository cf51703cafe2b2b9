import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { project } from "../../../test/support/config-project.ts";
import { runInitVscode, withAttach } from "./vscode.ts";

const commented = `// Ada's own.
{
    "version": "0.2.0",
    "configurations": [
        {
            "name": "tests", // the slow ones
            "type": "go",
            "request": "launch",
        },
    ],
    /* nothing else */
}
`;

test("a launch.json keeps its comments, its indentation and its commas", async () => {
  const after = await withAttach(commented, 2345);
  assert.ok(typeof after === "string");
  assert.match(after, /^\/\/ Ada's own\.\n\{\n {4}"version"/);
  assert.match(after, /"name": "tests", \/\/ the slow ones/);
  assert.match(after, /\/\* nothing else \*\//);
  assert.match(after, /\n {8}\{\n {12}"name": "attach to gust",/);
  // A second time nothing changes; another port is the only thing that does.
  assert.equal(await withAttach(after, 2345), after);
  const moved = await withAttach(after, 4000);
  assert.equal(moved, after.replace("2345", "4000"));
});

test("a file that is not what VS Code expects is left alone, with what to add", async () => {
  for (const text of ["[]", '{"configurations": 3}', "{ nonsense", '"x"']) {
    const after = await withAttach(text, 2345);
    assert.ok(typeof after !== "string", text);
    assert.match(after.message, /left as it is/);
    assert.match(after.hint ?? "", /"mode":"remote".*"port":2345/);
  }
});

test("gust init --vscode writes the port of the configuration, and tells what it did", async (t) => {
  const dir = await project(t, { "gust.toml": "[debug]\nport = 4000\n" });
  const out: string[] = [];
  const io = {
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void out.push(text),
    cwd: dir,
    env: {},
  };
  assert.equal(await runInitVscode({}, io), 0, out.join(""));
  const file = join(dir, ".vscode", "launch.json");
  const text = await readFile(file, "utf8");
  const { configurations } = JSON.parse(text);
  assert.deepEqual(configurations, [
    {
      name: "attach to gust",
      type: "go",
      request: "attach",
      mode: "remote",
      debugAdapter: "dlv-dap",
      host: "127.0.0.1",
      port: 4000,
    },
  ]);
  assert.equal(await runInitVscode({}, io), 0);
  assert.match(out.at(-1) ?? "", /unchanged/);
  assert.equal(await readFile(file, "utf8"), text);
});
