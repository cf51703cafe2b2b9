import assert from "node:assert/strict";
import { test } from "node:test";
import { isOwnSource, resolveSource } from "./source-path.ts";

function check(dir: string, file: string, expected: string): void {
  assert.equal(resolveSource(dir, file), expected);
}

test("a path is joined to the directory the tool ran in", () => {
  check("/home/ada/shop", "./main.go", "/home/ada/shop/main.go");
  check("/home/ada/shop", "web/../web/./web.go", "/home/ada/shop/web/web.go");
  check("/home/ada/shop", "../lib/lib.go", "/home/ada/lib/lib.go");
  check("/home/ada/shop", "/usr/x.go", "/usr/x.go");
  check("/", "main.go", "/main.go");
  check("/a", "../../../b.go", "/b.go");
  check("C:\\shop", ".\\main.go", "C:\\shop\\main.go");
  check("C:\\shop", "web/web.go", "C:\\shop\\web\\web.go");
  check("C:\\shop", "D:/x.go", "D:\\x.go");
});

function checkOwn(file: string, dirs: readonly string[], expected: boolean): void {
  assert.equal(isOwnSource(file, dirs), expected, file);
}

test("own files lie in the directories, and in no vendor directory", () => {
  const dirs = ["/home/ada/shop", "/home/ada/lib"];
  checkOwn("/home/ada/shop/main.go", dirs, true);
  checkOwn("/home/ada/lib/deep/x.go", dirs, true);
  checkOwn("/home/ada/shop2/main.go", dirs, false);
  checkOwn("/home/ada/shop/vendor/x/x.go", dirs, false);
  checkOwn("/home/ada/shop/vendored.go", dirs, true);
  checkOwn("/home/vendor/shop/main.go", ["/home/vendor/shop"], true);
  checkOwn("/main.go", ["/"], true);
  checkOwn("/home/ada/shop/main.go", [], false);
  checkOwn("C:\\shop\\web\\web.go", ["C:\\shop"], true);
  checkOwn("C:\\shop\\vendor\\web.go", ["C:\\shop"], false);
});
