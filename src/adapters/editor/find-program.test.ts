import assert from "node:assert/strict";
import { test } from "node:test";
import { findProgram } from "./find-program.ts";
import { editorName, splitWords } from "./words.ts";

interface Given {
  readonly path: string;
  readonly there: readonly string[];
  readonly windows?: boolean;
}

function check(program: string, { path, there, windows = false }: Given, expected: string): void {
  const found = findProgram(program, {
    dir: windows ? "C:\\shop" : "/shop",
    env: { PATH: path },
    platform: windows ? "win32" : "linux",
    isExecutable: (file) => there.includes(file),
  });
  assert.equal(typeof found === "string" ? found : found.message, expected);
}

const batch = (file: string): string => `${file} is a batch file, to which no path is handed`;

const gone = "the editor code is not there in the PATH";

test("a name is looked for in the PATH, and a path where the project is", () => {
  const given = { path: "/bin:/usr/bin", there: ["/usr/bin/code", "/shop/tools/edit", "/x/edit"] };
  check("code", given, "/usr/bin/code");
  check("tools/edit", given, "/shop/tools/edit");
  check("./tools/edit", given, "/shop/tools/edit");
  check("/x/edit", given, "/x/edit");
  check("tools/none", given, "the editor tools/none is not there");
});

test("nothing of the project is taken for an editor by its name alone", () => {
  const there = ["/shop/code", "code", "bin/code"];
  check("code", { path: ".::bin:/usr/bin", there }, gone);
  check("code", { path: "", there }, gone);
});

test("on Windows endings are tried, and a batch file is not started", () => {
  const path = "C:\\bin;.;C:\\more";
  const check1 = (program: string, there: readonly string[], expected: string): void =>
    check(program, { path, there, windows: true }, expected);
  check1("zed", ["C:\\more\\zed.exe"], "C:\\more\\zed.exe");
  check1("code", ["C:\\shop\\code.exe"], gone);
  check1("subl", ["C:\\bin\\subl.bat"], batch("C:\\bin\\subl.bat"));
  check1("subl", ["C:\\bin\\subl.bat", "C:\\more\\subl.exe"], "C:\\more\\subl.exe");
  check1("code", ["C:\\bin\\code.cmd", "C:\\Code.exe"], "C:\\Code.exe");
  check1("code", ["C:\\bin\\code.cmd"], batch("C:\\bin\\code.cmd"));
});

test("Cursor's program is further away from its batch file", () => {
  const batch = "C:\\c\\resources\\app\\bin\\cursor.cmd";
  const given = { path: "C:\\c\\resources\\app\\bin", there: [batch, "C:\\c\\Cursor.exe"] };
  check("cursor", { ...given, windows: true }, "C:\\c\\Cursor.exe");
});

test("an editor is known by its name, and words are split at spaces that are not quoted", () => {
  assert.equal(editorName("/usr/bin/nvim"), "nvim");
  assert.equal(editorName("C:\\Apps\\Code.EXE"), "code");
  assert.equal(editorName("goland.sh"), "goland");
  assert.deepEqual(splitWords(` "/a b/c" -x='d e'  f `), ["/a b/c", "-x=d e", "f"]);
  assert.deepEqual(splitWords("$(touch x) `y`"), ["$(touch", "x)", "`y`"]);
});
