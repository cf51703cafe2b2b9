import assert from "node:assert/strict";
import { test } from "node:test";
import { editorCommand } from "./editor.ts";

test("every editor is told the place in its own way", () => {
  checkEditor({}, null);
  checkEditor({ EDITOR: "  " }, null);
  checkEditor({ EDITOR: "vim" }, ["vim", "+12", "/a b/m.go"], true);
  checkEditor({ EDITOR: "/usr/bin/nvim" }, ["/usr/bin/nvim", "+12", "/a b/m.go"], true);
  checkEditor({ EDITOR: "nano" }, ["nano", "+12,5", "/a b/m.go"], true);
  checkEditor({ EDITOR: "emacs -nw" }, ["emacs", "-nw", "+12:5", "/a b/m.go"], true);
  checkEditor({ EDITOR: "hx" }, ["hx", "/a b/m.go:12:5"], true);
  checkEditor({ VISUAL: "code --wait" }, ["code", "--wait", "--goto", "/a b/m.go:12:5"], false);
  checkEditor({ EDITOR: "zed" }, ["zed", "/a b/m.go:12:5"], false);
  checkEditor({ EDITOR: "subl -n" }, ["subl", "-n", "/a b/m.go:12:5"], false);
  checkEditor(
    { EDITOR: "goland" },
    ["goland", "--line", "12", "--column", "5", "/a b/m.go"],
    false,
  );
  checkEditor({ EDITOR: "my-editor" }, ["my-editor", "/a b/m.go"], true);
});

test("the more special variable wins, and may hold arguments with spaces", () => {
  checkEditor(
    { GUST_EDITOR: "zed", VISUAL: "vim", EDITOR: "ed" },
    ["zed", "/a b/m.go:12:5"],
    false,
  );
  checkEditor({ VISUAL: "vim", EDITOR: "ed" }, ["vim", "+12", "/a b/m.go"], true);
  checkEditor(
    { EDITOR: `"/opt/my apps/vim" -c 'set nu'` },
    ["/opt/my apps/vim", "-c", "set nu", "+12", "/a b/m.go"],
    true,
  );
  checkEditor(
    { EDITOR: `"C:\\Program Files\\Code.exe"` },
    ["C:\\Program Files\\Code.exe", "--goto", "/a b/m.go:12:5"],
    false,
  );
});

test("an unknown column is left out", () => {
  const place = { file: "m.go", line: 3, column: 0 };
  assert.deepEqual(editorCommand(place, { EDITOR: "code" })?.argv, ["code", "--goto", "m.go:3"]);
  assert.deepEqual(editorCommand(place, { EDITOR: "nano" })?.argv, ["nano", "+3", "m.go"]);
});

function checkEditor(
  env: Readonly<Record<string, string>>,
  argv: readonly string[] | null,
  terminal = true,
): void {
  const place = { file: "/a b/m.go", line: 12, column: 5 };
  const expected = argv === null ? null : { argv, terminal };
  assert.deepEqual(editorCommand(place, env), expected, JSON.stringify(env));
}
