import assert from "node:assert/strict";
import { test } from "node:test";
import picomatch from "picomatch";
import { globSource } from "./glob.ts";

const checkShallow = (pattern: string, path: string, expected: boolean): void => {
  const source = globSource(pattern, false);
  assert.ok(source !== null, pattern);
  assert.equal(new RegExp(source).test(path), expected, `${pattern} ${path}`);
};

test("a shallow pattern matches as filepath.Match does", () => {
  checkShallow("abc", "abc", true);
  checkShallow("*", "abc", true);
  checkShallow("*c", "abc", true);
  checkShallow("a*", "a", true);
  checkShallow("a*", "ab/c", false);
  checkShallow("a*/b", "abc/b", true);
  checkShallow("a*/b", "a/c/b", false);
  checkShallow("a*b*c*d*e*/f", "axbxcxdxe/f", true);
  checkShallow("ab[c]", "abc", true);
  checkShallow("ab[b-d]", "abc", true);
  checkShallow("ab[^c]", "abc", false);
  checkShallow("ab[^e-g]", "abc", true);
  checkShallow("a\\*b", "a*b", true);
  checkShallow("a\\*b", "ab", false);
  checkShallow("a?b", "a☺b", true);
  checkShallow("a[^a]b", "a☺b", true);
  checkShallow("a?b", "a/b", false);
  checkShallow("a[^x]b", "a/b", false);
  checkShallow("[\\]a]", "]", true);
  checkShallow("[\\-x]", "-", true);
  checkShallow("*.go", "main.go", true);
  checkShallow("*.go", "sub/main.go", false);
  checkShallow("./gen/*.go", "gen/a.go", true);
  checkShallow("a.c", "abc", false);
  checkShallow("a{b,c}", "a{b,c}", true);
  checkShallow("**", "a/b", false);
  checkShallow(".*", ".env", true);
  checkShallow("(a|b)+$", "(a|b)+$", true);
});

test("a malformed pattern has no source", () => {
  for (const pattern of ["[", "[]", "a[", "[^", "\\", "a[b"]) {
    assert.equal(globSource(pattern, false), null, pattern);
  }
  assert.equal(globSource("{a", true), null);
});

test("a deep pattern agrees with picomatch", () => {
  const patterns = [
    "**/*.templ",
    "web/**",
    "*.proto",
    "**/x.sql",
    "{a,b}/*.css",
    "db/**/*.sql",
    "a/**/b",
    "*.{js,ts}",
    "**/[a-c]*.go",
    "tailwind.config.*",
    "src/?.go",
    "**/.env",
  ];
  const paths = [
    "a.templ",
    "x/a.templ",
    "x/y/z.templ",
    "web/a",
    "web/b/c.css",
    "web",
    "a.proto",
    "s/a.proto",

    "x.sql",
    "db/x.sql",
    "db/m/n/x.sql",
    "db/x",
    "a/q.css",
    "b/q.css",
    "c/q.css",
    "a/b",
    "a/x/b",
    "a/x/y/b",
    "a/bb",
    "i.js",
    "i.ts",
    "i.tsx",
    "d/i.js",
    "z/apple.go",
    "z/zoo.go",
    "src/a.go",
    "src/ab.go",
    "tailwind.config.js",
    "d/tailwind.config.js",
    ".env",
    "x/.env",
    "",
    "{a}",
  ];
  for (const pattern of patterns) {
    const source = globSource(pattern, true);
    assert.ok(source !== null, pattern);
    const oracle = picomatch(pattern, { dot: true });
    for (const path of paths.filter((path) => path !== "")) {
      // Here `web/**` means what is below `web`, and picomatch also takes `web` itself.
      if (`${path}/**` === pattern) continue;
      assert.equal(new RegExp(source).test(path), oracle(path), `${pattern} ${path}`);
    }
  }
});
