import assert from "node:assert/strict";
import { test } from "node:test";
import { goModStatements, moduleMeaning } from "./go-mod.ts";

const lines = (source: string): readonly string[] | null =>
  goModStatements(source)?.map(({ verb, words }) => [verb, ...words].join("|")) ?? null;

test("the statements of a go.mod file are read without blocks, comments and quotes", () => {
  check("module example.com/a\n", ["module|example.com/a"]);
  check('module "example.com/a"\n', ["module|example.com/a"]);
  check("module `example.com/a`\n", ["module|example.com/a"]);
  check("require a.b/c v1.0.0 // indirect\n", ["require|a.b/c|v1.0.0"]);
  check("require (\n\ta.b/c v1.0.0\n\n\t// about d\n\td.e/f v0.1.0\n)\n", [
    "require|a.b/c|v1.0.0",
    "require|d.e/f|v0.1.0",
  ]);
  check("require(\na.b/c v1.0.0\n)", ["require|a.b/c|v1.0.0"]);
  check("replace a.b/c v1.0.0 => ../c\n", ["replace|a.b/c|v1.0.0|=>|../c"]);
  // An arrow is one only among spaces.
  check("replace a.b/c =>../c\n", ["replace|a.b/c|=>../c"]);
  check('replace a.b/c => "../with space"\r\n', ["replace|a.b/c|=>|../with space"]);
  check("retract [v1.0.0,v1.1.0] // bad\n", ["retract|[|v1.0.0|,|v1.1.0|]"]);
  check("retract (\n\tv1.0.0\n\t[v1.1.0, v1.2.0]\n)\n", [
    "retract|v1.0.0",
    "retract|[|v1.1.0|,|v1.2.0|]",
  ]);
  check("toolchain go1.24.1\ngo 1.24\ngodebug default=go1.21\ntool a.b/c/d\nignore ./x\n", [
    "toolchain|go1.24.1",
    "go|1.24",
    "godebug|default=go1.21",
    "tool|a.b/c/d",
    "ignore|./x",
  ]);
  check("require https://a.b/c v1\n", ["require|https:"]);
  check("replace a.b/c=>../c\n", ["replace|a.b/c=>../c"]);
  check("", []);
  check("// nothing\n", []);
});

test("what does not follow the grammar is left to the go command", () => {
  checkNone("require (\n\ta.b/c v1.0.0\n");
  checkNone(")\n");
  checkNone("require (\nrequire (\n)\n)\n");
  checkNone('module "a\n');
  checkNone('module "a\\tb"\n');
  checkNone("module `a\n");
  checkNone("module a (\n");
  checkNone("require (a.b/c v1.0.0)\n");
  checkNone("Module a\n");
  checkNone("module a /* no such comment */\n");
  checkNone("module {a}\n");
  checkNone("module a\0\n");
  checkNone("module\u00a0a\n");
  checkNone("module a\rgo 1.21\n");
});

test("versions of a file that say the same to a build have the same meaning", () => {
  const mod = "module m\n\ngo 1.21\n\nrequire a.b/c v1.0.0\nrequire d.e/f v1.0.0\n";
  checkSame("go.mod", mod, `// Deprecated: use another one.\n${mod}`, true);
  checkSame("go.mod", mod, mod.replaceAll("v1.0.0", "v1.0.0 // indirect"), true);
  checkSame("go.mod", mod, mod.replaceAll("\n", "\r\n"), true);
  checkSame(
    "go.mod",
    mod,
    "module m\nrequire (\n d.e/f v1.0.0\n\n\n a.b/c   v1.0.0\n)\ngo 1.21\n",
    true,
  );
  checkSame("go.mod", mod, mod.replace("1.21", "1.22"), false);
  checkSame("go.mod", mod, `${mod}require a.b/c v1.0.0\n`, false);
  checkSame("go.mod", mod, `${mod}requir x.y/z v1.0.0\n`, false);
  checkSame("go.mod", `${mod}requir\n`, `${mod}requir // again\n`, true);
  checkSame("go.mod", `${mod}require (\n`, `${mod}require (\n\n`, false);
  checkSame("go.work", "go 1.21\nuse .\n", "go 1.21\n\nuse (\n\t.\n)\n", true);
  checkSame("go.work", "go 1.21\nuse .\n", "go 1.21\nuse ./a\n", false);
  checkSame("go.sum", "a v1 h1:x=\nb v1 h1:y=\n", "b v1 h1:y=\n\na v1 h1:x=\n", true);
  checkSame("go.sum", "a v1 h1:x=\n", "a v1 h1:z=\n", false);
  checkSame("go.sum", "a v1\n", "a v1\n\n", false);
  checkSame("modules.txt", "# a v1\n## explicit\na\n", "# a v1\n## explicit\na\n\n", true);
  checkSame("modules.txt", "# a v1\na\nb\n", "# a v1\nb\na\n", false);
});

function check(source: string, expected: readonly string[] | null): void {
  assert.deepEqual(lines(source), expected, source);
}

function checkNone(source: string): void {
  assert.equal(lines(source), null, source);
}

function checkSame(name: string, one: string, other: string, same: boolean): void {
  const [a, b] = [moduleMeaning(name, one), moduleMeaning(name, other)];
  assert.equal(a !== null && b !== null && a.join("\n") === b.join("\n"), same, other);
}
