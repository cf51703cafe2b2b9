import assert from "node:assert/strict";
import { test } from "node:test";
import {
  commonEnd,
  mapCssUrls,
  mapSrcset,
  matchNames,
  pathOf,
  withStamp,
  withoutStamp,
} from "./asset-names.ts";

function checkMatch(
  names: readonly string[],
  paths: readonly string[],
  expected: readonly string[],
  unused: readonly string[] = [],
): void {
  const matches = matchNames(
    names,
    paths.map((path) => ({ path })),
  );
  assert.deepEqual([matches.uses.map(({ path }) => path), matches.unused], [expected, unused]);
}

test("a file is what its URL's path ends with for the longest stretch", () => {
  const both = ["/static/a/index.css", "/static/b/index.css"];
  checkMatch(["web/static/a/index.css"], both, ["/static/a/index.css"]);
  checkMatch(["web/c/index.css"], both, both);
  checkMatch(
    ["web/site.css"],
    ["/assets/site.css", "/site.css"],
    ["/assets/site.css", "/site.css"],
  );
  checkMatch(["static/site.css"], ["/x/site.css", "/static/site.css"], ["/static/site.css"]);
  checkMatch(["site.css"], ["/mysite.css", "/site.css.map"], [], ["site.css"]);
  checkMatch(["a.css", "b.css"], ["/b.css"], ["/b.css"], ["a.css"]);
  checkMatch(["a.css"], [], [], ["a.css"]);
  checkMatch(["dir/mit leer.css"], ["/dir/mit%20leer.css"], ["/dir/mit%20leer.css"]);
  checkMatch(["ä.png"], ["/%C3%A4.png"], ["/%C3%A4.png"]);
  checkMatch(["%.css"], ["/%.css"], ["/%.css"]);
});

test("names are compared one by one from the end", () => {
  assert.equal(commonEnd("a/b/c.css", "/b/c.css"), 2);
  assert.equal(commonEnd("c.css", "/b/c.css"), 1);
  assert.equal(commonEnd("a/c.css", "/b/c.css"), 1);
  assert.equal(commonEnd("a/d.css", "/a/c.css"), 0);
  assert.equal(commonEnd("", ""), 0);
});

test("only addresses of the page's own host are files of the program", () => {
  const base = "http://localhost:8080/shop/";
  const check = (url: string, expected: string | null): void =>
    assert.equal(pathOf(url, base, "localhost"), expected);
  check("site.css?v=1#a", "/shop/site.css");
  check("/site.css", "/site.css");
  check("//localhost:9000/site.css", "/site.css");
  check("http://other.test/site.css", null);
  check("data:text/css,a", null);
  check("blob:http://localhost:8080/1", null);
  check("http://[", null);
});

function checkStamp(url: string, expected: string): void {
  assert.equal(withStamp(url, "s"), expected);
}

test("the mark of ours leaves the rest of an address as it is", () => {
  checkStamp("site.css", "site.css?gust=s");
  checkStamp("/site.css?v=%20+&a", "/site.css?v=%20+&a&gust=s");
  checkStamp("/site.css?v=1&gust=old", "/site.css?v=1&gust=s");
  checkStamp("/site.css?a#b?c", "/site.css?a&gust=s#b?c");
  checkStamp("a.svg#icon", "a.svg?gust=s#icon");
  checkStamp("", "?gust=s");
  for (const url of ["/a", "/a?b", "/a?b=c&d"]) {
    assert.equal(withoutStamp(withStamp(url, "s1")), url);
  }
  assert.equal(withoutStamp("/a?disgust=1"), "/a?disgust=1");
});

function checkSrcset(srcset: string, expected: string): void {
  assert.equal(
    mapSrcset(srcset, (url) => `<${url}>`),
    expected,
  );
}

test("each address of a srcset is mapped, and its size kept", () => {
  checkSrcset("a.png 1x, b.png 2x", "<a.png> 1x, <b.png> 2x");
  checkSrcset("a.png", "<a.png>");
  checkSrcset("a.png, b.png 2x", "<a.png>, <b.png> 2x");
  checkSrcset(
    "data:image/png;base64,AA== 1x, b.png 100w",
    "<data:image/png;base64,AA==> 1x, <b.png> 100w",
  );
  checkSrcset("/i?a=1,2 1x", "</i?a=1,2> 1x");
  checkSrcset("", "");
});

function checkCss(value: string, expected: string): void {
  assert.equal(
    mapCssUrls(value, (url) => `${url}!`),
    expected,
  );
}

test("each address in CSS is mapped, whatever is in it", () => {
  checkCss('url("a.png")', 'url("a.png!")');
  checkCss('url("a b.png") no-repeat, url("c.png")', 'url("a b.png!") no-repeat, url("c.png!")');
  checkCss(String.raw`url("a\"b\\.png")`, String.raw`url("a\"b\\.png!")`);
  checkCss("red", "red");
  assert.equal(
    mapCssUrls('url("a.png")', (url) => url),
    'url("a.png")',
  );
});
