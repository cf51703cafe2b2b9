import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openInEditor } from "../../src/adapters/editor/open-in-editor.ts";
import { userProcesses } from "../../src/adapters/editor/processes.ts";
import { eventually } from "../world/eventually.ts";
import { tempFiles } from "../world/temp-module.ts";

// A Neovim and an Emacs that are there are asked; Vim's server needs a display as well.
const needs = (program: string): { readonly skip: string | false } => ({
  skip: isHere(program) ? false : `${program} is not here, or nothing tells its socket`,
});

function isHere(program: string): boolean {
  return process.platform === "linux" && spawnSync(program, ["--version"]).status === 0;
}

const names = [
  "plain.go",
  "with space.go",
  "-c.go",
  "+q.go",
  "'.system('touch pwned').'.go",
  '"|qa!.go',
  "$(touch pwned).go",
  "`touch pwned`.go",
  "line\nbreak|qa!.go",
  "%#*?[a].go",
  "colon:4:2.go",
  "$HOME.go",
  "~.go",
  "&nbsp.go",
  "(kill-emacs).go",
  "é𝒳.go",
];

/** A project with all these files, of lines that the place is in. */
async function openShop(t: TestContext) {
  const place = await tempFiles(t, { "run/.keep": "", "shop/.keep": "" });
  const dir = join(place, "shop");
  for (const name of names) await writeFile(join(dir, name), "one\ntwo\nthree\n");
  const run = join(place, "run");
  const env = { PATH: process.env["PATH"], HOME: place, XDG_RUNTIME_DIR: run, TMPDIR: run };
  const open = async (name: string, command: readonly string[] = []): Promise<void> => {
    const at = { file: join(dir, name), line: 2, column: 3 };
    assert.equal(await openInEditor(at, { command, dir, env, from: "browser" }), null, name);
  };
  const assertUnharmed = async (): Promise<void> =>
    assert.deepEqual((await readdir(dir)).toSorted(), [".keep", ...names].toSorted());
  return { dir, env, open, assertUnharmed };
}

test("a Neovim in the project shows each file at its place", needs("nvim"), async (t) => {
  const { dir, env, open, assertUnharmed } = await openShop(t);
  const args = ["--clean", "--headless", "-n", "plain.go"];
  const nvim = spawn("nvim", args, { cwd: dir, env, stdio: "ignore" });
  endAfter(t, nvim);
  const socket = await socketOf(nvim);
  for (const name of names) {
    await open(name);
    const expression = "json_encode([expand('%:p'),line('.'),col('.')])";
    const asked = spawnSync("nvim", ["--server", socket, "--remote-expr", expression], { env });
    // Older ones answer on stderr.
    const told = String(asked.stdout) + String(asked.stderr);
    assert.deepEqual(JSON.parse(told), [join(dir, name), 2, 3]);
  }
  await assertUnharmed();
});

test("an Emacs that serves visits each file at its place", needs("emacs"), async (t) => {
  const { dir, env, open, assertUnharmed } = await openShop(t);
  const emacs = spawn("emacs", ["-Q", "--fg-daemon"], { cwd: dir, env, stdio: "ignore" });
  endAfter(t, emacs);
  const socket = await socketOf(emacs);
  for (const name of names) {
    // Any editor with a window that runs here would be chosen before it.
    await open(name, ["emacsclient", "-s", socket]);
    const asked = spawnSync("emacsclient", ["-s", socket, "--eval", shownPlace], { env });
    const codes = [...join(dir, name)].map((one) => one.codePointAt(0)).join(" ");
    assert.equal(String(asked.stdout).trim().replace(/\s+/g, " "), `((${codes}) 2 2)`, name);
  }
  await assertUnharmed();
});

/** The file that Emacs has visited last as numbers of characters, the line, and the column from 0. */
const shownPlace = `
(with-current-buffer (seq-find (function buffer-file-name) (buffer-list))
  (list (append (buffer-file-name) nil) (line-number-at-pos) (current-column)))`;

function socketOf({ pid }: ChildProcess): Promise<string> {
  return eventually(
    () => userProcesses("linux").find((one) => one.pid === pid)?.socket ?? null,
    "the socket of the editor",
  );
}

function endAfter(t: TestContext, child: ChildProcess): void {
  t.after(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await ended;
  });
}
