import assert from "node:assert/strict";
import { test } from "node:test";
import type { Candidate, Env } from "./candidate.ts";
import { chooseEditor, type EditorFacts } from "./choose-editor.ts";
import type { EditorPlace } from "./place.ts";
import { vimExpression } from "./vim-expression.ts";

const place: EditorPlace = { file: "/a b/m.go", line: 12, column: 5 };
const colons = "/a b/m.go:12:5";
const asked = ["--remote-expr", vimExpression(place)];

interface Given {
  readonly command?: readonly string[];
  readonly env?: Env;
  readonly from?: EditorFacts["from"];
  readonly place?: EditorPlace;
  readonly running?: readonly Candidate[];
  readonly missing?: readonly string[];
}

/** The words of the command, with ` (terminal)` behind them; or the message of the failure. */
function choice(given: Given): readonly string[] | string {
  const chosen = chooseEditor(given.place ?? place, {
    command: given.command ?? [],
    env: given.env ?? {},
    from: given.from ?? "terminal",
    find: (program) =>
      given.missing?.includes(program) === true
        ? { code: "EDITOR_MISSING", message: `no ${program}` }
        : program,
    answers: (address) => address !== "/gone",
    running: () => given.running ?? [],
  });
  if ("code" in chosen) return chosen.message;
  return chosen.terminal ? [...chosen.argv, "(terminal)"] : chosen.argv;
}

function check(given: Given, expected: readonly string[] | string): void {
  assert.deepEqual(choice(given), expected, JSON.stringify(given));
}

const running = (name: string, servers: Candidate["servers"] = {}): Candidate => ({
  name,
  programs: [name],
  options: [],
  origin: { type: "running", pid: 1 },
  servers,
});

const words = (text: string): Given => ({ env: { EDITOR: text } });

const at = (file: string, column = 0): EditorPlace => ({ file, line: 1, column });

test("every editor is told the place in its own way", () => {
  check(words("vi"), ["vi", "+12", "/a b/m.go", "(terminal)"]);
  check(words("vim"), ["vim", "+call cursor(12,5)", "/a b/m.go", "(terminal)"]);
  check(words("/bin/nvim"), ["/bin/nvim", "+call cursor(12,5)", "/a b/m.go", "(terminal)"]);
  check(words("gvim"), ["gvim", "+call cursor(12,5)", "/a b/m.go"]);
  check(words("nano"), ["nano", "+12,5", "/a b/m.go", "(terminal)"]);
  check(words("emacs -nw"), ["emacs", "-nw", "+12:5", "/a b/m.go", "(terminal)"]);
  check(words("emacsclient"), ["emacsclient", "-n", "+12:5", "/a b/m.go"]);
  check(words("emacsclient -t"), ["emacsclient", "-t", "+12:5", "/a b/m.go", "(terminal)"]);
  check(words("hx"), ["hx", colons, "(terminal)"]);
  for (const name of ["code", "code-insiders", "codium", "cursor", "windsurf"]) {
    check(words(name), [name, "--goto", colons]);
  }
  check(words("code --wait"), ["code", "--wait", "--goto", colons]);
  check(words("zed"), ["zed", colons]);
  check(words("subl -n"), ["subl", "-n", colons]);
  check(words("goland"), ["goland", "--line", "12", "--column", "5", "/a b/m.go"]);
  check(words("kate"), ["kate", "-l", "12", "-c", "5", "/a b/m.go"]);
  check(words("my-editor"), ["my-editor", "/a b/m.go", "(terminal)"]);
  check(words("constructor"), ["constructor", "/a b/m.go", "(terminal)"]);
});

test("a variable may hold words with spaces", () => {
  check({ env: { EDITOR: `"/my apps/hx" -c 'a b'` } }, [
    "/my apps/hx",
    "-c",
    "a b",
    colons,
    "(terminal)",
  ]);
  const windows = "C:\\Program Files\\Code.exe";
  check({ env: { EDITOR: `"${windows}"` } }, [windows, "--goto", colons]);
  check({ env: { EDITOR: "  " } }, "no editor is known");
});

test("an unknown column is left out", () => {
  const at = { file: "/m.go", line: 3, column: 0 };
  check({ place: at, env: { EDITOR: "code" } }, ["code", "--goto", "/m.go:3"]);
  check({ place: at, env: { EDITOR: "nano" } }, ["nano", "+3", "/m.go", "(terminal)"]);
  check({ place: at, env: { EDITOR: "vim" } }, ["vim", "+3", "/m.go", "(terminal)"]);
  check({ place: at, env: { EDITOR: "goland" } }, ["goland", "--line", "3", "/m.go"]);
});

test("what is set for gust wins, then what runs, then what is set for all", () => {
  const env = { GUST_EDITOR: "zed", TERM_PROGRAM: "vscode", VISUAL: "hx", EDITOR: "ed" };
  const all = { command: ["subl"], env, running: [running("goland")] };
  check(all, ["subl", colons]);
  check({ ...all, command: [] }, ["zed", colons]);
  const { GUST_EDITOR: _, ...around } = env;
  check({ env: around, running: all.running }, ["code", "--goto", colons]);
  const set = { VISUAL: "hx", EDITOR: "ed" };
  const goland = ["goland", "--line", "12", "--column", "5", "/a b/m.go"];
  check({ env: set, running: all.running }, goland);
  check({ env: set }, ["hx", colons, "(terminal)"]);
  check({ env: { EDITOR: "ed" } }, ["ed", "/a b/m.go", "(terminal)"]);
  check({}, "no editor is known");
});

test("what is not installed is passed over, unless it was set for gust", () => {
  const env = { TERM_PROGRAM: "vscode", VISUAL: "hx", EDITOR: "nano" };
  check({ env, missing: ["code", "hx"] }, ["nano", "+12,5", "/a b/m.go", "(terminal)"]);
  check({ env, missing: ["code", "hx", "nano"] }, "no nano");
  check({ env, command: ["zed"], missing: ["zed"] }, "no zed");
  check({ env: { ...env, GUST_EDITOR: "zed" }, missing: ["zed"] }, "no zed");
});

test("placeholders stand for the place, and are filled once", () => {
  const command = ["ed", "--at={line}:{column}", "{file}"];
  check({ command }, ["ed", "--at=12:5", "/a b/m.go", "(terminal)"]);
  check({ command, from: "browser" }, ["ed", "--at=12:5", "/a b/m.go"]);
  const odd = { file: "/{line}$&{file}", line: 1, column: 0 };
  check({ command, place: odd }, ["ed", "--at=1:1", "/{line}$&{file}", "(terminal)"]);
  check({ command: ["code", "{file}"] }, ["code", "/a b/m.go"]);
});

test("a browser opens nothing that needs a terminal", () => {
  const from = "browser";
  check({ from, command: ["hx"] }, "hx needs a terminal, and a browser has none");
  check({ from, command: ["nvim"] }, "nvim needs a terminal, and a browser has none");
  check({ from, env: { GUST_EDITOR: "emacs" } }, "emacs needs a terminal, and a browser has none");
  check(
    { from, env: { EDITOR: "my-editor" } },
    "my-editor needs a terminal, and a browser has none",
  );
  check({ from, env: { VISUAL: "vim", EDITOR: "code" } }, ["code", "--goto", colons]);
  check({ from, command: ["my-editor"] }, ["my-editor", "/a b/m.go"]);
  check({ from, env: { EDITOR: "emacsclient -t -a emacs" } }, [
    "emacsclient",
    "-n",
    "-a",
    "emacs",
    "+12:5",
    "/a b/m.go",
  ]);
});

test("a Vim that runs as a server is asked, from wherever", () => {
  const nvim = ["nvim", "--server", "/run/nvim", ...asked];
  for (const from of ["terminal", "browser"] as const) {
    check({ from, env: { NVIM: "/run/nvim" } }, nvim);
    check({ from, env: { NVIM: "/run/nvim", EDITOR: "code" } }, nvim);
    check({ from, command: ["nvim"], env: { NVIM: "/run/nvim" } }, nvim);
    check({ from, command: ["nvim", "--server", "host:1"] }, [
      "nvim",
      "--server",
      "host:1",
      ...asked,
    ]);
    check({ from, env: { VIM_SERVERNAME: "GO" } }, ["vim", "--servername", "GO", ...asked]);
    check({ from, command: ["gvim", "--servername", "A"] }, [
      "gvim",
      "--servername",
      "A",
      ...asked,
    ]);
    check({ from, running: [running("nvim", { nvim: "/run/nvim" })] }, nvim);
  }
  const found = { command: ["nvim"], running: [running("nvim", { nvim: "/run/nvim" })] };
  check({ ...found, from: "browser" }, nvim);
  check(found, ["nvim", "+call cursor(12,5)", "/a b/m.go", "(terminal)"]);
});

test("an address that is not there any more is not asked", () => {
  check({ env: { NVIM: "/gone", EDITOR: "code" } }, ["code", "--goto", colons]);
  check(
    { command: ["nvim"], env: { NVIM: "/gone" }, from: "browser" },
    "nvim needs a terminal, and a browser has none",
  );
});

test("no name becomes anything but a name", () => {
  for (const file of [
    "/-c",
    "/+q",
    "/$(touch x)",
    "/a;b",
    "/'\"",
    "/a\nb",
    "/\u{fffd}",
    "/--x=y",
  ]) {
    check({ place: at(file, 2), command: ["code"] }, ["code", "--goto", `${file}:1:2`]);
    check({ place: at(file, 2), command: ["zed"] }, ["zed", `${file}:1:2`]);
    check({ place: at(file, 2), command: ["subl"] }, ["subl", `${file}:1:2`]);
    check({ place: at(file, 2), command: ["emacsclient"] }, ["emacsclient", "-n", "+1:2", file]);
    check({ place: at(file, 2), command: ["vim"] }, [
      "vim",
      "+call cursor(1,2)",
      file,
      "(terminal)",
    ]);
  }
});

test("colons in a name are no numbers of a line", () => {
  check({ place: at("/a:7"), command: ["zed"] }, ["zed", "/a:7:1:1"]);
  check({ place: at("/a:7"), command: ["code"] }, ["code", "/a:7"]);
  check({ place: at("/a::b"), command: ["code"] }, ["code", "/a::b"]);
  check({ place: at("/a:b"), command: ["code"] }, ["code", "--goto", "/a:b:1"]);
  check({ place: at("C:\\a.go"), command: ["code"] }, ["code", "--goto", "C:\\a.go:1"]);
  check({ place: at("/ssh:h:/x"), command: ["emacsclient"] }, [
    "emacsclient",
    "-n",
    "+1",
    "/:/ssh:h:/x",
  ]);
});

test("what a browser sends for numbers is a number, or the first line", () => {
  const sent: EditorPlace[] = JSON.parse(
    `[{"file":"/m.go","line":"1|!touch x","column":"2)|q"},{"file":"/m.go","line":-1,"column":1.5},
      {"file":"/m.go","line":1e400,"column":null},{"file":"/m.go"}]`,
  );
  for (const one of sent) {
    check({ place: one, command: ["vim"] }, ["vim", "+1", "/m.go", "(terminal)"]);
    check({ place: one, command: ["code"] }, ["code", "--goto", "/m.go:1"]);
  }
});
