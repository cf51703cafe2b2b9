import assert from "node:assert/strict";
import { win32 } from "node:path";
import { test } from "node:test";
import type { Value } from "./config.ts";
import { decideLaunch } from "./start.ts";
import { Typed } from "./typed.ts";

function check(
  given: Readonly<Record<string, Value>>,
  cmd: string | null,
  start: { readonly type: string; readonly path?: string; readonly command?: string },
): void {
  const usual = {
    package: "",
    "build.cmd": null,
    "build.bin": null,
    "build.entrypoint": [],
    "build.full_bin": "",
  };
  const places = { path: win32, dir: "C:\\app", root: "C:\\app", tmpDir: "tmp", named: "" };
  const values = new Typed(new Map<string, Value>(Object.entries({ ...usual, ...given })));
  const launch = decideLaunch(values, { ...places, inPath: () => null });
  assert.deepEqual([launch.cmd, launch.start], [cmd, start], JSON.stringify(given));
}

test("on Windows a program has its ending, whether it is written or not", () => {
  const built = { type: "built" };
  const cmd = "go build -o ./tmp/main.exe .";
  check({}, null, built);
  check({ "build.cmd": cmd }, null, built);
  check({ "build.cmd": cmd, "build.bin": "tmp\\main.exe" }, null, built);
  check({ "build.cmd": cmd, "build.entrypoint": ["tmp\\main.exe"] }, null, built);
  check({ "build.cmd": "go build -o ./tmp/main .", "build.bin": "./tmp/main" }, null, built);
  check({ "build.cmd": "make", "build.bin": "bin/a" }, "make", {
    type: "file",
    path: "C:\\app\\bin\\a.exe",
  });
  check({ "build.cmd": "make", "build.entrypoint": ["a.cmd"] }, "make", {
    type: "file",
    path: "C:\\app\\a.cmd",
  });
  check({ "build.cmd": "make", "build.full_bin": "a b" }, "make", {
    type: "shell",
    command: "a b",
  });
  check({ "build.full_bin": "a b" }, cmd, { type: "shell", command: "a b" });
  check({ "build.cmd": "go build -tags=x -o bin/api ./cmd/api" }, null, built);
});
