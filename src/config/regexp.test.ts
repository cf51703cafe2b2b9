import assert from "node:assert/strict";
import { test } from "node:test";
import { translateRegexp } from "./regexp.ts";

const checkMatches = (pattern: string, yes: readonly string[], no: readonly string[]): void => {
  const translated = translateRegexp(pattern, false);
  assert.ok(translated.ok, `${pattern}: ${translated.ok ? "" : translated.reason}`);
  const regexp = new RegExp(translated.source);
  for (const text of yes) assert.ok(regexp.test(text), `${pattern} on ${text}`);
  for (const text of no) assert.ok(!regexp.test(text), `${pattern} not on ${text}`);
};

test("a pattern of Go matches the same text in JavaScript", () => {
  checkMatches("_test.go", ["a_test.go", "a_testXgo"], ["a.go"]);
  checkMatches("_test\\.go$", ["a_test.go"], ["a_testXgo", "a_test.go.bak"]);
  checkMatches("(?i)readme", ["README.md", "ReadMe"], ["read me"]);
  checkMatches("(?i)[a-c]\\.md", ["B.MD", "a.md"], ["d.md"]);
  checkMatches("(?i)[x]", ["X"], ["y"]);
  checkMatches("a(?i:b)c", ["aBc", "abc"], ["ABC", "abC"]);
  checkMatches("(a(?i)b)c", ["aBc"], ["aBC", "ABc"]);
  checkMatches("(?i-s)a.b", ["A-B"], ["a\nb"]);
  checkMatches("a.b", ["a-b"], ["a\nb"]);
  checkMatches("(?s)a.b", ["a\nb"], ["ab"]);
  checkMatches("(?m)^b$", ["a\nb\nc"], ["ab"]);
  checkMatches("^b$", ["b"], ["a\nb"]);
  checkMatches("\\Aab\\z", ["ab"], ["xab", "abx"]);
  checkMatches("\\Qa.b\\E+", ["a.b", "a.bbb"], ["axb"]);
  checkMatches("\\Q*", ["*"], ["a"]);
  checkMatches("(?P<name>x)y", ["xy"], ["y"]);
  checkMatches("(?<name>x)y", ["xy"], ["y"]);
  checkMatches("[[:digit:]]+x", ["12x"], ["ax"]);
  checkMatches("[^[:alpha:]]", ["1"], ["a"]);
  checkMatches("[]a]", ["]", "a"], ["b"]);
  checkMatches("[^]a]", ["b"], ["]", "a"]);
  checkMatches("[a\\]b]", ["]"], ["c"]);
  checkMatches("\\x41\\x{42}", ["AB"], ["ab"]);
  checkMatches("\\x{1F600}", ["😀"], ["x"]);
  checkMatches("\\101", ["A"], ["1"]);
  checkMatches("\\bgo\\b", ["a go b"], ["ago"]);
  checkMatches("a{2}", ["aa"], ["a"]);
  checkMatches("a{,2}", ["a{,2}"], ["aa"]);
  checkMatches("x{", ["x{"], ["x"]);
  checkMatches("(?U)a+", ["aa"], ["b"]);
  checkMatches("\\.templ|\\.sql", ["a.templ", "b.sql"], ["c.go"]);
  checkMatches("\\-\\_".replace("\\_", "_"), ["-_"], ["_"]);
  checkMatches("a/b\\/c", ["a/b/c"], ["abc"]);
});

const checkPath = (pattern: string, path: string, expected: boolean): void => {
  const translated = translateRegexp(pattern, true);
  assert.ok(translated.ok, pattern);
  assert.equal(new RegExp(translated.source).test(path), expected, `${pattern} ${path}`);
};

test("a slash in a pattern for paths also finds the beginning", () => {
  checkPath("/gen/", "gen/a.go", true);
  checkPath("/gen/", "x/gen/a.go", true);
  checkPath("/gen/", "agen/a.go", false);
  checkPath(".*/gen/.*\\.go", "gen/a.go", true);
  checkPath("^gen/", "gen/a.go", true);
  checkPath("^gen/", "x/gen/a.go", false);
  checkPath("web/js", "web/js/a.js", true);
  checkPath("web\\\\js", "web/js/a.js", true);
  checkPath("[^/]+/b", "a/b", true);
  checkPath("(^|/)tmp/", "tmp/x", true);
  checkPath("(^|/)tmp/", "xtmp/x", false);
});

const checkRefused = (pattern: string, reason: RegExp): void => {
  const translated = translateRegexp(pattern, false);
  assert.ok(!translated.ok, pattern);
  assert.match(translated.reason, reason);
  assert.doesNotMatch(translated.reason, /invalid regular expression/i);
};

test("a pattern that Go would refuse is refused with a reason", () => {
  checkRefused("(", /unterminated|group/);
  checkRefused(")", /unmatched/);
  checkRefused("[a", /closing/);
  checkRefused("a**", /repeat/);
  checkRefused("*a", /repeat/);
  checkRefused("\\", /backslash/);
  checkRefused("(?z)a", /group/);
  checkRefused("\\8", /back reference/);
  checkRefused("\\1", /back reference/);
  checkRefused("\\pL", /unicode/i);
  checkRefused("\\y", /escape/);
  checkRefused("[z-a]", /range|order/);
  checkRefused("[[:nope:]]", /class/);
});
