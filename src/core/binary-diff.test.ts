import assert from "node:assert/strict";
import { test } from "node:test";
import { functionsDiff, packageOf } from "./binary-diff.ts";

function checkPackage(name: string, expected: string): void {
  assert.equal(packageOf(name), expected, name);
}

test("a function tells the package that it is from", () => {
  checkPackage("main.main", "main");
  checkPackage("main.(*Server).Run-fm", "main");
  checkPackage("main.main.func1.2", "main");
  checkPackage("net/http.(*conn).serve", "net/http");
  checkPackage("example.com/shop/internal/store.Open", "example.com/shop/internal/store");
  checkPackage("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3");
  checkPackage("slices.SortFunc[go.shape.[]example.com/shop/order.Line]", "slices");
  checkPackage("example.com/set.(*Set[go.shape.string]).Add", "example.com/set");
  checkPackage(
    "vendor/golang.org/x/net/http/httpguts.ValidHost",
    "vendor/golang.org/x/net/http/httpguts",
  );
});

test("what the toolchain makes belongs to the type that it is made for, where that is somebody's", () => {
  checkPackage("type:.eq.example.com/shop/order.Line", "example.com/shop/order");
  checkPackage("type:.hash.net/http.connKey", "net/http");
  checkPackage("type:.eq.[2]interface {}", "go");
  checkPackage("type:.eq.struct { a string; b string }", "go");
  checkPackage("go:buildid", "go");
  checkPackage("_rt0_amd64_linux", "c");
  checkPackage("x_cgo_init", "c");
});

const sizes = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text.split(" ").flatMap((one) => {
      const [name = "", size = ""] = one.split("=");
      return name === "" ? [] : [[name, Number(size)] as const];
    }),
  );

function check(
  from: string,
  to: string,
  packages: readonly string[],
  symbols: readonly string[],
): void {
  const diff = functionsDiff(sizes(from), sizes(to));
  assert.deepEqual(
    diff.packages.map((one) => `${one.path} ${one.from} ${one.to}`),
    packages,
  );
  assert.deepEqual(
    diff.symbols.map((one) => `${one.change} ${one.name} ${one.from} ${one.to}`),
    symbols,
  );
}

test("functions that came, went or have another size, the largest differences first", () => {
  check("main.a=10 main.b=20 b/c.D=5", "main.a=10 main.b=20 b/c.D=5", [], []);
  check(
    "main.a=10 main.b=20 b/c.D=5",
    "main.a=12 main.c=100 b/c.D=5 d.E=1",
    ["main 30 112", "d 0 1"],
    ["added main.c 0 100", "removed main.b 20 0", "changed main.a 10 12", "added d.E 0 1"],
  );
  // What moves within a package leaves its size.
  check("p.a=10 p.b=20", "p.a=20 p.b=10", [], ["changed p.a 10 20", "changed p.b 20 10"]);
  check("", "gopkg.in/yaml%2ev3.X=1", ["gopkg.in/yaml.v3 0 1"], ["added gopkg.in/yaml.v3.X 0 1"]);
});

test("at most three hundred are listed", () => {
  const many = Array.from({ length: 1000 }, (_, index) => `p${index}.F=${index + 1}`).join(" ");
  const { packages, symbols } = functionsDiff(sizes(""), sizes(many));
  assert.deepEqual([packages.length, symbols.length], [300, 300]);
  assert.equal(symbols[0]?.to, 1000);
});
