import assert from "node:assert/strict";
import { test } from "node:test";
import { type KnownDeclaration, editsBetween, goMeaning } from "./go-meaning.ts";

const head = "package main\n\n";

/** Two bodies of a file: whether they mean the same. */
function check(before: string, after: string, same: boolean): void {
  assert.equal(
    JSON.stringify(goMeaning(head + before)) === JSON.stringify(goMeaning(head + after)),
    same,
    `${before}\n---\n${after}`,
  );
}

test("comments and formatting mean nothing", () => {
  check("func f() {\ng()\n}", "// f does g.\nfunc f() {\n\n\tg() // here\n}", true);
  check("var a = 1", "var a = /* one */ 1", true);
  check("var (\n\ta = 1\n\tb = 2\n)", "var (a = 1; b = 2;)", true);
  check("func f() { g(); }", "func f() {\n\tg()\n}", true);
  check("var s = `a\n// b`", "var s =   `a\n// b`", true);
  check("func f() {}\n", "func f() {}\n\n\n// the end", true);
});

test("what a compiler sees means something", () => {
  check("var a = 1", "var a = 2", false);
  check('var a = "x // y"', 'var a = "x // z"', false);
  check("var s = `a\n// b`", "var s = `a\n// c`", false);
  check("func f() { return\n1 }", "func f() { return 1 }", false);
  check("func f() { a\n+b }", "func f() { a +\nb }", false);
  check("type T[P *C,] struct{}", "type T[P *C] struct{}", false);
  check("var a = '\\''", "var a = '\"'", false);
  check("var a, b = 1, 2", "var b, a = 1, 2", false);
  // The order of variables is that of their initialisation.
  check("var a = f()\nvar b = g()", "var b = g()\nvar a = f()", false);
  check(
    "func init() { a() }\nfunc init() { b() }",
    "func init() { b() }\nfunc init() { a() }",
    false,
  );
  check("x := a /*\n*/ y", "x := a y", false);
  // A mistake that should not be missed.
  check("var a = []int{1}", "var a = []int{1\n}", false);
  check("func f() { g(a) }", "func f() { g(a\n) }", false);
  check("func f() {}\nvar a = 1", "func f() {}\n;var a = 1", false);
  check("func f() {}", "func f() {}\n/* x", false);
  check("func f() {}", "func f() {}\n/*/", false);
  check("func f() {} /* x", "func f() {} /* y", true);
});

test("directives mean something, wherever they are", () => {
  check("func f() {}", "//go:noinline\nfunc f() {}", false);
  check("//go:embed a.txt\nvar a string", "//go:embed b.txt\nvar a string", false);
  check("//export f\nfunc f() {}", "// export f\nfunc f() {}", false);
  check("//line a.go:1\nfunc f() {}", "func f() {}", false);
  check("func f() { /*line a.go:1:1*/ g() }", "func f() { g() }", false);
  check("//go:generate stringer\nvar a int", "var a int", false);
  check("//go:generate a  \r\nvar a int", "//go:generate a  \nvar a int", true);
  // The compiler takes what follows the first space for its arguments, and a tab for its name.
  check("//go:noinline\nfunc f() {}", "//go:noinline\t\nfunc f() {}", false);
  check("//line a.go:1\nfunc f() {}", "//line a.go:1 \nfunc f() {}", false);
  // Behind something else it is a mistake, and `//line` counts in the first column only.
  check("//go:noinline\nfunc f() {}", "/* x */ //go:noinline\nfunc f() {}", false);
  check("var (\n//go:embed a\na string)", "var ( //go:embed a\na string)", false);
  check("//line a.go:0\nfunc f() {}", "\t//line a.go:0\nfunc f() {}", false);
  // Spaces make a comment of it.
  check("// go:noinline\nfunc f() {}", "func f() {}", true);
});

test("where comments are code there is no such thing", () => {
  assert.equal(goMeaning('package a\n\n// #include <stdio.h>\nimport "C"\n'), null);
  assert.equal(goMeaning('package a\n\nimport (\n\t"C"\n)\n'), null);
  assert.equal(goMeaning('package a\n\nimport (\n\t"C" // cgo\n)\n'), null);
  assert.equal(goMeaning('package a\n\nimport ("fmt"; "C")\n'), null);
  assert.equal(goMeaning("// +build linux\n\npackage a\n"), null);
  assert.equal(goMeaning("\t// +build linux\n\npackage a\n"), null);
  assert.notEqual(goMeaning("//go:build linux\n\npackage a\n"), null);
});

test("where characters stand that no Go source may have, there is none either", () => {
  assert.equal(goMeaning("package a // \0\n"), null);
  assert.equal(goMeaning("package a // \uFEFF\n"), null);
  // Bytes that are no UTF-8, as they are when they are read.
  assert.equal(goMeaning("package a // \uFFFD\n"), null);
  assert.notEqual(goMeaning("\uFEFFpackage a\n"), null);
});

test("declarations have names that tell them apart", () => {
  const source = `package main
import "fmt"
type Config struct { a int }
type List[T any] struct{}
const ( First = iota; Second )
var _ = fmt.Sprint
var _ = 1
func main() {}
func (a *API) Create() {}
func (l *List[T]) Len() int { return 0 }
func (Config) String() string { return "" }
func init() {}
func init() {}
`;
  assert.deepEqual(
    goMeaning(source)?.map(({ name }) => name),
    [
      "package",
      "import",
      "type Config",
      "type List",
      "const (First, …)",
      "var _",
      "var _ (2)",
      "main",
      "(*API).Create",
      "(*List).Len",
      "Config.String",
      "init",
      "init (2)",
    ],
  );
});

/** `name=digest=body`, the last of which may be left out. */
function known(...declarations: readonly string[]): KnownDeclaration[] {
  return declarations.map((text) => {
    const [name = "", digest = "", body = digest] = text.split("=");
    return { name, digest, body };
  });
}

function checkEdits(
  before: readonly KnownDeclaration[],
  after: readonly KnownDeclaration[],
  expected: readonly string[],
): void {
  const edits = editsBetween(before, after);
  assert.deepEqual(
    edits.map(({ edit, name, from }) => [edit, from, name].filter((one) => one).join(" ")),
    expected,
  );
}

test("edits are few, and a renaming is told as one", () => {
  checkEdits(known("a=1", "b=2"), known("b=2", "a=1"), []);
  checkEdits(known("a=1", "b=2"), known("a=1", "b=3", "c=4"), ["changed b", "added c"]);
  checkEdits(known("a=1", "b=2"), known("a=1"), ["removed b"]);
  checkEdits(known("a=1=x", "b=2=y"), known("a=1=x", "c=3=y"), ["renamed b c"]);
});
