import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type OpenOptions,
  openInEditor,
  whichEditor,
} from "../../src/adapters/editor/open-in-editor.ts";
import { userProcesses } from "../../src/adapters/editor/processes.ts";
import { vimExpression } from "../../src/adapters/editor/vim-expression.ts";
import type { Failure } from "../../src/core/failure.ts";
import { eventually } from "../world/eventually.ts";
import { tempFiles } from "../world/temp-module.ts";

const skip: string | false = process.platform === "win32" && "needs programs without an ending";

/** Names that would do harm if a shell, an editor's options or its commands saw them. */
const uglyNames = [
  "plain.go",
  "with space.go",
  "-c.go",
  "+q.go",
  "--wait",
  "'; touch pwned; '.go",
  '".go',
  "$(touch pwned).go",
  "`touch pwned`.go",
  "line\nbreak|qa!.go",
  "%#*?[a].go",
  "é𝒳.go",
];

/** A PATH with editors that write down how they were called, and then run these lines. */
async function openBench(t: TestContext, names: readonly string[], lines = "") {
  const place = await tempFiles(t, { "bin/.keep": "", "shop/.keep": "" });
  const record = join(place, "record");
  for (const name of names) {
    const script = `#!${process.execPath}
const { renameSync, writeFileSync } = require("node:fs");
const call = [${JSON.stringify(name)}, ...process.argv.slice(2)];
writeFileSync(${JSON.stringify(`${record}.new`)}, JSON.stringify({ call, cwd: process.cwd() }));
renameSync(${JSON.stringify(`${record}.new`)}, ${JSON.stringify(record)});
${lines}`;
    await writeFile(join(place, "bin", name), script, { mode: 0o755 });
  }
  const dir = join(place, "shop");
  const open = (
    file: string,
    given: Partial<OpenOptions> & { readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Failure | null> =>
    openInEditor(
      { file, line: 12, column: 5 },
      {
        command: [],
        dir,
        from: "browser",
        ...given,
        // No terminal of this machine's, and no process of its user's, is to say which editor it is.
        env: { PATH: join(place, "bin"), ...given.env },
      },
    );
  /** An editor that is slow to start has not written yet when it counts as opened. */
  const called = async (): Promise<readonly string[]> => {
    const text = await eventually(
      () => readFile(record, "utf8").catch(() => null),
      "the call of the editor",
    );
    const seen: { readonly call: readonly string[]; readonly cwd: string } = JSON.parse(text);
    assert.equal(seen.cwd, dir);
    return seen.call;
  };
  return { place, dir, record, open, called };
}

test("every editor gets a name as it is, in one argument", { skip }, async (t) => {
  const address = "/tmp/no-such-nvim";
  const ways: readonly (readonly [readonly string[], (file: string) => readonly string[]])[] = [
    [["code"], (file) => ["--goto", `${file}:12:5`]],
    [["cursor", "-r"], (file) => ["-r", "--goto", `${file}:12:5`]],
    [["zed"], (file) => [`${file}:12:5`]],
    [["subl"], (file) => [`${file}:12:5`]],
    [["goland"], (file) => ["--line", "12", "--column", "5", file]],
    [["emacsclient", "-t"], (file) => ["-n", "+12:5", file]],
    [["my-editor", "{line}", "{file}"], (file) => ["12", file]],
    [["nvim", "--server", address], (file) => ["--server", address, ...asked(file)]],
    [["vim", "--servername", "GO"], (file) => ["--servername", "GO", ...asked(file)]],
  ];
  for (const [command, expected] of ways) {
    const [name = "", ...options] = command;
    const bench = await openBench(t, [name]);
    for (const ugly of command[0] === "code" ? uglyNames : uglyNames.slice(7, 10)) {
      const file = join(bench.dir, ugly);
      await rm(bench.record, { force: true });
      assert.equal(await bench.open(file, { command }), null);
      const words = expected(file);
      assert.deepEqual(await bench.called(), [name, ...words], options.join(" "));
    }
    assert.deepEqual(await readdir(bench.dir), [".keep"]);
  }
});

const asked = (file: string): readonly string[] => [
  "--remote-expr",
  vimExpression({ file, line: 12, column: 5 }),
];

test(
  "a name that is no path from the top is one in the project, and no option",
  { skip },
  async (t) => {
    const bench = await openBench(t, ["code"]);
    assert.equal(await bench.open("--install-extension", { command: ["code"] }), null);
    const file = join(bench.dir, "--install-extension");
    assert.deepEqual(await bench.called(), ["code", "--goto", `${file}:12:5`]);
  },
);

test(
  "the editor is found by variables, and where a terminal's has its launcher",
  { skip },
  async (t) => {
    const bench = await openBench(t, ["hx", "zed"]);
    assert.equal(await bench.open("/m.go", { env: { GUST_EDITOR: "zed --new" } }), null);
    assert.deepEqual(await bench.called(), ["zed", "--new", "/m.go:12:5"]);
    const other = await openBench(t, ["cursor"]);
    const node = join(other.place, "app", "cursor");
    await mkdir(join(other.place, "app", "bin"), { recursive: true });
    await copyFile(join(other.place, "bin", "cursor"), join(other.place, "app", "bin", "cursor"));
    const env = { PATH: "", TERM_PROGRAM: "vscode", VSCODE_GIT_ASKPASS_NODE: node };
    const choice = whichEditor(
      { file: "/m.go", line: 1, column: 0 },
      { command: [], dir: other.dir, from: "browser", env },
    );
    assert.ok(!("code" in choice), JSON.stringify(choice));
    assert.deepEqual(choice.argv, [join(other.place, "app/bin/cursor"), "--goto", "/m.go:1"]);
  },
);

test("an editor that ends badly is told of, with what it said", { skip }, async (t) => {
  const bench = await openBench(t, ["code"], 'console.error("no display"); process.exitCode = 3;');
  const failure = await bench.open("/m.go", { command: ["code"] });
  assert.equal(failure?.code, "EDITOR_FAILED");
  assert.match(failure?.message ?? "", /ended with 3$/);
  assert.equal(failure?.seen, "no display");
});

test("a Vim that says what went wrong, and ends well, has failed", { skip }, async (t) => {
  const said = 'E247: No registered server named "GO": Send expression failed.';
  const bench = await openBench(t, ["vim"], `console.error(${JSON.stringify(said)});`);
  const failure = await bench.open("/m.go", { command: ["vim", "--servername", "GO"] });
  assert.deepEqual([failure?.code, failure?.seen], ["EDITOR_FAILED", said]);
  assert.match(failure?.message ?? "", /has not opened it$/);
});

test(
  "an editor with a window is left alone, and outlives who has opened it",
  { skip },
  async (t) => {
    // It ends by itself when its directory has gone.
    const stay = `setInterval(() => { if (!require("node:fs").existsSync(__filename)) process.exit(); }, 50);`;
    const bench = await openBench(t, ["zed"], stay);
    assert.equal(await bench.open("/m.go", { command: ["zed"] }), null);
    assert.deepEqual(await bench.called(), ["zed", "/m.go:12:5"]);
  },
);

test("an editor of the terminal has it, or is not opened", { skip }, async (t) => {
  const bench = await openBench(t, ["hx"]);
  const refused = await bench.open("/m.go", { command: ["hx"] });
  assert.equal(refused?.code, "EDITOR_MISSING");
  assert.match(refused?.hint ?? "", /`command` of \[editor\]/);
  const order: string[] = [];
  const opened = await bench.open("/m.go", {
    command: ["hx"],
    from: "terminal",
    lend: async (use) => {
      order.push("lent");
      const result = await use();
      assert.deepEqual(await bench.called(), ["hx", "/m.go:12:5"]);
      order.push("back");
      return result;
    },
  });
  assert.deepEqual([opened, ...order], [null, "lent", "back"]);
});

test(
  "an editor that is not installed is told of by its name and why it was meant",
  { skip },
  async (t) => {
    const bench = await openBench(t, []);
    const failure = await bench.open("/m.go", { env: { GUST_EDITOR: "code" } });
    assert.equal(failure?.code, "EDITOR_MISSING");
    assert.match(failure?.message ?? "", /the editor code is not there in the PATH/);
    assert.match(failure?.seen ?? "", /\$GUST_EDITOR/);
    const broken = await bench.open("/a\0b", { command: ["code"] });
    assert.equal(broken?.code, "REQUEST_INVALID");
  },
);

test(
  "an editor that runs is seen among the processes of the user",
  { skip: process.platform !== "linux" && "reads /proc" },
  async (t) => {
    const bench = await openBench(t, []);
    const path = join(bench.place, "bin", "goland");
    await copyFile("/bin/sleep", path);
    const child = spawn(path, ["1000"], { stdio: "ignore", cwd: bench.dir });
    t.after(() => child.kill("SIGKILL"));
    const seen = await eventually(
      () => userProcesses("linux").find(({ pid }) => pid === child.pid) ?? null,
      "the process",
    );
    const argv = [path, "1000", ""];
    assert.deepEqual(seen, { pid: child.pid, path, argv, cwd: bench.dir, socket: null });
  },
);
