import assert from "node:assert/strict";
import { test } from "node:test";
import { goHeader, isGenerated } from "./go-header.ts";

interface Pair {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly same: boolean;
}

const pairs: readonly Pair[] = [
  {
    title: "a changed function body",
    before: 'package a\n\nimport "fmt"\n\nfunc f() { fmt.Print(1) }\n',
    after: 'package a\n\nimport "fmt"\n\nfunc f() { fmt.Print(2) }\n',
    same: true,
  },
  {
    title: "a new comment above the package clause",
    before: "package a\n",
    after: "// Package a does things.\npackage a // really\n",
    same: true,
  },
  {
    title: "a comment without an end before the first declaration",
    before: "package a\n\n/* so */\n\nfunc f() {}\n",
    after: "package a\n\n/* so\n\nfunc f() {}\n",
    same: false,
  },
  {
    title: "a comment without an end behind it",
    before: "package a\n\nfunc f() {}\n",
    after: "package a\n\nfunc f() {}\n\n/* so\n",
    same: true,
  },
  {
    title: "a zero in the comment of the package",
    before: "// A b.\npackage a\n\nfunc f() {}\n",
    after: "// A\0b.\npackage a\n\nfunc f() {}\n",
    same: false,
  },
  {
    title: "bytes that are no UTF-8 in a function",
    before: "package a\n\nfunc f() {}\n",
    after: "package a\n\nfunc f() { \uFFFD }\n",
    same: true,
  },
  {
    title: "an embed directive that was in a comment",
    before: "package a\n\n/*\n//go:embed page\nvar page string\n*/\n",
    after: "package a\n\n//go:embed page\nvar page string\n",
    same: false,
  },
  {
    title: "what looks like one in a string",
    before: "package a\n\nvar s = ``\n",
    after: "package a\n\nvar s = `\n//go:embed page\n`\n",
    same: true,
  },
  {
    title: "a blank line below a constraint of the old form",
    before: "// +build ignore\npackage a\n",
    after: "// +build ignore\n\npackage a\n",
    same: false,
  },
  {
    title: "a setting for the linker",
    before: "package main\n",
    after: "//go:debug http2server=0\npackage main\n",
    same: false,
  },
  {
    title: "another package name",
    before: "package a\n",
    after: "package b\n",
    same: false,
  },
  {
    title: "a block comment in the package clause",
    before: "package a\n",
    after: "package /* why */ a\n",
    same: true,
  },
  {
    title: "a new import",
    before: 'package a\n\nimport "fmt"\n',
    after: 'package a\n\nimport "fmt"\nimport "os"\n',
    same: false,
  },
  {
    title: "imports that are grouped",
    before: 'package a\n\nimport "fmt"\nimport "os"\n\nvar x int\n',
    after: 'package a\n\nimport (\n\t"fmt"\n\n\t// for Exit\n\t"os" // more\n)\n\nvar y int\n',
    same: true,
  },
  {
    title: "semicolons instead of lines",
    before: 'package a\nimport "fmt"\nimport "os"\n',
    after: 'package a; import ("fmt"; "os";); var x = 1',
    same: true,
  },
  {
    title: "a path as a raw string",
    before: 'package a\nimport "fmt"\n',
    after: "package a\nimport `fmt`\n",
    same: true,
  },
  {
    title: "a name for an import",
    before: 'package a\nimport "fmt"\n',
    after: 'package a\nimport f "fmt"\n',
    same: false,
  },
  {
    title: "a blank import that becomes a dot import",
    before: 'package a\nimport _ "fmt"\n',
    after: 'package a\nimport . "fmt"\n',
    same: false,
  },
  {
    title: "an import put into a comment",
    before: 'package a\nimport (\n"fmt"\n"os"\n)\n',
    after: 'package a\nimport (\n"fmt"\n// "os"\n)\n',
    same: false,
  },
  {
    title: "an import inside of a block comment",
    before: 'package a\nimport "fmt"\n',
    after: 'package a\n/*\nimport "os"\n*/\nimport "fmt"\n',
    same: true,
  },
  {
    title: "the text of an import in a string further down",
    before: 'package a\nimport "fmt"\nvar s = ``\n',
    after: 'package a\nimport "fmt"\nvar s = `\nimport "os"\n`\n',
    same: true,
  },
  {
    title: "a build constraint",
    before: "package a\n",
    after: "//go:build linux\n\npackage a\n",
    same: false,
  },
  {
    title: "another build constraint, under a licence",
    before: "// Copyright\n\n//go:build linux\n\npackage a\n",
    after: "// Copyright\n\n//go:build darwin\n\npackage a\n",
    same: false,
  },
  {
    title: "another licence above a build constraint",
    before: "// Copyright 1\n\n//go:build linux\n\npackage a\n",
    after: "/* Copyright 2\n*/\n\n//go:build   linux\n\npackage a\n",
    same: true,
  },
  {
    title: "a build constraint of the old kind",
    before: "// +build linux\n\npackage a\n",
    after: "// +build linux darwin\n\npackage a\n",
    same: false,
  },
  {
    title: "a constraint below the package clause, which is none",
    before: "package a\n\nvar x = 1\n",
    after: "package a\n\n//go:build linux\nvar x = 1\n",
    same: true,
  },
  {
    title: "a new pattern to embed",
    before: 'package a\nimport "embed"\n\n//go:embed a.txt\nvar files embed.FS\n',
    after: 'package a\nimport "embed"\n\n//go:embed a.txt b.txt\nvar files embed.FS\n',
    same: false,
  },
  {
    title: "an embed directive with Windows line ends and an indent",
    before: 'package a\nimport "embed"\n\n//go:embed a.txt\nvar files embed.FS\n',
    after: 'package a\r\nimport "embed"\r\n\r\n\t//go:embed  a.txt\r\nvar files embed.FS\r\n',
    same: true,
  },
  {
    title: "a comment that merely begins like an embed directive",
    before: "package a\nvar x int\n",
    after: "package a\n//go:embedded a.txt\nvar x int\n",
    same: true,
  },
  {
    title: "other C code above import C",
    before: 'package a\n\n// #include <a.h>\nimport "C"\n',
    after: 'package a\n\n// #include <b.h>\nimport "C"\n',
    same: false,
  },
  {
    title: "other cgo flags in a block comment inside of a group",
    before: 'package a\nimport (\n"fmt"\n/*\n#cgo LDFLAGS: -lm\n*/\n"C"\n)\n',
    after: 'package a\nimport (\n"fmt"\n/*\n#cgo LDFLAGS: -lz\n*/\n"C"\n)\n',
    same: false,
  },
  {
    title: "another comment above an import that is not C",
    before: 'package a\n\n// #include <a.h>\nimport "fmt"\n',
    after: 'package a\n\n// #include <b.h>\nimport "fmt"\n',
    same: true,
  },
  {
    title: "a comment far above import C, which is not its code",
    before: 'package a\n\n// one\n\n// #include <a.h>\nimport "C"\n',
    after: 'package a\n\n// two\n\n// #include <a.h>\nimport "C"\n',
    same: true,
  },
  {
    title: "another function after a broken import",
    before: 'package a\nimport (\n"fmt\n)\nfunc f() {}\n',
    after: 'package a\nimport (\n"fmt\n)\nfunc g() {}\n',
    same: true,
  },
  {
    title: "a repaired import",
    before: 'package a\nimport (\n"fmt\n)\n',
    after: 'package a\nimport (\n"fmt"\n)\n',
    same: false,
  },
  {
    title: "a byte order mark",
    before: "package a\n",
    after: "\uFEFFpackage a\n",
    same: true,
  },
  {
    title: "an emptied file",
    before: "package a\n",
    after: "",
    same: false,
  },
  {
    title: "a path in letters of another script",
    before: 'package a\nimport "example.com/ä"\n',
    after: 'package a\nimport "example.com/\\u00e4"\n',
    same: true,
  },
];

for (const pair of pairs) {
  const verb = pair.same ? "keeps" : "changes";
  test(`${pair.title} ${verb} the header`, () => check(pair));
}

function check({ before, after, same }: Pair): void {
  if (same) assert.equal(goHeader(after), goHeader(before));
  else assert.notEqual(goHeader(after), goHeader(before));
}

test("the header lists what it is made of", () => {
  const source =
    '//go:build linux\n\npackage a\nimport (\n  f "fmt"\n)\n//go:embed x\nvar x string\n';
  assert.equal(goHeader(source), '//go:build linux\npackage a\nimport f "fmt"\n//go:embed x');
});

const generated: readonly (readonly [string, boolean])[] = [
  ["// Code generated by templ - DO NOT EDIT.\n\npackage a\n", true],
  ["// Licence\n\n// Code generated by sqlc. DO NOT EDIT.\r\n\r\npackage a\r\n", true],
  ["package a\n", false],
  ["// code generated by hand. DO NOT EDIT.\npackage a\n", false],
  ["package a\n\n// Code generated by x. DO NOT EDIT.\n", false],
  ["// Code generated by x. DO NOT EDIT. Really.\npackage a\n", false],
];

for (const [source, expected] of generated) {
  test(`generated code is ${expected ? "" : "not "}recognised in ${JSON.stringify(source)}`, () => {
    assert.equal(isGenerated(source), expected);
  });
}
