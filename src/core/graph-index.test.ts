import assert from "node:assert/strict";
import { test } from "node:test";
import { noSources } from "./graph.ts";
import { globSource, indexGraph } from "./graph-index.ts";

function check(patterns: readonly string[], path: string, expected: boolean): void {
  const index = indexGraph(
    {
      complete: true,
      main: "m",
      mainDir: "",
      links: { net: true, http: true, grpc: false, fasthttp: false },
      packageDirs: ["/app/web"],
      goFiles: [],
      ignoredGoFiles: [],
      nativeFiles: [],
      embedFiles: ["/app/web/known.txt"],
      embedPatterns: patterns.map((pattern) => ({ dir: "/app/web", pattern })),
      moduleFiles: [],
      moduleDirs: ["/app"],
    },
    "/",
  );
  assert.equal(index.embeds(path), expected, `${patterns.join(" ")} ${path}`);
}

test("a file that go list named is embedded", () => check([], "/app/web/known.txt", true));

test("a new file is embedded when a pattern matches it or a directory above it", () => {
  check(["static"], "/app/web/static/a/b.css", true);
  check(["static"], "/app/web/static", true);
  check(["static"], "/app/web/statics/a.css", false);
  check(["*.html"], "/app/web/new.html", true);
  check(["*.html"], "/app/web/sub/new.html", false);
  check(["sub/*.html"], "/app/web/sub/new.html", true);
  check(["v[0-9].txt"], "/app/web/v7.txt", true);
  check(["v[^0-9].txt"], "/app/web/v7.txt", false);
  check(["a?.txt"], "/app/web/ab.txt", true);
  check(["static"], "/app/other/static/a.css", false);
});

test("copies of other modules are read beside go.mod, whether they are there yet or not", () => {
  const { readsDir } = indexGraph(
    {
      ...noSources,
      moduleFiles: ["/app/go.mod", "/src/go.work"],
      moduleDirs: ["/app"],
      embedPatterns: [{ dir: "/app/web", pattern: "static" }],
    },
    "/",
  );
  const check = (dir: string, expected: boolean): void =>
    assert.equal(readsDir(dir), expected, dir);
  check("/app/vendor", true);
  check("/src/vendor", true);
  check("/app/web/static", true);
  check("/app/web/vendor", false);
  check("/app/vendor/example.com", false);
});

test("signs that mean something to regular expressions are taken as they are", () =>
  assert.equal(globSource("a.b+c(1)"), "a\\.b\\+c\\(1\\)"));
