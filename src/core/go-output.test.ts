import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBuildOutput } from "./go-output.ts";

const dir = "/home/ada/shop";

/** What the tools printed, as it was; only the directories were renamed. */
function printed(name: string): string {
  return readFileSync(`test/fixtures/build-output/${name}.txt`, "utf8");
}

/** Each expectation is `file:line:column message`, with own files relative to the project. */
function check(output: string, expected: readonly string[], ownDirs = [dir]): void {
  const seen = parseBuildOutput(output, { dir, ownDirs }).map(
    ({ file, line, column, message, own }) =>
      `${own ? file.replace(`${dir}/`, "") : `(${file})`}:${line}:${column} ${message}`,
  );
  assert.deepEqual(seen, expected);
}

test("compiler errors are read with their positions", () => {
  check(printed("type-errors"), [
    "main.go:4:2 declared and not used: x",
    "main.go:5:6 declared and not used: s",
    "main.go:5:17 cannot use 2 (untyped int constant) as string value in variable declaration",
    "main.go:6:2 undefined: foo",
  ]);
  check(printed("syntax-error"), ["main.go:4:9 syntax error: unexpected newline, expected )"]);
  check(printed("vet"), ["main.go:7:6 main redeclared in this block"]);
});

test("indented lines belong to the message above them", () => {
  check(printed("wrong-call"), [
    "main.go:4:10 too many arguments in call to web.Run\nhave (number)\nwant ()",
  ]);
  check(printed("redeclared"), [
    "main.go:4:4 no new variables on left side of :=",
    "main.go:7:6 main redeclared in this block\n./main.go:2:6: other declaration of main",
  ]);
  check(printed("internal-package"), [
    "main.go:2:8 use of internal package cmd/internal/objabi not allowed",
  ]);
});

test("that there were too many errors is no error of its own", () => {
  const names = Array.from(
    { length: 10 },
    (_, index) => `main.go:${index + 4}:2 undefined: u${index + 1}`,
  );
  check(printed("too-many-errors"), names);
});

test("packages that cannot be loaded have positions too", () => {
  check(printed("missing-own-package"), [
    "web/w.go:2:8 no required module provides package ex.com/app/main2",
  ]);
  check(printed("embed-without-match"), ["main.go:3:12 pattern no.txt: no matching files found"]);
  check(printed("bad-go-mod"), ["go.mod:4:0 unknown directive: requir"]);
  check(printed("two-packages"), [
    `o.go:1:0 found packages main (main.go) and other (o.go) in ${dir}`,
  ]);
  check(printed("line-directive"), [
    'foo.y:10:0 cannot use "s" (untyped string constant) as int value in variable declaration',
    "main.go:4:36 undefined: undefined1",
    "main.go:4:62 too many return values\nhave (number)\nwant ()",
  ]);
});

test("errors of the C compiler lose their drawings, and generated files are not own", () => {
  check(printed("cgo-error"), [
    "main.go:4:22 'y' undeclared (first use in this function)\n" +
      "./main.go:4:22: note: each undeclared identifier is reported only once for each function " +
      "it appears in",
  ]);
  check(printed("cgo-link-error"), ["(/tmp/go-build/main.cgo2.c):54:0 undefined reference to `g'"]);
});

test("output without positions gives none", () => {
  for (const name of ["bad-flag", "go-too-old", "import-cycle", "link-error", "no-go-files"]) {
    check(printed(name), []);
  }
  check("", []);
  check("dial tcp example.com:443: connect: connection refused\n12:30:45: hello\n", []);
  check("make: *** [Makefile:2: build] Error 1\n", []);
});

test("own code comes first and warnings come last", () => {
  const output = [
    "# example.com/lib",
    "../lib/lib.go:1:2: in a dependency",
    "vendor/x/x.go:9:9: in the vendor directory",
    "main.c:3:1: warning: unused variable",
    "./main.go:3:1: own",
    "./main.go:3:1: own",
  ].join("\n");
  const others = ["(/home/ada/lib/lib.go):1:2 in a dependency"];
  const vendored = ["(/home/ada/shop/vendor/x/x.go):9:9 in the vendor directory"];
  const warning = "main.c:3:1 warning: unused variable";
  check(output, ["main.go:3:1 own", ...others, ...vendored, warning]);
  const lib = "/home/ada/lib/lib.go:1:2 in a dependency";
  check(output, [lib, "main.go:3:1 own", ...vendored, warning], [dir, "/home/ada/lib"]);
});

test("colours, carriage returns and progress lines do not hide a position", () => {
  check("\u001B[1m./main.go:3:1: \u001B[31mbad\u001B[0m\r\n", ["main.go:3:1 bad"]);
  check("building 10%\rbuilding 90%\r./main.go:3:1: bad\r\n", ["main.go:3:1 bad"]);
});

test("paths of Windows are resolved with its separators", () => {
  const windows = "C:\\Users\\ada\\shop";
  const output = [
    "# ex.com/app",
    ".\\main.go:4:2: undefined: foo",
    "internal\\web\\web.go:7:1: missing return",
    "C:\\Go\\src\\fmt\\print.go:1:1: foreign",
    "..\\lib\\a b.go:2:3: spaces",
  ].join("\r\n");
  assert.deepEqual(
    parseBuildOutput(output, { dir: windows, ownDirs: [windows] }).map((found) => [
      found.file,
      found.line,
      found.own,
    ]),
    [
      ["C:\\Users\\ada\\shop\\main.go", 4, true],
      ["C:\\Users\\ada\\shop\\internal\\web\\web.go", 7, true],
      ["C:\\Go\\src\\fmt\\print.go", 1, false],
      ["C:\\Users\\ada\\lib\\a b.go", 2, false],
    ],
  );
});
