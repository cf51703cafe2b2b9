import assert from "node:assert/strict";
import { test } from "node:test";
import { dirsOf } from "./graph-load.ts";

test("every directory that holds something of the build is watched, and each once", () =>
  assert.deepEqual(
    dirsOf({
      complete: true,
      main: "m",
      mainDir: "",
      links: { net: true, http: true, grpc: false, fasthttp: false },
      packageDirs: ["/src/app", "/src/app/web"],
      goFiles: ["/src/app/main.go"],
      ignoredGoFiles: [],
      nativeFiles: [],
      embedFiles: ["/src/app/web/static/a/page.html"],
      embedPatterns: [],
      moduleFiles: ["/src/app/go.mod", "/src/go.work"],
      moduleDirs: ["/src/app"],
    }),
    ["/src/app", "/src/app/web", "/src/app/web/static/a", "/src"],
  ));
