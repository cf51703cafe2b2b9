import assert from "node:assert/strict";
import { test } from "node:test";
import { editorsAround } from "./around.ts";
import type { Env } from "./candidate.ts";

/** `name: program, …` for each editor. */
function check(env: Env, expected: readonly string[]): void {
  const found = editorsAround(env).map(({ name, programs }) => `${name}: ${programs.join(", ")}`);
  assert.deepEqual(found, expected, JSON.stringify(env));
}

const vsCode = { TERM_PROGRAM: "vscode" };
const git = "resources/app/extensions/git/dist/askpass-main.js";

test("a terminal without an editor tells of none", () => {
  check({}, []);
  check({ TERM_PROGRAM: "iTerm.app", TERMINAL_EMULATOR: "", NVIM: "", ZED_TERM: "" }, []);
});

test("VS Code and what was made from it are told apart", () => {
  check(vsCode, ["code: code"]);
  check({ ...vsCode, TERM_PROGRAM_VERSION: "1.99.0-insider" }, ["code-insiders: code-insiders"]);
  check({ ...vsCode, CURSOR_TRACE_ID: "1" }, ["cursor: cursor"]);
  check({ ...vsCode, __CFBundleIdentifier: "com.exafunction.windsurf" }, ["windsurf: windsurf"]);
  check({ ...vsCode, __CFBundleIdentifier: "com.vscodium" }, ["codium: codium"]);
  check(
    {
      ...vsCode,
      VSCODE_GIT_ASKPASS_NODE: "/usr/share/cursor/cursor",
      VSCODE_GIT_ASKPASS_MAIN: `/usr/share/cursor/${git}`,
    },
    [
      "cursor: cursor, /usr/share/cursor/resources/app/bin/cursor, " +
        "/usr/share/cursor/resources/app/bin/remote-cli/cursor, /usr/share/cursor/bin/cursor",
    ],
  );
  check({ ...vsCode, VSCODE_GIT_ASKPASS_MAIN: "/h/.cursor-server/bin/1/x.js" }, ["cursor: cursor"]);
  check({ ...vsCode, VSCODE_GIT_ASKPASS_NODE: "/h/precursor/code" }, [
    "code: code, /h/precursor/bin/code",
  ]);
});

test("on Windows the program is started, and not its batch file", () => {
  const node = "C:\\Apps\\Microsoft VS Code\\Code.exe";
  check({ ...vsCode, VSCODE_GIT_ASKPASS_NODE: node }, [`code: ${node}, code`]);
});

test("Zed, JetBrains and Emacs tell of themselves by variables", () => {
  const app = "/Applications/Zed.app/Contents/MacOS/cli";
  check({ ZED_TERM: "true" }, [`zed: zed, zeditor, ${app}`]);
  check({ TERM_PROGRAM: "zed", HOME: "/h" }, [`zed: zed, zeditor, /h/.local/bin/zed, ${app}`]);
  check({ INSIDE_EMACS: "29.1,comint" }, ["emacsclient: emacsclient"]);
  const jetBrains = { TERMINAL_EMULATOR: "JetBrains-JediTerm" };
  const goland = "goland: goland, goland64, /Applications/GoLand.app/Contents/MacOS/goland";
  check({ ...jetBrains, __CFBundleIdentifier: "com.jetbrains.goland" }, [goland]);
  assert.deepEqual(
    editorsAround(jetBrains).map(({ name }) => name),
    ["goland", "idea"],
  );
});

test("the innermost comes first", () => {
  const names = editorsAround({ ...vsCode, NVIM: "/run/nvim", INSIDE_EMACS: "vterm" });
  assert.deepEqual(
    names.map(({ name }) => name),
    ["nvim", "emacsclient", "code"],
  );
  assert.deepEqual(names[0]?.servers, { nvim: "/run/nvim" });
  assert.deepEqual(editorsAround({ VIM_SERVERNAME: "GO" })[0]?.servers, { vim: "GO" });
});
