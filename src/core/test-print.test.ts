import assert from "node:assert/strict";
import { test } from "node:test";
import { filePrint } from "./test-print.ts";

const source = (body: string): string => `package p\n\nimport "fmt"\n\n${body}\n`;

const printOf = (body: string) => filePrint(source(body), false);

test("functions have prints printOf their own, and everything else is one shape", () => {
  const base = printOf(
    "type T struct{ n int }\n\nfunc (t *T) Get() int { return t.n }\n\nfunc F() { fmt.Println() }",
  );
  assert.deepEqual([...base.functions.keys()], ["(*T).Get", "F"]);
  const check = (body: string, shape: boolean, changed: readonly string[]): void => {
    const print = printOf(body);
    assert.equal(print.shape === base.shape, shape, body);
    const differ = [...print.functions].filter(
      ([name, { digest }]) => base.functions.get(name)?.digest !== digest,
    );
    assert.deepEqual(
      differ.map(([name]) => name),
      changed,
      body,
    );
  };
  const type = "type T struct{ n int }\n\n";
  const get = "func (t *T) Get() int { return t.n }\n\n";
  const f = "func F() { fmt.Println() }";
  check(`// T is.\n${type}${get}\n\n${f} // prints`, true, []);
  check(`${type}func (t *T) Get() int { return t.n + 1 }\n\n${f}`, true, ["(*T).Get"]);
  check(`${type}${get}//go:noinline\n${f}`, false, ["F"]);
  check(`type T struct{ n int64 }\n\n${get}${f}`, false, []);
  check(`${type}func (t *T) Get() int64 { return t.n }\n\n${f}`, false, ["(*T).Get"]);
  check(`${type}${get}${f}\n\nfunc G() {}`, false, ["G"]);
  check(`${type}${get}${f}\n\nvar x = func() int { return 1 }()`, false, []);
  check(`${type}${get}${f}\n\nfunc init() { F() }`, false, []);
  check(`${type}${get}${f}\n\nfunc external(x int) int`, false, []);
});

test("lines of functions are those of the source, with their directives", () => {
  const { functions } = filePrint(
    "package p\n\n// F does.\n//\n//go:noinline\nfunc F(\n\ta int,\n) int {\n\treturn a\n}\n\nfunc G() {}\n",
    false,
  );
  const lines = [...functions].map(([name, { from, to }]) => [name, from, to]);
  assert.deepEqual(lines, [
    ["F", 5, 10],
    ["G", 12, 12],
  ]);
});

const checkKind = (declaration: string, kind: string | null): void => {
  const { functions } = filePrint(`package p\n\nimport "testing"\n\n${declaration}\n`, true);
  assert.equal([...functions.values()][0]?.kind ?? null, kind, declaration);
};

test("in test files the functions are told that go test runs", () => {
  checkKind("func TestA(t *testing.T) {}", "test");
  checkKind("func Test(t *testing.T) {}", "test");
  checkKind("func Testing(t *testing.T) {}", "plain");
  checkKind("func Test_a(t *testing.T) {}", "test");
  checkKind("func TestÄ(t *testing.T) {}", "test");
  checkKind("func TestA(t *T) {}", "test");
  checkKind("func TestHelper() {}", "plain");
  checkKind("func TestMain(m *testing.M) {}", null);
  checkKind("func FuzzA(f *testing.F) {}", "fuzz");
  checkKind("func BenchmarkA(b *testing.B) {}", "benchmark");
  checkKind("func ExampleA() {\n\tp()\n\t// Output: x\n}", "example");
  checkKind("func ExampleA() {\n\tp()\n\t// Unordered output:\n\t// x\n}", "example");
  checkKind("func ExampleA() { p() }", "benchmark");
  checkKind("func (t T) TestA(x *testing.T) {}", "method");
  checkKind("func init() {}", null);
});

const digest = (body: string): string | undefined =>
  [...filePrint(`package p\n\n${body}\n`, true).functions.values()][0]?.digest;

test("the output of an example is part of it, other comments of tests are not", () => {
  const example = "func ExampleA() {\n\tp()\n\t// Output: x\n}";
  assert.notEqual(digest(example), digest(example.replace("Output: x", "Output: y")));
  const plain = "func TestA(t *testing.T) {\n\t// x\n\tp()\n}";
  assert.equal(digest(plain), digest(plain.replace("// x", "// y")));
});

test("where comments have a meaning of their own the text itself counts", () => {
  const cgo = 'package p\n\n// int x;\nimport "C"\n\nfunc F() {}\n';
  const print = filePrint(cgo, false);
  assert.equal(print.functions.size, 0);
  assert.notEqual(print.shape, filePrint(cgo.replace("int x", "int y"), false).shape);
});
