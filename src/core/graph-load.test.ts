import assert from "node:assert/strict";
import { test } from "node:test";
import { dirsOf } from "./graph-load.ts";

test("every directory that holds something of the build is watched, and each once", () =>
  assert.deepEqual(
    dirsOf({
      main: "m",
      mainDir: "",
      links: { net: true, http: true },
      packageDirs: ["/work/app", "/work/app/web"],
      goFiles: ["/work/app/main.go"],
      ignoredGoFiles: [],
      nativeFiles: [],
      embedFiles: ["/work/app/web/static/a/page.html"],
      embedPatterns: [],
      moduleFiles: ["/work/app/go.mod", "/work/go.work"],
      moduleDirs: ["/work/app"],
    }),
    ["/work/app", "/work/app/web", "/work/app/web/static/a", "/work"],
  ));
