import assert from "node:assert/strict";
import { test } from "node:test";
import { execArgv, findDlv, testArgv, testCommands } from "./dlv-command.ts";

test("a program and its arguments are run in a delve that clients may come to and leave", () => {
  assert.deepEqual(execArgv("/bin/dlv", "unix:/run/d", ["/app/main", "-v", "x y"]), [
    "/bin/dlv",
    "exec",
    "--headless",
    "--accept-multiclient",
    "--api-version=2",
    "--listen=unix:/run/d",
    "/app/main",
    "--",
    "-v",
    "x y",
  ]);
});

test("one test is debugged by its name, subtests and all", () => {
  const argv = testArgv("dlv", { package: "./user", name: "TestLogin/bad_(name)" }, "/tmp/init");
  assert.deepEqual(argv, [
    "dlv",
    "test",
    "--init=/tmp/init",
    "./user",
    "--",
    "-test.run",
    String.raw`^TestLogin$/^bad_\(name\)$`,
  ]);
  assert.equal(testCommands("TestLogin/bad_(name)"), "break TestLogin\ncontinue\n");
});

test("a delve that is nowhere is a failure with the command that installs it", () => {
  for (const name of ["dlv-that-is-not-there", "./tools/dlv"]) {
    const found = findDlv(name, { dir: "/nowhere", env: { PATH: "/nowhere", HOME: "/nowhere" } });
    assert.ok(typeof found !== "string");
    assert.equal(found.code, "DEBUGGER_MISSING");
    assert.equal(found.hint, "go install github.com/go-delve/delve/cmd/dlv@latest");
  }
});
